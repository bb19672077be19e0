from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "tongpan.faces.kit"
    label = "kit"

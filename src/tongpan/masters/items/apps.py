from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "tongpan.masters.items"
    label = "items"

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "tongpan.faces.live"
    label = "live"

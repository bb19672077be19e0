from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "tongpan.faces.backoffice"
    label = "backoffice"

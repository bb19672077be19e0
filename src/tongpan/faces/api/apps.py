from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "tongpan.faces.api"
    label = "api"

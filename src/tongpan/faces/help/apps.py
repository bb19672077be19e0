from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "tongpan.faces.help"
    label = "help"

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "tongpan.masters.parties"
    label = "parties"

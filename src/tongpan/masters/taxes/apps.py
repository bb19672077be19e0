from django.apps import AppConfig


class TaxesConfig(AppConfig):
    name = "tongpan.masters.taxes"
    label = "taxes"

from importlib import import_module

from django.apps import AppConfig


class TaxesConfig(AppConfig):
    name = "tongpan.masters.taxes"
    label = "taxes"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.taxes.types")

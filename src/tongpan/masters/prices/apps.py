from importlib import import_module

from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "tongpan.masters.prices"
    label = "prices"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.prices.types")

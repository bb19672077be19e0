from importlib import import_module

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "tongpan.business.sales"
    label = "sales"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.sales.documents")
        import_module("tongpan.business.sales.names")

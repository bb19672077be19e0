from importlib import import_module

from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "tongpan.business.stock"
    label = "stock"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.stock.documents")
        import_module("tongpan.business.stock.names")

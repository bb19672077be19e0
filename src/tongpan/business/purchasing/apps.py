from importlib import import_module

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "tongpan.business.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.purchasing.documents")
        import_module("tongpan.business.purchasing.names")

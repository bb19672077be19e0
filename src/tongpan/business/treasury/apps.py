from importlib import import_module

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "tongpan.business.treasury"
    label = "treasury"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.treasury.documents")
        import_module("tongpan.business.treasury.years")
        import_module("tongpan.business.treasury.names")

from importlib import import_module

from django.apps import AppConfig


class FranchiseConfig(AppConfig):
    name = "tongpan.business.franchise"
    label = "franchise"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.franchise.documents")

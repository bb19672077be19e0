from importlib import import_module

from django.apps import AppConfig


class StoredValueConfig(AppConfig):
    name = "tongpan.business.stored_value"
    label = "stored_value"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.stored_value.documents")

from importlib import import_module

from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "tongpan.masters.items"
    label = "items"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.items.types")
        import_module("tongpan.masters.items.pictures")
        import_module("tongpan.masters.items.references")

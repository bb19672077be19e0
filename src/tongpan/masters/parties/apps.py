from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "tongpan.masters.parties"
    label = "parties"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.parties.types")

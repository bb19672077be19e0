from importlib import import_module

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "tongpan.masters.places"
    label = "places"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.places.types")

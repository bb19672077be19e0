from importlib import import_module

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "tongpan.masters.places"
    label = "places"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.masters.places.types")
        units = import_module("tongpan.kernel.org.units")
        units.when_made(import_module("tongpan.masters.places.queries").give_place)

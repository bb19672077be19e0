from importlib import import_module

from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "tongpan.business.shifts"
    label = "shifts"

    def ready(self) -> None:
        """Declare the type and its actions, once the models are there."""
        import_module("tongpan.business.shifts.actions")

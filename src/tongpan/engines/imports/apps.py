from importlib import import_module

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "tongpan.engines.imports"
    label = "imports"

    def ready(self) -> None:
        """Declare the actions and what they refuse."""
        import_module("tongpan.engines.imports.actions")

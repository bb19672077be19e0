from importlib import import_module

from django.apps import AppConfig


class PrintersConfig(AppConfig):
    name = "tongpan.engines.printers"
    label = "printers"

    def ready(self) -> None:
        """Declare the actions, and have the workers print."""
        for name in ("actions", "sending"):
            import_module(f"tongpan.engines.printers.{name}")

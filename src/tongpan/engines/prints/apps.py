from importlib import import_module

from django.apps import AppConfig


class PrintsConfig(AppConfig):
    name = "tongpan.engines.prints"
    label = "prints"

    def ready(self) -> None:
        """Declare the actions; it comes after all areas, whose types it lets be printed."""
        for name in ("actions", "recording", "formats"):
            import_module(f"tongpan.engines.prints.{name}")

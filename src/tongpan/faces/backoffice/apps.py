from importlib import import_module

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "tongpan.faces.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        """Fill the rail, once all areas have declared their types."""
        import_module("tongpan.faces.backoffice.tabs").add_tabs()

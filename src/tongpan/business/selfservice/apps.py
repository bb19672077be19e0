from importlib import import_module

from django.apps import AppConfig


class SelfserviceConfig(AppConfig):
    name = "tongpan.business.selfservice"
    label = "selfservice"

    def ready(self) -> None:
        """Declare types and actions, once the models are there."""
        for module in ("documents", "actions"):
            import_module(f"tongpan.business.selfservice.{module}")

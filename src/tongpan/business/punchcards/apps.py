from importlib import import_module

from django.apps import AppConfig


class PunchCardsConfig(AppConfig):
    name = "tongpan.business.punchcards"
    label = "punchcards"

    def ready(self) -> None:
        """Declare types and names, once the models are there."""
        for module in ("documents", "names"):
            import_module(f"tongpan.business.punchcards.{module}")

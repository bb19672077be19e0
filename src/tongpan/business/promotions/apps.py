from importlib import import_module

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "tongpan.business.promotions"
    label = "promotions"

    def ready(self) -> None:
        """Declare the sentences of the engine."""
        import_module("tongpan.business.promotions.sentences")

from importlib import import_module

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "tongpan.business.promotions"
    label = "promotions"

    def ready(self) -> None:
        """Declare sentences, types and actions, once the models are there."""
        for module in ("sentences", "documents", "actions", "names"):
            import_module(f"tongpan.business.promotions.{module}")

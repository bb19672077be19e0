from importlib import import_module

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "tongpan.business.pricing"
    label = "pricing"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.pricing.documents")
        import_module("tongpan.business.pricing.types")

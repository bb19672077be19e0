from importlib import import_module

from django.apps import AppConfig


class CouponsConfig(AppConfig):
    name = "tongpan.business.coupons"
    label = "coupons"

    def ready(self) -> None:
        """Declare types, actions and jobs, once the models are there."""
        for module in ("documents", "actions", "names"):
            import_module(f"tongpan.business.coupons.{module}")

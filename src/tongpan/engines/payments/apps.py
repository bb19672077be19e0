from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "tongpan.engines.payments"
    label = "payments"

    def ready(self) -> None:
        """Declare the actions, and have the dispatcher and its workers clear up what is open."""
        for name in ("actions", "clearing"):
            import_module(f"tongpan.engines.payments.{name}")

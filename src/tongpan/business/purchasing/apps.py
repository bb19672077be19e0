from importlib import import_module

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "tongpan.business.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        for name in ("orders", "receipts", "bills", "returns", "credits"):  # as on the menu
            import_module(f"tongpan.business.purchasing.documents.{name}")
        import_module("tongpan.business.purchasing.names")

from importlib import import_module

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "tongpan.business.finance"
    label = "finance"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.finance.documents")
        import_module("tongpan.business.finance.names")
        import_module("tongpan.business.finance.queries")
        import_module("tongpan.business.finance.periods")

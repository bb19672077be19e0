from importlib import import_module

from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "tongpan.business.till"
    label = "till"

    def ready(self) -> None:
        """Declare the types, once the models are there."""
        import_module("tongpan.business.till.actions")
        import_module("tongpan.business.till.beyond")
        import_module("tongpan.business.till.bringing")
        import_module("tongpan.business.till.drawer")
        import_module("tongpan.business.till.exchanging")
        import_module("tongpan.business.till.names")
        import_module("tongpan.business.till.parking")
        import_module("tongpan.business.till.without_slip")

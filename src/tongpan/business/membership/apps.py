from importlib import import_module

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "tongpan.business.membership"
    label = "membership"

    def ready(self) -> None:
        """Declare types, actions and jobs, once the models are there."""
        for module in ("documents", "actions", "names"):
            import_module(f"tongpan.business.membership.{module}")

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "tongpan.engines.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Declare the actions, and have the dispatcher and its workers carry things out."""
        for name in ("actions", "following", "sending"):
            import_module(f"tongpan.engines.webhooks.{name}")

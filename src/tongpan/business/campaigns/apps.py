from importlib import import_module

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "tongpan.business.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Declare actions and the job, once the models are there."""
        import_module("tongpan.business.campaigns.actions")
        import_module("tongpan.business.campaigns.known")

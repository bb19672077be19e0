from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tongpan.faces.kit import menu


class PosConfig(AppConfig):
    name = "tongpan.faces.pos"
    label = "pos"

    def ready(self) -> None:
        """The till stands first among the pages of its job, and is told who knows of charges."""
        menu.tab("till", "till", _("Ring up"), "/till/", "till.sale.ring_up", order=10)
        import_module("tongpan.faces.pos.paying")

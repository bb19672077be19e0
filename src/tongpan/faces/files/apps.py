from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tongpan.faces.kit import menu


class FilesConfig(AppConfig):
    name = "tongpan.faces.files"
    label = "files"

    def ready(self) -> None:
        """Sheets in and out are among the settings; long ones come in by a worker."""
        from tongpan.faces.files import work  # noqa: F401

        menu.tab("settings", "sheets", _("Import and export"), "/files/", "signed-in", order=60)

from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tongpan.kernel.documents"
    label = "documents"

    def ready(self) -> None:
        """Say how units and people are named, once their models are there."""
        import_module("tongpan.kernel.documents.org_references")

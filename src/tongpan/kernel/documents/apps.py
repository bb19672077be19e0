from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tongpan.kernel.documents"
    label = "documents"

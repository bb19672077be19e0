from importlib import import_module

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "tongpan.engines.messages"
    label = "messages"

    def ready(self) -> None:
        import_module("tongpan.engines.messages.texting")

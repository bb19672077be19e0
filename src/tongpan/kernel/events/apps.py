from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "tongpan.kernel.events"
    label = "events"

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "tongpan.kernel.org"
    label = "org"

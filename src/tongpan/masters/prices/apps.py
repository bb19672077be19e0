from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "tongpan.masters.prices"
    label = "prices"

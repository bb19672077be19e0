from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "tongpan.business.stock"
    label = "stock"

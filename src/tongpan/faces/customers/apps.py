from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "tongpan.faces.customers"
    label = "customers"

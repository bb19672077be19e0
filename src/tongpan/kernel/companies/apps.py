from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "tongpan.kernel.companies"
    label = "companies"

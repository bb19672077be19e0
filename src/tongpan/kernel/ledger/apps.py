from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "tongpan.kernel.ledger"
    label = "ledger"

from functools import partial
from importlib import import_module

from django.apps import AppConfig

from tongpan.kernel.events.registry import chore
from tongpan.kernel.ledger.upkeep import fold

FOLDED_AT_ONCE = 500  # postings; few enough that nobody notices the round


class DocumentsConfig(AppConfig):
    name = "tongpan.kernel.documents"
    label = "documents"

    def ready(self) -> None:
        """Say how units and people are named, whom events concern, and what the dispatcher does.

        The ledger does not know of events, and this is the lowest floor that knows both.
        """
        for module in (
            "org_references",
            "org_actions",
            "setting_actions",
            "numbering_actions",
            "session_actions",
            "second_factor_actions",
            "personal_actions",
            "notices",
            "integrity",
            "tidying",
        ):
            import_module(f"tongpan.kernel.documents.{module}")
        chore(partial(fold, FOLDED_AT_ONCE), name="ledger.fold")
        audit = import_module("tongpan.kernel.documents.audit")
        chore(audit.seal, name="history.seal")

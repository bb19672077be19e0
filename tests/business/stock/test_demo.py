"""The demonstration chain is made by its people, and its books are in order."""

import pytest

from tongpan.business.stock import demo
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.models import Account, Entry
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")


def test_the_demonstration_chain_has_two_weeks_of_documents_in_every_state() -> None:
    demo.build()

    with system(reason="looking at it"):
        documents = Document.objects.all()
        assert documents.filter(type="stock.transfer").count() >= 28
        assert set(documents.values_list("state", flat=True)) == {
            "draft", "submitted", "posted", "reversed",
        }  # fmt: skip
        for fate in ("lost", "damaged"):
            accounts = Account.objects.filter(role=fate).values_list("pk", flat=True)
            assert Entry.objects.filter(target__in=list(accounts)).exists(), fate

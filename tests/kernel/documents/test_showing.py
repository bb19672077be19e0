"""How far documents have come: told by their accounts, of many types in one statement."""

from typing import Any

from tests.chain import Chain, a_transfer
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.showing import HowFar, Standing, how_far
from tongpan.kernel.org.scope import system


def test_documents_of_several_types_are_told_in_one_statement(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    with chain.as_("wang", "warehouse"):
        sent = a_transfer(chain, "warehouse", "south", {"milk": "2"}).subject
        run("stock.transfer.post", sent)
    transfer = Document.unscoped.get(pk=sent)
    opening = Document.unscoped.filter(type="stock.opening").first()
    assert opening is not None
    received: HowFar = document_type("stock.transfer").screens["standings"]
    never = HowFar(received.accounts, lambda _document, come: Standing("done", str(come)))

    with django_assert_num_queries(1):
        told = how_far([(received, [transfer, opening]), (never, [opening]), (never, [])])
    with django_assert_num_queries(0):
        assert how_far([(received, [])]) == {}

    with system(reason="how far it has come, by itself"):
        body = load(document_type("stock.transfer"), sent)
        assert received([body])[sent] == told[transfer.pk]
    assert told[transfer.pk].code == "transit"
    assert told[opening.pk].word == "None"  # it has no such account, and its own type says so

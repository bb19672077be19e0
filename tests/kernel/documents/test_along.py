"""Another action on the way is done by its own rules."""

import pytest
from django.db import transaction

from tests.chain import Chain
from tests.kernel.documents.test_gate import a_draft
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.along import do_to_document
from tongpan.kernel.documents.gate import Doing, run
from tongpan.kernel.documents.registry import document_type, find_action


def test_a_document_allows_on_the_way_only_what_its_state_allows(chain: Chain) -> None:
    voided = a_draft(chain)
    transfer, outer = document_type("stock.transfer"), find_action("stock.transfer.save")
    assert outer is not None
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.void", voided)
        doing = Doing(outer, env.new_id(), {}, frozenset(), None, env.now())

        with transaction.atomic(), pytest.raises(Refusal) as no:
            do_to_document(doing, transfer, "void", voided)

    assert (no.value.code, doing.along, doing.facts) == ("wrong_state", [], [])
    assert no.value.facts["state"]

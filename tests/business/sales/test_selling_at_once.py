"""Many sellers at the same moment: real transactions on the last goods and the last credit."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.business.sales.cast import MILK, a_wholesaler
from tests.chain import Chain
from tests.conftest import OwnDatabase
from tongpan.base.refusals import Question, Refusal
from tongpan.business.finance.queries import debt_of
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.races
MANY = 12


@pytest.fixture
def chain(own_database: OwnDatabase) -> Chain:
    return a_wholesaler()


def sellers(chain: Chain, code: str, quantity: str) -> list[Callable[[], Outcome]]:
    header = {"customer": "K01", "place": chain.places["warehouse"]}
    payload = {"header": header, "lines": [MILK | {"quantity": quantity}]}
    with chain.as_("zhou", "hq"):
        drafts = [run(f"{code}.save", payload=payload).subject for _ in range(MANY)]

    def seller(draft: object) -> Callable[[], Outcome]:
        def post() -> Outcome:
            with chain.as_("zhou", "hq"):
                return run(f"{code}.post", draft)  # type: ignore[arg-type]

        return post

    return [seller(draft) for draft in drafts]


def test_what_is_left_is_held_for_as_many_orders_as_it_is_enough_for(
    chain: Chain, own_database: OwnDatabase
) -> None:
    answers = own_database.at_once(*sellers(chain, "sales.order", "100"))

    refused = [a.problems[0]["code"] for a in answers if isinstance(a, Refusal)]
    assert refused == ["short"] * (MANY - 3)
    assert len([a for a in answers if isinstance(a, Outcome)]) == 3


def test_what_a_customer_may_still_owe_is_given_once(
    chain: Chain, own_database: OwnDatabase
) -> None:
    Party.objects.filter(code="K01").update(credit_limit=Decimal("500"))

    answers = own_database.at_once(*sellers(chain, "sales.delivery", "10"))  # 113.00 each

    assert len([a for a in answers if isinstance(a, Question)]) == MANY - 4
    assert len([a for a in answers if isinstance(a, Outcome)]) == 4
    assert debt_of(Party.objects.get(code="K01").pk) == Decimal("452.00")

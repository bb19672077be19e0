"""An exchange that is reversed at the till."""

from collections.abc import Callable

from tests.chain import Chain
from tests.faces.pos.conftest import PIN, Machine
from tests.faces.pos.test_asking import line
from tongpan.base import env
from tongpan.business.till.models import Exchange
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

AtTill = Callable[..., Machine]


def exchanged(machine: Machine) -> str:
    """One milk sold, and taken back for five colas; the id of the slip of the colas."""
    milk, cola = (machine.ask("scan", q=code)["line"] for code in ("10001", "6901234510016"))
    body = {"lines": [line(milk)], "payments": [{"method": "CASH", "amount": "12.90"}]}
    sold = machine.tell("sell", id=env.new_id(), **body)["slip"]
    (row,) = machine.ask("slip", number=sold["number"])["sale"]["lines"]
    made = machine.tell(
        "exchange", id=env.new_id(), sale=sold["id"], reason="",
        lines=[{"sold": row["sold"], "quantity": "1"}], goods=[line(cola, "5")],
        payments=[{"method": "CASH", "amount": "4.60"}],
    )  # fmt: skip
    return str(made["slip"]["id"])


def test_an_exchange_is_reversed_with_a_reason_by_who_may(
    chain: Chain, at_the_till: AtTill
) -> None:
    with system(reason="the cast of the tests"):
        role = chain.people["chen"].grants.get().role
        for code in ("till.sale.reverse", "till.return.reverse"):
            RoleAction.objects.get_or_create(role=role, code=code)
    machine = at_the_till("lin")
    slip = exchanged(machine)
    shown = machine.tell(f"slip/{slip}/print?look")["exchange"]
    today = machine.ask("today")["slips"]
    body = {"exchange": shown["id"], "reason": "换错了"}

    alone = machine.tell("exchange/reverse", id=env.new_id(), **body)
    by = {"code": "chen", "pin": PIN}
    silent = machine.tell("exchange/reverse", id=env.new_id(), **body | {"reason": ""}, by=by)
    done = machine.tell("exchange/reverse", id=env.new_id(), **body, by=by)
    nothing = machine.tell("exchange/reverse", id=env.new_id(), exchange=env.new_id(), by=by)

    assert (shown["amount"], shown["is_to_customer"]) == ("¥4.60", True)
    assert [one["is_exchange"] for one in today] == [True, True, False]
    assert alone["refused"]["code"] == "not_yours"
    assert silent["refused"]["code"] == "invalid"
    assert done == {"is_repeat": False}
    assert nothing["refused"]["code"] == "not_found"
    assert Exchange.unscoped.get().reversed_at is not None
    assert Document.unscoped.filter(state="reversed").count() == 2
    assert History.objects.filter(authorised_by=chain.people["chen"].pk, note="换错了").exists()
    assert machine.tell(f"slip/{slip}/print?look")["exchange"] is None

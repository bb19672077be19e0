"""At the till: goods in the customer's hands that the books do not have."""

from collections.abc import Callable

from tests.chain import Chain
from tests.faces.pos.conftest import PIN, Machine
from tests.faces.pos.test_asking import line
from tongpan.base import env
from tongpan.business.stock.models import Overage
from tongpan.kernel.documents.models import History

AtTill = Callable[..., Machine]


def test_a_cashier_sells_what_the_books_lack_by_the_pin_of_who_may(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    more = str(int(float(milk["stock"])) + 2)
    pay = [{"method": "CASH", "amount": f"{12.9 * int(more):.2f}"}]
    basket = {"id": env.new_id(), "lines": [line(milk, more)], "payments": pay}
    asked = {"id": env.new_id(), "lines": [line(milk, more)]}

    refused = machine.tell("sell", **basket)["refused"]
    alone = machine.tell("on-books", **asked)["refused"]
    put = machine.tell("on-books", **asked, by={"code": "chen", "pin": PIN})
    again = machine.tell("on-books", **asked, by={"code": "chen", "pin": PIN})
    sold = machine.tell("sell", **basket)

    assert [p["code"] for p in refused["problems"]] == ["short"]
    assert alone["code"] == "not_yours"
    assert put == {"put": [f"{milk['name']} 2 {milk['unit_name']}"]}
    assert again == {"put": []}
    assert sold["slip"]["number"]
    (made,) = Overage.unscoped.all()
    told = History.objects.filter(subject=made.pk, action="stock.overage.post").get()
    assert (told.actor, told.authorised_by) == (chain.people["lin"].pk, chain.people["chen"].pk)

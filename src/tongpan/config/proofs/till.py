"""A till in a process of its own. It takes orders on standard input and answers on standard output.

An order is a line `item request-id`: ring up one of that item, for cash, as that request; with a
member's id behind it, for the last of their stored value and points; with the code of a coupon,
with that. The answers are `sold`, `refused` (the shelf, the member or the coupon), `deadlock`, or
`error` and what it was.
"""

import os
import sys
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.db import OperationalError  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402

from tongpan.base.refusals import Refusal  # noqa: E402
from tongpan.business.coupons.rules import code_in  # noqa: E402
from tongpan.config.laboratory import COMPANY, named  # noqa: E402
from tongpan.config.proofs.shop import by_member, payload_of, price_of, with_coupon  # noqa: E402
from tongpan.kernel.documents.gate import run  # noqa: E402
from tongpan.kernel.org.models import OrgUnit, Person  # noqa: E402
from tongpan.kernel.org.scope import acting  # noqa: E402

DEADLOCK = "40P01"
SHORT = {
    "out_of_bounds", "stored_value_short", "points_short", "coupon_gone", "coupon_moved",
}  # fmt: skip


def main() -> None:
    with schema_context(COMPANY):
        till = OrgUnit.objects.select_related("parent").get(pk=named(sys.argv[1]))
        person = Person.objects.get(pk=named("cashier"))
        print("ready", flush=True)
        for line in sys.stdin:
            item, request, *whose = line.split()
            sold = sell(person, till, int(item), UUID(request), *whose)
            print(sold, flush=True)


def sell(person: Person, till: OrgUnit, item: int, request: UUID, whose: str = "") -> str:
    """Ring up one of an item, and answer what became of it."""
    basket = payload_of([(named(f"item {item}"), 1, price_of(item))])
    if code_in(whose):
        basket |= {"coupons": [whose], "payments": with_coupon(price_of(item))}
    elif whose:
        basket |= {"member": whose, "payments": by_member(price_of(item))}
    try:
        with acting(person, till):
            run("till.sale.ring_up", payload=basket, request_id=request)
    except Refusal as refusal:
        codes = {refusal.code, *(p["code"] for p in refusal.problems)}
        return "refused" if codes & SHORT else f"error {refusal.code}"
    except OperationalError as error:
        is_deadlock = getattr(error.__cause__, "sqlstate", None) == DEADLOCK
        return "deadlock" if is_deadlock else f"error {error!r}".replace("\n", " ")
    except Exception as error:  # noqa: BLE001 - the proof counts it
        return f"error {error!r}".replace("\n", " ")
    return "sold"


if __name__ == "__main__":
    main()

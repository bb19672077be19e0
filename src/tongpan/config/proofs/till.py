"""A till in a process of its own. It takes orders on standard input and answers on standard output.

An order is a line `item request-id`: ring up one of that item, for cash, as that request. The
answers are `sold`, `refused` (the shelf is short), `deadlock`, or `error` and what it was.
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
from tongpan.config.laboratory import COMPANY, named  # noqa: E402
from tongpan.config.proofs.shop import payload_of, price_of  # noqa: E402
from tongpan.kernel.documents.gate import run  # noqa: E402
from tongpan.kernel.org.models import OrgUnit, Person  # noqa: E402
from tongpan.kernel.org.scope import acting  # noqa: E402

DEADLOCK = "40P01"


def main() -> None:
    with schema_context(COMPANY):
        till = OrgUnit.objects.select_related("parent").get(pk=named(sys.argv[1]))
        person = Person.objects.get(pk=named("cashier"))
        print("ready", flush=True)
        for line in sys.stdin:
            item, request = line.split()
            print(sell(person, till, int(item), UUID(request)), flush=True)


def sell(person: Person, till: OrgUnit, item: int, request: UUID) -> str:
    """Ring up one of an item, and answer what became of it."""
    basket = payload_of([(named(f"item {item}"), 1, price_of(item))])
    try:
        with acting(person, till):
            run("till.sale.ring_up", payload=basket, request_id=request)
    except Refusal as refusal:
        return "refused" if refusal.code == "out_of_bounds" else f"error {refusal.code}"
    except OperationalError as error:
        is_deadlock = getattr(error.__cause__, "sqlstate", None) == DEADLOCK
        return "deadlock" if is_deadlock else f"error {error!r}".replace("\n", " ")
    except Exception as error:  # noqa: BLE001 - the proof counts it
        return f"error {error!r}".replace("\n", " ")
    return "sold"


if __name__ == "__main__":
    main()

"""A till in a process of its own. It takes orders on standard input and answers on standard output.

An order is a line `item posting-id`: sell one of that item as that fact. The answers are `sold`,
`refused`, `deadlock`, `lost` (the database went away: nobody knows), or `error` and what it was.
"""

import os
import sys
from decimal import Decimal
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402

from tongpan.base import env  # noqa: E402
from tongpan.business.stock import accounts as at  # noqa: E402
from tongpan.config.laboratory import COMPANY, named  # noqa: E402
from tongpan.kernel.ledger.posting import Fact, Move, OutOfBounds, post  # noqa: E402

STORE = named("store 0")
TRY_AGAIN, DEADLOCK = "40001", "40P01"
TRIES = 20


def main() -> None:
    with schema_context(COMPANY):
        print("ready", flush=True)
        for line in sys.stdin:
            item, posting_id = line.split()
            print(sell(UUID(item), UUID(posting_id)), flush=True)


def sell(item: UUID, posting_id: UUID) -> str:
    """Tell the fact, again if the database asks for it, and answer what became of it."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                post([sale(item, posting_id)])
            return "sold"
        except OutOfBounds:
            return "refused"
        except (OperationalError, InterfaceError) as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state == DEADLOCK:
                return "deadlock"
            if state != TRY_AGAIN:
                connection.close()
                return "lost"
        except Exception as error:  # noqa: BLE001 - the proof counts it
            return f"error {error!r}".replace("\n", " ")
    return "error tried too often"


def sale(item: UUID, posting_id: UUID) -> Fact:
    """One of an item leaves the shelf for good. The same id always makes the same fact."""
    move = Move(
        source=at.shelf(STORE, STORE, item),
        target=at.lost(STORE, item),
        amount=Decimal(1),
        feeds=(at.inventory(STORE), at.transit_loss(STORE)),
    )
    return Fact(posting_id, posting_id, TODAY, (move,))


TODAY = env.now().date()

if __name__ == "__main__":
    main()

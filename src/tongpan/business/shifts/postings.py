"""The posting rule of shifts."""

from collections.abc import Iterator
from typing import Annotated, Any

from tongpan.business.shifts.models import Shift
from tongpan.business.till.accounts import taken
from tongpan.business.treasury.accounts import cash_difference
from tongpan.kernel.ledger.posting import Move


def shift_moves(shift: Annotated[Any, Shift]) -> Iterator[Move]:
    """What was short in the drawer, or over; the rest of the cash waits to be brought in.

    | Ledger | Source                 | Target                 |
    | money  | taken, cash difference | cash difference, taken |
    """
    if not shift.difference or shift.method_id is None:
        return
    drawer, difference = taken(shift.store_id, shift.method_id), cash_difference(shift.store_id)
    if shift.difference < 0:
        yield Move(drawer, difference, -shift.difference)
    else:
        yield Move(difference, drawer, shift.difference)

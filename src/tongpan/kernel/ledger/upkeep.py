"""What keeps the ledger in order: folding totals, setting bounds, closing periods."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import DatabaseError, connection

from tongpan.kernel.ledger.posting import AccountKey, open_accounts, refusal_of


def fold(limit: int | None = None) -> int:
    """Add what waits to the totals of accounts without bounds; None takes all of it.

    Answers how many postings were folded; none also when somebody else is folding. Reads are exact
    without it: it only keeps them cheap.
    """
    with connection.cursor() as cursor:
        cursor.execute("select ledger_fold(%s)", [limit])
        return int(cursor.fetchone()[0])


def set_bounds(key: AccountKey, *, floor: Decimal | None, ceiling: Decimal | None) -> None:
    """Give an account bounds of its own, in its unit; None is no bound. Opens it if need be.

    Waits until no posting is under way. Not in a transaction that posts.

    Errors: OutOfBounds if the account's balance is not within them.
    """
    open_accounts([key])
    with connection.cursor() as cursor:
        try:
            cursor.execute("select ledger_set_bounds(%s, %s, %s)", [key.key, floor, ceiling])
        except DatabaseError as error:
            raise refusal_of(error, [key], []) or error from error.__cause__


def close_period(entity: UUID, through: date) -> None:
    """Close an entity's books through a day, or, with an earlier day, open them again after it.

    Waits until no posting is under way: what was posted before is in, nothing comes after.
    """
    with connection.cursor() as cursor:
        cursor.execute("select ledger_close_period(%s, %s)", [entity, through])

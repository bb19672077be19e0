"""What is written beside the documents of stored value: the payments that tills count."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from tongpan.base import env


def keep_payment(document: UUID, on: date, method: UUID, amount: Decimal, reference: str) -> None:
    """Write how a top-up was paid, or paid out, where the payments of slips stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select stored_value_keep_payment(%s, %s, %s, %s, %s, %s)",
            [env.new_id(), on, document, method, amount, reference],
        )

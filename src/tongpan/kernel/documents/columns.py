"""The kinds of number a document may hold, each with the step it is refused off.

A field of a document is a plain Django field with its label, help and choices. Columns of drafts
are nullable, because a draft may be half filled; `blank=False` says that posting needs a value.
"""

from decimal import Decimal
from typing import Any

from django.db import models


class ExactField(models.DecimalField):  # type: ignore[type-arg]
    """A decimal of the ledger's size; subclasses say its step and what it counts."""

    kind = "decimal"
    step = Decimal("0.000001")
    may_be_negative = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 24, 6
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class QuantityField(ExactField):
    """A quantity of an item, in the unit that stands beside it on the line."""

    kind = "quantity"


class SignedQuantityField(QuantityField):
    """A difference of quantities, which may go either way."""

    may_be_negative = True


class MoneyField(ExactField):
    """An amount of the document's currency, in whole cents."""

    kind = "money"
    step = Decimal("0.01")


class SignedMoneyField(MoneyField):
    """An amount that may go either way: below zero it is taken off."""

    may_be_negative = True


class PriceField(ExactField):
    """Money per unit, up to six decimals."""

    kind = "price"

"""The kinds of number a document may hold, each with the step it is refused off.

A field of a document is a plain Django field with its label, help and choices. Columns of drafts
are nullable, because a draft may be half filled; `blank=False` says that posting needs a value.
"""

from collections.abc import Callable, Iterable
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


Marks = Callable[[], Iterable[tuple[str, Any]]]


class SeveralField(models.CharField):  # type: ignore[type-arg]
    """A text of marks out of a few, such as weekdays or the codes of stores: forms let tick them.

    `among` says, whenever it is asked, which marks there are to tick, each with its name; `between`
    stands between two of them, nothing where each is one character. Files, programs and the
    database have plain text.
    """

    def __init__(self, *args: Any, among: Marks = tuple, between: str = "", **kwargs: Any) -> None:
        self.among, self.between = among, between
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

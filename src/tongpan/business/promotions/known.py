"""What a promotion may wait for by its code, though another area keeps it: ways of paying, kinds of
coupon. Whoever keeps them says here which there are."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from tongpan.kernel.documents.columns import Marks

Codes = Callable[[], Mapping[str, str]]  # what each is called, by its code

# By the column of a promotion. The counter is the only channel that sells so far.
KNOWN: dict[str, Codes] = {"channels": lambda: {"till": _("the counter")}}


def marks_of(column: str) -> Marks:
    """What may be ticked in that column."""
    return lambda: KNOWN.get(column, dict)().items()


def codes_of(column: str, find: Codes) -> None:
    """Say which codes a column of promotions may name."""
    KNOWN[column] = find

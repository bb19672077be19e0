"""The posting rule of price changes."""

from collections.abc import Iterable
from typing import Annotated, Any

from tongpan.business.pricing.models import PriceChange
from tongpan.kernel.ledger.posting import Move


def price_change_moves(_change: Annotated[Any, PriceChange]) -> Iterable[Move]:
    """A price change moves nothing: it writes prices into their list."""
    return ()

"""A card terminal beside the till that no program can ask: the cashier says what it printed.

Nothing is sent anywhere. An attempt waits until the cashier confirms it with the number of the
terminal's slip, says that it was refused, or says that nobody knows: then it is cleared up later.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tongpan.engines.payments.adapters import Asked, Forged, Merchant, Notice, Said, Wanted


class Terminal:
    """The adapter of a person. What a program asks of it has no answer."""

    code = "terminal"
    title = _("Card terminal")
    facts = (Wanted("terminal", _("number of the terminal"), is_required=False),)
    secrets: tuple[Wanted, ...] = ()
    is_by_hand = True

    def charge(self, merchant: Merchant, asked: Asked) -> Said:
        return Said("waiting")

    def query(self, merchant: Merchant, asked: Asked) -> Said:
        return Said("waiting")

    def cancel(self, merchant: Merchant, asked: Asked) -> Said:
        return Said("unknown")

    def refund(self, merchant: Merchant, asked: Asked) -> Said:
        return Said("unknown")

    def read_notice(self, merchant: Merchant, headers: Mapping[str, str], body: bytes) -> Notice:
        """Errors: Forged, always: a terminal that a person reads sends nothing."""
        raise Forged("a person confirms these")

    def is_key(self, name: str, text: str) -> bool:
        return False

    def thanks(self) -> tuple[str, str]:
        return "text/plain", ""

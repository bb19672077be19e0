"""What screens show of slips besides their fields: how far what was put on account has come."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance.documents import CUSTOMER_RECEIPT
from tongpan.business.finance.screens import settled_standings
from tongpan.kernel.documents.showing import Come, HowFar, Standing

# There is nothing to say of it, and nothing to settle.
PLAIN = Standing("", "", never=(CUSTOMER_RECEIPT.code,), left=ZERO)
# What of a slip never was on account: it was paid at the till.
PAID = "(select d.total from document d where d.id = a.line) - greatest(a.inflow, a.outflow)"


def _on_account(told: HowFar) -> HowFar:
    """The same, where most documents of the type have nothing on account."""

    def word(document: Any, come: Come | None) -> Standing | None:
        return PLAIN if come is None else told.word(document, come)

    return HowFar(told.accounts, word)


collected = _on_account(
    settled_standings(
        _("To be collected"), _("Partly collected"), _("Collected"), side="customer",
        taken_off=f"({PAID})",
    )
)  # fmt: skip
used = _on_account(
    settled_standings(
        _("To be used"), _("Partly used"), _("Used"), side="customer", taken_off=f"({PAID})"
    )
)  # fmt: skip

"""How far supplies, their receipts and their returns have come."""

from dataclasses import replace
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.screens import settled_standings
from tongpan.business.stock.screens import how_received
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.showing import Come, Standing, lines_come

RECEIPT, RETURN = "franchise.receipt", "franchise.return"

# Goods first, money then: what is on its way, and as what was said what is to be collected. What
# was supplied before supplies were received has nothing on its way.
SUPPLIED = """
select l.document_id, coalesce(bool_and(a.inflow = a.outflow), true),
       coalesce(avg(a.outflow / nullif(a.inflow, 0)), 1),
       (select coalesce(sum(abs(m.inflow - m.outflow)), 0) from account m
          where m.ledger = 'money' and m.role = 'receivable' and m.line = l.document_id)::text
  from franchise_supply_line l
  left join account a on a.line = l.id and a.ledger = 'stock' and a.role = 'in_transit'
  where l.document_id = any(%s) group by l.document_id
"""
_collected = settled_standings(
    _("To be collected"), _("Partly collected"), _("Collected"),
    then=(RETURN, "finance.supplier_payment"), side="customer",
)  # fmt: skip


def _word(document: Document, come: Come | None) -> Standing | None:
    if come is None:
        return None
    left = Decimal(come.said)
    if not come.is_done:
        paid = () if left else ("finance.customer_receipt",)
        return replace(how_received(come), never=paid if come.share else (*paid, RETURN))
    told: Standing | None = _collected.word(document, Come(not left, left, "0"))
    return replace(told, never=(RECEIPT,)) if told is not None else None


_received = lines_come("franchise_supply_line", "stock", "in_transit", how_received)
supplied = replace(_received, accounts=SUPPLIED, word=_word)
used = settled_standings(
    _("To be used"), _("Partly used"), _("Used"),
    then=("finance.supplier_payment",), side="customer",
)  # fmt: skip


def _to_take_back(come: Come) -> Standing:
    if come.is_done:
        return Standing("done", _("All taken back"))
    word = _("Partly taken back") if come.share else _("To be taken back")
    return Standing("partly" if come.share else "waiting", word, come.share or None)


_refused = lines_come("franchise_supply_receipt_line", "stock", "refused", _to_take_back)
NOTHING = Standing("", "", never=(RETURN,))  # all of it was accepted
refused = replace(
    _refused,
    word=lambda document, come: _refused.word(document, come) if come is not None else NOTHING,
)
WAITS_AT_SENDER = {RECEIPT: lambda units: Q(other_unit__in=units)}

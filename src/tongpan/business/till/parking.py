"""Baskets that are not paid yet: put aside, taken up at another till, let go, or made smaller."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.baskets import decimal
from tongpan.business.till.coupons import MOST
from tongpan.business.till.documents import SALE
from tongpan.business.till.models import ParkedSale, TakenOff
from tongpan.kernel.documents.fields import Unreadable, plain, read_text
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import declare_permission, who
from tongpan.kernel.org.settings import STORE, Setting, declare_setting
from tongpan.masters.items.models import Item
from tongpan.masters.taxes.rules import line_amount

PARK, RECALL, TAKE_OFF = "till.sale.park", "till.sale.recall", "till.sale.take_off"
SEE = "till.basket.view"
LABEL_MAX, REASON_MAX, LINES_MAX = 40, 120, 500
OFF_WORDS = ("how", "value", "reason")

REASON_NEEDED = declare_setting(
    Setting(
        code="till.taking_off_needs_reason",
        kind="flag",
        default=False,
        per=STORE,
        title=_("Taking goods off a basket needs a reason"),
        help=_("Asked when a basket is let go, and when lines are deleted after the total was"
               " said. Both are written down in any case."),
    )
)  # fmt: skip
declare_permission(SEE, _("Basket: See parked ones and what was taken off"))
say("taken_up_already", noop("{clerk} took it up at {till}, at {at}."))
say("nothing_taken_off", noop("Name what was taken off the basket."))


def park(doing: Doing) -> None:
    """Put a basket aside for the whole store: payload `basket` as the till holds it, a `label`, the
    id of the `member` or the `customer` whose it is, the `total` that it came to, `off` and
    `remark` as of a sale, and `coupons` [{code, name}] as they were chosen. None is used up or kept
    back: they hold if they hold when it is taken up."""
    till, person = _here(doing)
    member = doing.payload.get("member")
    doing.result = ParkedSale.unscoped.create(
        id=doing.subject, till=till, label=str(doing.payload.get("label") or "")[:LABEL_MAX],
        basket=doing.payload.get("basket") or [], member=UUID(str(member)) if member else None,
        rest=_rest(doing.payload), parked_by=person, parked_at=doing.at,
    )  # fmt: skip


def _rest(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What of a basket is none of its lines, in the few words that are kept."""
    off, found = payload.get("off"), dict[str, Any]()
    if isinstance(off, dict) and off.get("how"):
        found["off"] = {name: str(off.get(name) or "")[:REASON_MAX] for name in OFF_WORDS}
    if remark := str(payload.get("remark") or "").strip():
        found["remark"] = remark[:REASON_MAX]
    coupons = [
        {"code": str(one.get("code") or "")[:LABEL_MAX], "name": str(one.get("name") or "")[:80]}
        for one in list(payload.get("coupons") or ())[:MOST]
        if isinstance(one, dict) and one.get("code")
    ]
    if payload.get("total"):
        found["total"] = plain(decimal(payload["total"]))
    if payload.get("customer"):
        found["customer"] = str(UUID(str(payload["customer"])))
    return found | ({"coupons": coupons} if coupons else {})


def recall(doing: Doing) -> None:
    """Take a parked basket up again, at any till of its store; it is parked no longer.

    Errors: Refusal taken_up_already, which says by whom; not_found.
    """
    till, _person = _here(doing)
    rows = ParkedSale.unscoped.select_for_update(of=("self",))
    found = rows.filter(pk=doing.subject, till__parent=till.parent).first()
    if found is None:
        raise _taken_up(doing.subject, till)
    doing.result = {
        "label": found.label, "basket": found.basket, "member": found.member, "rest": found.rest,
    }  # fmt: skip
    found.delete()


def _taken_up(basket: UUID, till: OrgUnit) -> Refusal:
    """Who was quicker; whoever waited for the row reads what they have written."""
    row = history_of(basket).filter(action=RECALL).first()
    where = OrgUnit.objects.filter(pk=row.org_unit, parent=till.parent).first() if row else None
    if row is None or where is None:
        return Refusal("not_found")
    names = Person.objects.filter(pk=row.actor).values_list("name", flat=True)
    at = f"{row.at.astimezone(till.zone):%H:%M}"
    return Refusal("taken_up_already", clerk=names.first() or "", till=where.name, at=at)


def take_off(doing: Doing) -> None:
    """Write down what left a basket that is not paid.

    Payload: `basket` (the id that its sale would have had), `kind` (basket or line), `lines`
    [{item, unit_name?, quantity, price}], `reason`. A reason is not insisted on here: the screen
    asks for it, and a record without one is better than none.
    """
    till, person = _here(doing)
    kind = TakenOff.Kind.BASKET if doing.payload.get("kind") == "basket" else TakenOff.Kind.LINE
    given = list(doing.payload.get("lines") or ())[:LINES_MAX]
    if not given:
        raise Refusal("invalid", problems=[{"path": "lines", "code": "nothing_taken_off"}])
    try:
        reason = read_text(doing.payload.get("reason") or "", max_length=REASON_MAX)
    except Unreadable as wrong:
        problem = {"path": "reason", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None
    lines = _lines(given)
    amount = sum((line_amount(decimal(n["quantity"]), decimal(n["price"])) for n in lines), ZERO)
    TakenOff.unscoped.create(
        id=doing.subject, till=till, kind=kind.value, basket=UUID(str(doing.payload.get("basket"))),
        lines=lines, amount=amount, reason=reason, taken_by=person, taken_at=doing.at,
    )  # fmt: skip
    doing.note = reason
    doing.told = {"kind": kind.value, "amount": amount, "first": lines[0]["name"]}


def _lines(given: list[Any]) -> list[dict[str, str]]:
    ids = [queries.as_id(str(row["item"])) for row in given]
    names = dict(Item.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        {
            "item": str(item), "name": names.get(item, ""),
            "unit": str(row.get("unit_name") or "")[:20],
            "quantity": plain(decimal(row["quantity"])), "price": plain(decimal(row["price"])),
        }
        for item, row in zip(ids, given, strict=True)
    ]  # fmt: skip


def came_to(row: ParkedSale) -> Decimal:
    """What a basket came to when it was parked, in yuan: what the customer was told, with what was
    taken off; of one that nobody said it of, the sum of its lines."""
    if row.rest.get("total"):
        return decimal(row.rest["total"])
    return _sum_of(row.basket)


def _sum_of(basket: Sequence[Any]) -> Decimal:
    amounts = (
        line_amount(decimal(n["quantity"]), decimal(n["price"]))
        for n in basket
        if isinstance(n, dict) and n.get("quantity") and n.get("price")
    )
    return sum(amounts, ZERO)


def _here(doing: Doing) -> tuple[OrgUnit, Person]:
    till, person = who().at, who().person
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent_id is None:
        raise Refusal("not_at_a_till")
    doing.require(till)
    assert person is not None, "Somebody stands at the till."
    return till, person


for _code, _title, _run, _event in (
    (PARK, _("Park"), park, ""),
    (RECALL, _("Recall"), recall, ""),
    (TAKE_OFF, _("Take off a basket"), take_off, "till.sale.taken_off"),
):
    register_action(
        Action(
            code=_code, title=_title, run=_run, permission="till.sale.ring_up", type=SALE,
            event=declare_event(_event, _title) if _event else None,
        )
    )  # fmt: skip

"""What happens to coupons besides giving them out: passing on, gifts of days, the night."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries
from tongpan.business.coupons.documents import ISSUE, LAPSE, pass_on
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.membership.models import Member
from tongpan.business.membership.queries import home
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing, run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.jobs import enqueue, job
from tongpan.kernel.events.registry import Happened, declare_event, subscribe
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission

PASS_ON = "coupons.coupon.pass_on"
CODES = "coupons.coupon.codes"
HAND_OUT = "coupons.coupon.hand_out"
AT_ONCE, AHEAD, KEPT_S, HANDED_MOST = 2000, 61, 30.0, 200

say("nothing_to_hand_out", noop("None of these coupons can be used any more."))


def passing_on(doing: Doing) -> None:
    """Let another member hold a coupon: payload `member`, the id of who gets it."""
    doing.require(None)
    one = Coupon.objects.select_for_update(of=("self",)).select_related("kind").filter(
        pk=doing.subject
    ).first()  # fmt: skip
    named = as_id(str(doing.payload.get("member") or ""))
    member = Member.objects.filter(pk=named, state="active").first() if named else None
    if one is None or member is None:
        raise Refusal("not_found")
    before = one.member_id
    pass_on(one, member.pk)
    doing.kind = "coupons.coupon"
    doing.changes = {"member": [str(before) if before else None, str(member.pk)]}


def handing_out(doing: Doing) -> None:
    """Write down that whole codes were put on paper: payload `coupons`, their ids. The result is
    those of them that can still be used.

    Errors: Refusal nothing_to_hand_out.
    """
    doing.require(None)
    asked = [pk for text in doing.payload.get("coupons") or () if (pk := as_id(str(text)))]
    live = {pk for pk, state in queries.became(asked[:HANDED_MOST]).items() if state == "live"}
    if not live:
        raise Refusal("nothing_to_hand_out")
    rows = Coupon.objects.filter(pk__in=live).select_related("kind__item")
    doing.result = list(rows.order_by("pk"))
    doing.kind = "coupons.coupon"
    doing.changes = {"code": [None, ", ".join(str(one) for one in doing.result)]}


def give(rows: list[queries.Due]) -> int:
    """Give each of these members their coupon, by documents; how many."""
    top = home()
    for start in range(0, len(rows), AT_ONCE):
        lines = [
            {"kind": str(one.kind), "member": str(one.member), "occasion": one.occasion}
            for one in rows[start : start + AT_ONCE]
        ]
        draft = run(ISSUE.permission("save"), payload={"unit": top, "header": {}, "lines": lines})
        run(ISSUE.permission("post"), draft.subject)
    return len(rows)


def give_of_day(today: date) -> int:
    """What birthdays and anniversaries bring on a day; said again, it brings nothing more."""
    return give(queries.gifts_due(today, {n: today + timedelta(days=n) for n in range(AHEAD)}))


def lapse_over(today: date) -> int:
    """Let all coupons go whose last day was before this one; how many there were."""
    gone, top = 0, home()
    while found := queries.over(today, AT_ONCE):
        lines = [{"coupon": str(pk), "about": "到期"} for pk in found]
        draft = run(LAPSE.permission("save"), payload={"unit": top, "header": {}, "lines": lines})
        run(LAPSE.permission("post"), draft.subject)
        gone += len(found)
    return gone


@job("coupons.night", tries=3, cron="10 21 * * *")
def night() -> None:
    """Gifts of the day, and what has lapsed. Once a night, by the clock of headquarters."""
    top = OrgUnit.objects.filter(parent=None).order_by("path").first()
    if top is None:
        return
    today = business_date(top, env.now())
    give_of_day(today)
    lapse_over(today)


# -- after a sale ----------------------------------------------------------------------------------

_kept: dict[str, tuple[float, bool]] = {}  # by company: until when, whether a sale gives anything


def after_sale(event: Happened) -> None:
    """A sale that names a member brings them the coupons of the kinds that say so."""
    schema, now_s = connection.schema_name, env.monotonic_s()  # type: ignore[attr-defined]
    until_s, gives = _kept.get(schema, (0.0, False))
    if now_s >= until_s:
        gives = CouponKind.objects.filter(state="active", after_sale__isnull=False).exists()
        _kept[schema] = (now_s + KEPT_S, gives)
    if gives:
        enqueue("coupons.after_sale", sale=str(event.subject))


@job("coupons.after_sale", tries=3)
def give_after_sale(sale: str) -> None:
    """Give what a sale brings its member, once."""
    found = Document.unscoped.filter(pk=UUID(sale), state=State.POSTED).first()
    if found is None or found.party is None:
        return
    member = Member.objects.filter(pk=found.party, state="active").first()
    if member is None:
        return
    left = (found.total or ZERO) - queries.brought_back(found.pk)  # it may have come back meanwhile
    kinds = CouponKind.objects.filter(state="active", after_sale__lte=left)
    occasion = found.number or sale
    known = Coupon.objects.filter(member=member, occasion=occasion)
    has = set(known.values_list("kind_id", flat=True))
    give([queries.Due(k.pk, member.pk, occasion) for k in kinds if k.pk not in has])


declare_permission(
    PASS_ON, _("Coupon: Pass on"), _("Let another member hold it, where its kind allows that.")
)
declare_permission(
    CODES, _("Coupon: See codes"), _("Whole, to hand coupons out. Whoever has a code can use it.")
)
declare_event("coupons.coupon.passed_on", _("Coupon: passed on"))
register_action(
    Action(
        code=PASS_ON, title=_("Pass on"), run=passing_on, permission=PASS_ON,
        event="coupons.coupon.passed_on",
    )
)  # fmt: skip
register_action(Action(code=HAND_OUT, title=_("Print codes"), run=handing_out, permission=CODES))
subscribe("coupons.after_sale", "till.sale.posted", handle=after_sale, from_start=False)

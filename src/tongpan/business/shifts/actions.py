"""Opening a shift with its float, closing it with a blind count, and looking a day over."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO, in_yuan
from tongpan.base.refusals import Refusal
from tongpan.business.shifts import queries
from tongpan.business.shifts.documents import SHIFT
from tongpan.business.shifts.models import DayClose, OpenShift, Shift, ShiftCount
from tongpan.business.shifts.postings import shift_moves
from tongpan.business.shifts.rules import Count, counted, read_count
from tongpan.business.till.models import ParkedSale
from tongpan.kernel.documents.fields import Unreadable, as_id, plain, read_date, read_text
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.numbering import next_number
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.ledger.posting import Fact
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission, who
from tongpan.kernel.org.settings import STORE, Setting, declare_setting

KEEP, LOOK, CLOSE_DAY = queries.KEEP, queries.LOOK, queries.CLOSE_DAY
OPEN, CLOSE = "till.shift.open", "till.shift.close"
FLOAT_MAX, REMARK_MAX, CENT = Decimal(1_000_000), 200, Decimal("0.01")

NEEDED = declare_setting(
    Setting(
        code="till.shift_needed",
        kind="flag",
        default=False,
        per=STORE,
        title=_("A till opens a shift before its first payment"),
        help=_("It then asks for the float. Where this is off, shifts can still be opened."),
    )
)
declare_permission(KEEP, _("Shift: Open and close"))
declare_permission(LOOK, _("Shift: See the figures of a running one"))
declare_permission(CLOSE_DAY, _("Shift: Close a store's day"))
say("shift_is_open", noop("{clerk} has a shift open at this till since {at}."))
say("no_shift", noop("No shift is open at this till."))
say("float_format", noop("Write the float as an amount, such as 500 or 500.50."))
say("count_format", noop("This is no note or coin, or no number of them."))
say("kept_more", noop("No more can stay in the drawer than was counted: {counted}."))
say("day_is_closed", noop("This day was closed already."))
say("day_not_over", noop("This day has not begun yet."))
# What is odd about a shift or a till.
say("shift_over", noop("{amount} too much in the drawer."))
say("shift_short", noop("{amount} too little in the drawer."))
say("shift_late", noop("Slips came after it was closed: {amount} in cash are not in what was"
                       " expected."))  # fmt: skip
say("shift_float", noop("The shift before left {left}, {found} were found."))
say("shift_parked", noop("{n:basket is/baskets are} parked."))
say("shift_drawer", noop("The drawer was opened {n:time/times} without a sale."))
say("shift_unknown", noop("{n} payments, {amount} in all, are not known to be paid or not."))
say("shift_reversed", noop("Its posting was reversed."))
say("till_still_open", noop("{clerk}'s shift is still open."))
say("till_outside", noop("{n:slip stands/slips stand} in no shift."))


def open_shift(doing: Doing) -> None:
    """Begin a shift at the till where the person stands: payload `float`, the cash in the drawer.

    Errors: Refusal shift_is_open.
    """
    till = _till()
    doing.require(till)
    doing.kind = SHIFT.code
    _take_turns(till)
    running = queries.open_shift(till)
    if running is not None:
        at = running.opened_at.astimezone(till.zone).strftime("%H:%M")
        raise Refusal("shift_is_open", clerk=running.clerk.name, at=at)
    before = queries.last_shift(till)
    person = who().person
    assert person is not None, "Somebody stands at the till."
    doing.result = OpenShift.unscoped.create(
        id=doing.subject, till=till, clerk=person, opened_at=doing.at,
        float_amount=_amount(doing, "float"), left_before=before.kept if before else None,
    )  # fmt: skip
    doing.changes = {"float": [None, plain(doing.result.float_amount)]}


def close_shift(doing: Doing) -> None:
    """Close the shift of the till where the person stands, by what they counted.

    Payload: `counts` [{kind, face, pieces}], `kept` (the float that stays for the next one) and
    `remark`. What should be there is worked out from the slips and never asked for first. What is
    over or short is posted; nothing that is odd keeps the shift from closing.

    Errors: Refusal no_shift, or invalid.
    """
    till = _till()
    doing.require(till)
    running = OpenShift.unscoped.select_for_update(of=("self",)).filter(till=till).first()
    if running is None:
        raise Refusal("no_shift")
    counts = _counts(doing)
    there, kept = counted(counts), _amount(doing, "kept")
    if kept > there:
        facts = {"counted": in_yuan(there)}
        raise Refusal("invalid", problems=[{"path": "kept", "code": "kept_more", **facts}])
    expected = running.float_amount + queries.cash_of(till, running.opened_at, doing.at)
    shift = doing.body = Shift(
        document=_document(doing, till, there - kept), store=till.parent, clerk_id=running.clerk_id,
        method=queries.cash_way(), opened_at=running.opened_at, closed_at=doing.at,
        float_amount=running.float_amount, left_before=running.left_before, expected=expected,
        counted=there, difference=there - expected, kept=kept, remark=_remark(doing),
        parked=ParkedSale.unscoped.filter(till=till).count(),
    )  # fmt: skip
    shift.save(force_insert=True)
    shift.lines = ShiftCount.unscoped.bulk_create(
        ShiftCount(
            id=env.new_id(), document=shift.document, position=position, kind=one.kind,
            face=one.face, pieces=one.pieces, amount=one.amount,
        )
        for position, one in enumerate(counts, start=1)
    )  # fmt: skip
    running.delete()
    doing.told = {"number": shift.document.number, "difference": shift.difference}
    doing.changes = {"number": [None, shift.document.number]}
    moves = tuple(shift_moves(shift))
    if moves:
        doing.facts = [
            Fact(shift.document.pk, shift.document.pk, shift.document.business_date, moves)
        ]
    doing.result = shift


def close_day(doing: Doing) -> None:
    """Write down that a store's day was looked over: payload `store` (an id) and `on` (a date).

    What was odd is kept as it was found. The day goes on being written to, if something comes late.
    """
    pk = as_id(str(doing.payload.get("store") or ""))
    store = OrgUnit.objects.filter(pk=pk, kind=OrgUnit.Kind.STORE).first() if pk else None
    if store is None:
        raise Refusal("not_found")
    doing.require(store)
    doing.kind = "till.day"
    try:
        on = read_date(doing.payload.get("on") or "")
    except Unreadable as wrong:
        problem = {"path": "on", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None
    if on > business_date(store, doing.at):
        raise Refusal("day_not_over")
    _take_turns(store)
    if queries.day_close(store, on) is not None:
        raise Refusal("day_is_closed")
    found = queries.all_odd(queries.till_days(store, on))
    person = who().person
    assert person is not None, "Somebody closes a day."
    doing.result = DayClose.unscoped.create(
        id=doing.subject, store=store, on=on, closed_at=doing.at, closed_by=person,
        listed=[
            {"till": till.name, "shift": number, "code": odd.code, "facts": odd.facts}
            for till, number, odd in found
        ],
    )  # fmt: skip
    doing.changes = {"closed": [None, on.isoformat()]}
    doing.told = {"on": on, "odd": len(found)}


def _till() -> OrgUnit:
    till = who().at
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent is None:
        raise Refusal("not_at_a_till")
    return till


def _take_turns(unit: OrgUnit) -> None:
    """Two who open or close at one place do so one after the other."""
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _amount(doing: Doing, name: str) -> Decimal:
    """An amount of money in whole cents that somebody typed."""
    text = str(doing.payload.get(name) or "0").strip()
    is_plain = len(text) <= 12 and text.isascii() and text.replace(".", "", 1).isdecimal()
    amount = Decimal(text) if is_plain else Decimal(-1)
    if not ZERO <= amount <= FLOAT_MAX or amount % CENT:
        raise Refusal("invalid", problems=[{"path": name, "code": "float_format"}])
    return amount


def _counts(doing: Doing) -> list[Count]:
    problems, found = [], list[Count]()
    for number, given in enumerate(doing.payload.get("counts") or (), start=1):
        one = read_count(given)
        if one is None:
            problems.append({"path": f"counts.{number}", "code": "count_format"})
        elif one.pieces:
            found.append(one)
    if problems:
        raise Refusal("invalid", problems=problems)
    return found


def _remark(doing: Doing) -> str:
    try:
        return read_text(doing.payload.get("remark") or "", max_length=REMARK_MAX)
    except Unreadable as wrong:
        problem = {"path": "remark", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None


def _document(doing: Doing, till: OrgUnit, total: Decimal) -> Document:
    """The document is a fact as soon as it is there: a shift is closed, not drafted."""
    on = business_date(till, doing.at)
    person: Any = who().person
    document = Document(
        id=doing.subject, type=SHIFT.code, state=State.POSTED, org_unit=till, business_date=on,
        total=total, number=next_number(SHIFT, till, on), created_at=doing.at, created_by=person,
        changed_at=doing.at, posted_at=doing.at, posted_by=person, version=1,
    )  # fmt: skip
    document.save(force_insert=True)
    return document


_opened = declare_event("till.shift.opened", _("Shift: Opened"))
_closed = declare_event("till.shift.posted", _("Shift: Closed"))
_day = declare_event("till.day.closed", _("A store's day was closed"))
register_action(Action(code=OPEN, title=_("Open a shift"), run=open_shift, permission=KEEP,
                       event=_opened))  # fmt: skip
register_action(Action(code=CLOSE, title=_("Close the shift"), run=close_shift, permission=KEEP,
                       type=SHIFT, event=_closed))  # fmt: skip
register_action(Action(code=CLOSE_DAY, title=_("Close the day"), run=close_day,
                       permission=CLOSE_DAY, event=_day))  # fmt: skip

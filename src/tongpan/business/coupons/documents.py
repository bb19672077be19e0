"""The masters and document types of coupons: kinds, gifts of days, giving out and calling back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import accounts as at
from tongpan.business.coupons import queries
from tongpan.business.coupons.models import (
    Coupon,
    CouponKind,
    Gift,
    Issue,
    IssueLine,
    Lapse,
    LapseLine,
)
from tongpan.business.coupons.postings import ONE
from tongpan.business.coupons.rules import code_in, code_of, last_day
from tongpan.business.membership.queries import home
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.fields import State
from tongpan.masters.references import ids_among, reference
from tongpan.masters.validity import fill_defaults, invalid_columns

MOST = 5000  # coupons in one document

say("coupon_worth", noop("Say how much it takes off: {label}."))
say("coupon_percent", noop("Percent lie between 0 and 100."))
say("coupon_no_end", noop("Say until when it holds: a last day, or days from the day it is given."))
say("coupon_ends_first", noop("The last day is before the first."))
say("coupon_kind_away", noop("{kind} was put away."))
say("coupon_nobody", noop("Nobody gets one by this line: none is named, or all have it already."))
say("coupon_too_many", noop("{n} coupons are more than one document gives out ({most})."))
say("coupon_used_since", noop("Coupon {coupon} was used or called back already."))
say("coupon_over", noop("{kind}: its last day has passed."))

refer(reference(CouponKind))


def check_kind(row: CouponKind, before: CouponKind | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    wanted = {
        "amount": ("amount", _("how much off, ¥")),
        "percent": ("percent", _("how many percent off")),
        "goods": ("item", _("item that is free")),
    }
    name, label = wanted.get(row.form, ("", ""))
    value = getattr(row, f"{name}_id" if name == "item" else name) if name else True
    if not value or (name != "item" and value is not True and value <= 0):
        yield {"path": name, "code": "coupon_worth", "label": label}
    if row.form == CouponKind.Form.PERCENT and row.percent and row.percent > 100:
        yield {"path": "percent", "code": "coupon_percent"}
    for path in ("minimum", "after_sale"):
        if (getattr(row, path) or 0) < 0:
            yield {"path": path, "code": "not_below_zero"}
    if row.valid_until is None and not row.days:
        yield {"path": "valid_until", "code": "coupon_no_end"}
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "coupon_ends_first"}


KIND = register(
    MasterType(
        code="coupons.kind",
        title=_("Kind of coupon"),
        plural=_("Kinds of coupon"),
        help=_(
            "What a coupon takes off, when it holds and where. A promotion that is bound to a"
            " coupon names the code of its kind."
        ),
        job="membership",
        model=CouponKind,
        key="code",
        fields=(
            "code", "name", "form", "amount", "percent", "item", "minimum", "valid_from",
            "valid_until", "days", "tier", "tag", "unit", "most", "is_transferable", "comes_back",
            "after_sale",
        ),
        listed=("code", "name", "form", "amount", "percent", "minimum", "valid_until", "state"),
        complete=fill_defaults,
        check=check_kind,
        screens={
            "asks_only": {"amount": "form=amount", "percent": "form=percent", "item": "form=goods"},
        },
    )
)  # fmt: skip


def check_gift(row: Gift, before: Gift | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "coupon_ends_first"}
    if row.days_before > 60:
        yield {"path": "days_before", "code": "coupon_days_before"}


say("coupon_days_before", noop("At most 60 days before."))

GIFT = register(
    MasterType(
        code="coupons.gift",
        title=_("Gift of a day"),
        plural=_("Gifts of days"),
        help=_(
            "A coupon that a birthday or the anniversary of joining brings, once a year. More"
            " points in the month of the birthday are an earning rule."
        ),
        job="membership",
        model=Gift,
        key="code",
        fields=("code", "day", "kind", "tier", "days_before", "valid_from", "valid_until"),
        listed=("code", "day", "kind", "tier", "days_before", "valid_from", "state"),
        complete=fill_defaults,
        check=check_gift,
    )
)


def _find(texts: Iterable[str]) -> Mapping[str, Coupon]:
    """Coupons by their whole code or id; nobody finds one by a part."""
    wanted = list(texts)
    by_code = {code: text for text in wanted if (code := code_in(text))}
    rows = nameable(Coupon).filter(Q(code__in=list(by_code)) | Q(pk__in=ids_among(wanted)))
    found: dict[str, Coupon] = {}
    for row in rows.select_related("kind"):
        found[str(row.pk)] = row
        found[by_code.get(row.code, row.code)] = row
    return {text: found[text] for text in wanted if text in found}


def _search(text: str, limit: int) -> Sequence[Coupon]:
    return list(_find([text]).values())


refer(
    Reference(
        model=Coupon, find=_find, label=str, search=_search, code=lambda row: str(row.pk)
    )
)  # fmt: skip


# -- giving out ------------------------------------------------------------------------------------


def _named(body: Any) -> list[tuple[Any, UUID | None]]:
    """Who gets what: a row for each coupon, with the line that says so."""
    kept: list[tuple[Any, UUID | None]] | None = getattr(body, "named", None)
    if kept is not None:
        return kept
    lines = [line for line in body.lines if line.kind_id is not None and line.pieces]
    wanted = [
        queries.Wanted(n.kind_id, n.member_id, n.tier_id, n.tag.strip(), n.occasion.strip())
        for n in lines
    ]
    rows: list[tuple[Any, UUID | None]] = []
    for line, one, who in zip(lines, wanted, queries.receivers(wanted), strict=True):
        pieces = 1 if one.occasion and who != [None] else line.pieces
        rows += [(line, pk) for pk in who for _nth in range(min(pieces, MOST + 1))]
    return rows


def freeze_issue(body: Any) -> None:
    """Fix who gets one, and draw the codes."""
    on = body.document.business_date
    body.made = []
    rows = body.named = _named(body)
    for line, member in rows[:MOST]:
        kind = line.kind
        body.made.append((line, Coupon(
            id=env.new_id(), kind=kind, member_id=member, issue=body.document.pk, given_on=on,
            code=code_of(lambda n: int(env.token(8), 16) % n), valid_from=kind.valid_from or on,
            valid_until=last_day(on, kind.days, kind.valid_until), occasion=line.occasion.strip(),
        )))  # fmt: skip
    for line in body.lines:
        line.given = sum(other is line for other, _member in rows)


def check_issue(body: Any) -> Iterator[Problem]:
    on = body.document.business_date
    for line in body.lines:
        path = f"lines.{line.position}"
        if not line.pieces:
            yield {"path": f"{path}.pieces", "code": "not_positive", "label": _("pieces for each")}
        if line.kind.state != State.ACTIVE:
            yield {"path": f"{path}.kind", "code": "coupon_kind_away", "kind": str(line.kind)}
        elif line.kind.valid_until is not None and line.kind.valid_until < on:
            yield {"path": f"{path}.kind", "code": "coupon_over", "kind": str(line.kind)}
    rows = _named(body)
    if len(rows) > MOST:
        n = str(len(rows))
        yield {"path": "lines", "code": "coupon_too_many", "n": n, "most": str(MOST)}
    there = {id(line) for line, _member in rows}
    for line in body.lines:
        if line.pieces and id(line) not in there:
            yield {"path": f"lines.{line.position}.member", "code": "coupon_nobody"}


def _home_of(body: Any) -> UUID:
    """Where the accounts of coupons are: the top of the company, where most are written."""
    unit: OrgUnit = body.document.org_unit
    return unit.pk if unit.parent_id is None else home().pk


def issue_moves(body: Any) -> Iterator[Move]:
    """Each coupon that is given out is one on an account of its own.

    | Ledger | Source        | Target |
    | points | coupons given | coupon |
    """
    top = _home_of(body)
    made = getattr(body, "made", None)
    if made is None:  # looked at before it is posted
        made = [(line, Coupon(kind=line.kind)) for line, _member in _named(body)[:MOST]]
    for line, one in made:
        source, target = at.given_out(top, one.kind_id), at.coupon(top, one.pk, one.kind_id)
        yield Move(source, target, ONE, line=line.pk)


def carry_out_issue(doing: Any) -> None:
    """The coupons are there from now on."""
    Coupon.objects.bulk_create([one for _line, one in doing.body.made], batch_size=1000)


def explain_used(body: Any, short: dict[str, Any]) -> Problem:
    """Which coupon is not there any more."""
    line = next((n for n in body.lines if str(n.pk) == str(short["line"])), body.lines[0])
    one = Coupon.objects.filter(pk=short["holder"]).first()
    path = f"lines.{line.position}"
    return {"path": path, "code": "coupon_used_since", "coupon": str(one or "")}


ISSUE = register(
    DocumentType(
        code="coupons.issue",
        title=_("Issue of coupons"),
        plural=_("Issues of coupons"),
        help=_(
            "Coupons for members one by one, for all of a tier or with a tag, or for nobody by"
            " name, to be handed out. Several lines for the same people are a pack."
            " Reversing takes back what was not used."
        ),
        job="membership",
        body=Issue,
        line=IssueLine,
        numbering="FQ-{unit}-{year:02}-{serial:05}",
        header=(),
        columns=("kind", "pieces", "member", "tier", "tag", "occasion"),
        listed=("number", "business_date", "org_unit", "state", "created_by"),
        check=check_issue,
        freeze=freeze_issue,
        frozen=("given",),
        moves=issue_moves,
        carry_out=carry_out_issue,
        explain_short=explain_used,
        screens={"told": ("given",)},
    )
)


# -- good no more ----------------------------------------------------------------------------------


def lapse_moves(body: Any) -> Iterator[Move]:
    """Coupons that are good no more leave their accounts.

    | Ledger | Source | Target         |
    | points | coupon | coupons lapsed |
    """
    top = _home_of(body)
    for line in body.lines:
        one = line.coupon
        source = at.coupon(top, one.pk, one.kind_id)
        yield Move(source, at.lapsed(top, one.kind_id), ONE, line=line.pk)


LAPSE = register(
    DocumentType(
        code="coupons.lapse",
        title=_("Coupons called back"),
        plural=_("Coupons called back"),
        help=_(
            "Coupons that are good no more. Those whose last day has passed come by themselves."
        ),
        job="membership",
        body=Lapse,
        line=LapseLine,
        numbering="FZ-{unit}-{year:02}-{serial:05}",
        header=(),
        columns=("coupon", "about"),
        listed=("number", "business_date", "org_unit", "state", "created_by"),
        moves=lapse_moves,
        explain_short=explain_used,
        reach=("coupon__kind",),
        screens={"new": _("Call coupons back")},
    )
)


def pass_on(one: Coupon, member: UUID) -> None:
    """Let another member hold it.

    Errors: Refusal coupon_not_passed_on or coupon_gone.
    """
    if not one.kind.is_transferable:
        raise Refusal("coupon_not_passed_on", kind=one.kind.name)
    if queries.became([one.pk]).get(one.pk) != "live":
        raise Refusal("coupon_gone", coupon=str(one))
    Coupon.objects.filter(pk=one.pk).update(member=member)


say("coupon_not_passed_on", noop("{kind} cannot be passed on."))
say("coupon_gone", noop("Coupon {coupon} was used, or is good no more."))
say("coupon_early", noop("Coupon {coupon} holds from {day} on."))
say("coupon_late", noop("Coupon {coupon} was good until {day}."))
say("coupon_elsewhere", noop("Coupon {coupon} is not good at this store."))
say("coupon_of_another", noop("Coupon {coupon} belongs to another member."))
say("coupon_not_for_them", noop("Coupon {coupon} is for other members."))

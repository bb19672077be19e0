"""What happens to members besides saving: joining at the counter, tiers, the night's expiry."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership import queries
from tongpan.business.membership.documents import (
    EXPIRY,
    MEMBER,
    complete_member,
    new_code,
    phone_problems,
)
from tongpan.business.membership.models import Member, Tier, is_birthday
from tongpan.business.membership.rules import month_of, tier_for
from tongpan.kernel.documents.gate import Doing, run
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.jobs import job
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.rules import phone_of
from tongpan.kernel.org.scope import declare_permission, who

JOIN, RATE = "membership.member.join", "membership.member.rate"
RENEW = "membership.member.renew"
EXPIRED_MOST = 2000  # lots in one document

say("phone_needed", noop("A phone number is needed to join."))
say("consent_needed", noop("Ask the customer to agree to the rules of membership first."))
say("birthday_format", noop("A birthday is written as month and day: 05-21."))


def join(doing: Doing) -> None:
    """Let a customer join at the counter: payload `phone`, and `name`, `birthday` if they like.

    `consent` says that they agreed to the rules and to what is kept of them. The result is the
    member.
    """
    joined_by(doing, Member.Via.TILL)


def joined_by(doing: Doing, via: Member.Via) -> None:
    """Write who joins in this way; see `join`. By themselves they join at headquarters.

    Errors: Refusal naming what is wrong.
    """
    here = who().at
    doing.require(here)
    given = doing.payload
    row = Member(
        pk=doing.subject, name=str(given.get("name") or "").strip()[:60],
        birthday=str(given.get("birthday") or "").strip(), joined_at=here,
        joined_on=business_date(here, doing.at) if here else doing.at.date(),
        consented_at=doing.at, consented_via=via.value, code=new_code(),
    )  # fmt: skip
    problems: list[dict[str, Any]] = []
    try:
        row.phone = phone_of(str(given.get("phone") or ""))
    except Refusal as wrong:
        problems.append({"path": "phone", "code": wrong.code, **wrong.facts})
    if not row.phone and not problems:
        problems.append({"path": "phone", "code": "phone_needed"})
    if row.birthday and not is_birthday.regex.match(row.birthday):  # type: ignore[union-attr]
        problems.append({"path": "birthday", "code": "birthday_format"})
    if not given.get("consent"):
        problems.append({"path": "consent", "code": "consent_needed"})
    problems += phone_problems(row)
    if problems:
        raise Refusal("invalid", problems=problems)
    complete_member(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # at the same moment, elsewhere
        raise Refusal("invalid", problems=list(phone_problems(row))) from None
    doing.kind, doing.result = MEMBER.code, row
    doing.told = {"is_new": True}


def rate(doing: Doing) -> None:
    """Give a member the tier that they reached: payload `tier`, an id or nothing."""
    doing.require(None)
    row = Member.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if row is None:
        raise Refusal("not_found")
    raw = doing.payload.get("tier")
    tier = Tier.objects.filter(pk=UUID(str(raw))).first() if raw else None
    before = row.tier.code if row.tier else None
    doing.changes = {"tier": [before, tier.code if tier else None]}
    Member.objects.filter(pk=row.pk).update(tier=tier)
    doing.kind = MEMBER.code


def renew(doing: Doing) -> None:
    """Make the stored value of a member without a name valid again, from today on (激活).

    The result is until when it can be used now; None where no rule ends it.
    """
    here = who().at
    doing.require(here)
    row = Member.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if row is None:
        raise Refusal("not_found")
    today = business_date(here, doing.at) if here else doing.at.date()
    before = row.renewed_on.isoformat() if row.renewed_on else None
    doing.changes = {"renewed_on": [before, today.isoformat()]}
    Member.objects.filter(pk=row.pk).update(renewed_on=today)
    doing.kind = MEMBER.code
    doing.result = queries.standing_of(row.pk, today).stored_until


def rate_all(on: date) -> int:
    """Give every member the tier of the window that ends with this day; how many changed."""
    one = queries.programme()
    if one is None:
        return 0
    tiers = [(tier.pk, tier.spent_min) for tier in queries.tiers_of(one)]
    changed = 0
    for member in queries.rated(on, one.tier_months):
        after = tier_for(member.spent, tiers)
        if after != member.tier:
            run(RATE, member.member, {"tier": str(after) if after else None})
            changed += 1
    return changed


def expire_all(on: date) -> int:
    """Let all points go whose months had passed before this day; how many lots there were."""
    gone, top = 0, queries.home()
    while lots := queries.expired_lots(month_of(on), EXPIRED_MOST):
        lines = [{"member": str(n.member), "lot": n.lot, "points": str(n.points)} for n in lots]
        payload = {"unit": top, "header": {}, "lines": lines}
        draft = run(EXPIRY.permission("save"), payload=payload)
        run(EXPIRY.permission("post"), draft.subject)
        gone += len(lots)
    return gone


@job("membership.night", tries=3, cron="50 20 * * *")
def night() -> None:
    """Tiers go up and down, and points expire. Once a night, by the clock of headquarters."""
    top = OrgUnit.objects.filter(parent=None).order_by("path").first()
    if top is None:
        return
    today = business_date(top, env.now())
    expire_all(today)
    rate_all(today)


declare_permission(
    queries.FIND,
    _("Find members at the counter"),
    _("By the whole phone number, card or name; shown in part."),
)
declare_permission(JOIN, _("Member: Join"))
declare_permission(RATE, _("Member: Set the tier"))
declare_permission(RENEW, _("Member: Make stored value valid again"))
declare_event("membership.member.joined", "membership.member.joined")
register_action(
    Action(code=JOIN, title=_("Join"), run=join, permission=JOIN, event="membership.member.joined")
)
register_action(
    Action(code=RENEW, title=_("Make stored value valid again"), run=renew, permission=RENEW)
)
register_action(Action(code=RATE, title=_("Set the tier"), run=rate, permission=RATE))

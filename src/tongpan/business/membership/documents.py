"""The master and document types of members: who they are, what holds for them, and merges."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.membership import accounts as at
from tongpan.business.membership import queries
from tongpan.business.membership.models import (
    EarnRule,
    Expiry,
    ExpiryLine,
    Member,
    Merge,
    MergeLine,
    Programme,
    Tier,
    TopUpRule,
    WalletRule,
    name_in_part,
)
from tongpan.business.membership.postings import merged_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.personal import (
    Subject,
    declare_subject,
    refuse_set_aside,
    state_of,
)
from tongpan.kernel.documents.personal_actions import declare_reveal
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.rules import HIDDEN, phone_of
from tongpan.kernel.org.scope import declare_permission, forms_in_part, who
from tongpan.masters.fields import State
from tongpan.masters.references import ids_among, reference
from tongpan.masters.validity import fill_defaults, invalid_columns

say("phone_known", noop("{given} is the phone of member {member} already."))
say("one_programme", noop("{name} is in use. Put it away before another one begins."))
say("not_below_zero", noop("This cannot be below zero."))
say("merged_with_itself", noop("{member} cannot be merged with itself."))
say("merged_already", noop("{member} was merged already."))
say("member_put_away", noop("Member {member} was put away."))
say("merged_not_free", noop("What {member} brought along was spent since. Give it back first."))

for _model in (Programme, Tier):
    refer(reference(_model))


def _not_below_zero(row: Any, *names: str) -> Iterator[Problem]:
    for name in names:
        if (getattr(row, name) or ZERO) < 0:
            yield {"path": name, "code": "not_below_zero"}


# -- the programme and its rules -------------------------------------------------------------------


def check_programme(row: Programme, before: Programme | None) -> Iterator[Problem]:
    other = queries.programme()
    if row.state == State.ACTIVE and other is not None and other.pk != row.pk:
        yield {"path": "code", "code": "one_programme", "name": other.name}
    if not row.points_per_yuan:
        yield {"path": "points_per_yuan", "code": "not_positive", "label": _("points that pay ¥1")}


PROGRAMME = register(
    MasterType(
        code="membership.programme",
        title=_("Points programme"),
        plural=_("Points programmes"),
        help=_("What points are worth, how long they last, and which months make a tier."),
        job="membership",
        model=Programme,
        key="code",
        fields=("code", "name", "points_per_yuan", "expiry_months", "tier_months"),
        listed=("code", "name", "points_per_yuan", "expiry_months", "tier_months", "state"),
        complete=fill_defaults,
        check=check_programme,
    )
)

TIER = register(
    MasterType(
        code="membership.tier",
        title=_("Tier"),
        plural=_("Tiers"),
        help=_("The levels that members reach by what they spent, and fall from again."),
        job="membership",
        model=Tier,
        key="code",
        fields=("code", "name", "programme", "spent_min"),
        listed=("code", "name", "spent_min", "programme", "state"),
        complete=fill_defaults,
        check=lambda row, before: _not_below_zero(row, "spent_min"),
    )
)


def check_rule(row: Any, before: Any) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code", "weekdays"))
    yield from _not_below_zero(row, "points")
    yield from _backwards(row)


def _backwards(row: Any) -> Iterator[Problem]:
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "ends_before_it_begins"}


say("ends_before_it_begins", noop("The last day is before the first."))

EARN_RULE = register(
    MasterType(
        code="membership.earn_rule",
        title=_("Earning rule"),
        plural=_("Earning rules"),
        help=_(
            "How many points a yuan brings: for everybody, for a tier, on a category, on weekdays,"
            " in the month of the birthday. Of the rules that fit, the one that brings most counts."
        ),
        job="membership",
        model=EarnRule,
        key="code",
        fields=(
            "code", "name", "programme", "points", "tier", "category", "weekdays", "on_birthday",
            "valid_from", "valid_until",
        ),
        listed=("code", "name", "points", "tier", "category", "weekdays", "valid_from", "state"),
        complete=fill_defaults,
        check=check_rule,
    )
)  # fmt: skip


def check_wallet_rule(row: WalletRule, before: Any) -> Iterator[Problem]:
    yield from _not_below_zero(row, "unregistered_max", "registered_max", "named_from")
    if row.unregistered_months is not None and row.unregistered_months <= 0:
        label = WalletRule._meta.get_field("unregistered_months").verbose_name
        yield {"path": "unregistered_months", "code": "not_positive", "label": label}


WALLET_RULE = register(
    MasterType(
        code="membership.wallet_rule",
        title=_("Rule of stored value"),
        plural=_("Rules of stored value"),
        help=_(
            "How much stored value one may hold, from when on the name must be known, and what is"
            " used first. The limits of the law for prepaid cards of one business are proposed."
        ),
        job="membership",
        model=WalletRule,
        key="code",
        fields=(
            "code", "valid_from", "unregistered_max", "registered_max", "named_from",
            "unregistered_months", "uses",
        ),
        listed=(
            "code", "valid_from", "unregistered_max", "registered_max", "named_from",
            "unregistered_months", "uses", "state",
        ),
        complete=fill_defaults,
        check=check_wallet_rule,
        screens={"order": ("valid_from",)},
    )
)  # fmt: skip


def check_offer(row: TopUpRule, before: Any) -> Iterator[Problem]:
    yield from _not_below_zero(row, "amount_min", "bonus")
    yield from _backwards(row)


TOP_UP_RULE = register(
    MasterType(
        code="membership.top_up_rule",
        title=_("Top-up offer"),
        plural=_("Top-up offers"),
        help=_("What is given on top of a top-up: from 100 on, 10 more."),
        job="membership",
        model=TopUpRule,
        key="code",
        fields=("code", "amount_min", "bonus", "valid_from", "valid_until"),
        listed=("code", "amount_min", "bonus", "valid_from", "valid_until", "state"),
        complete=fill_defaults,
        check=check_offer,
    )
)


# -- members ---------------------------------------------------------------------------------------

CODE_DIGITS = 10


def new_code() -> str:
    """A number for a card that nobody can guess from another: ten digits by chance."""
    return f"{8 * 10 ** (CODE_DIGITS - 1) + int(env.token(8), 16) % 10 ** (CODE_DIGITS - 1)}"


def complete_member(row: Member) -> None:
    fill_defaults(row)
    with suppress(Refusal):  # the check says so
        row.phone = phone_of(row.phone)
    row.code = row.code or new_code()
    row.tags = " ".join(dict.fromkeys(row.tags.split()))
    if HIDDEN not in row.name:
        row.search_text = row.searched()
    if row.joined_on is None:
        here = who().at
        row.joined_at = here
        row.joined_on = business_date(here, env.now()) if here else env.now().date()


def check_member(row: Member, before: Member | None) -> Iterator[Problem]:
    refuse_set_aside(row.pk)
    yield from invalid_columns(row, ("code", "birthday"))
    for name in forms_in_part(Member):
        if HIDDEN in getattr(row, name):
            yield {"path": name, "code": "only_a_part", "given": getattr(row, name)}
    if "*" in row.phone or (before is not None and row.phone == before.phone):
        return
    try:
        phone_of(row.phone)
    except Refusal as wrong:
        yield {"path": "phone", "code": wrong.code, **wrong.facts}
        return
    yield from phone_problems(row)


def phone_problems(row: Member) -> Iterator[Problem]:
    """The problem that another member has the same phone."""
    known = Member.objects.filter(phone=row.phone).exclude(pk=row.pk).first() if row.phone else None
    if known is not None:
        yield {"path": "phone", "code": "phone_known", "given": row.phone, "member": known.code}


MEMBER = register(
    MasterType(
        code="membership.member",
        title=_("Member"),
        plural=_("Members"),
        help=_("Customers who are known in every branch, with their points and stored value."),
        job="membership",
        model=Member,
        key="code",
        fields=("code", "phone", "name", "birthday", "tags", "note"),
        listed=("code", "name", "phone", "tier", "tags", "joined_on", "joined_at", "state"),
        complete=complete_member,
        check=check_member,
        screens={"order": ("-joined_on", "code")},
    )
)


def _find(texts: Iterable[str]) -> Mapping[str, Member]:
    """Members by code or id; nobody names them by what is personal."""
    wanted = list(texts)
    rows = nameable(Member).filter(Q(code__in=wanted) | Q(pk__in=ids_among(wanted)))
    found = list(rows)
    named = {str(row.pk): row for row in found} | {row.code: row for row in found}
    return {text: named[text] for text in wanted if text in named}


def _search(text: str, limit: int) -> Sequence[Member]:
    """Those who may be named, by the beginning of their code."""
    rows = nameable(Member).filter(state=State.ACTIVE, code__startswith=text.strip())
    return list(rows[:limit])


refer(
    Reference(
        model=Member, find=_find, label=str, search=_search, code=lambda row: str(row.code),
        page="master-membership.member",
    )
)  # fmt: skip


def member_in_words(row: Member) -> dict[str, Any]:
    """What a copy of a member's personal data says beside it."""
    return {
        "code": row.code,
        "tags": row.tags,
        "tier": row.tier.name if row.tier else "",
        "joined_on": str(row.joined_on or ""),
        "consented_at": row.consented_at.isoformat() if row.consented_at else "",
        "consented_via": row.consented_via,
        "accounts": [
            {"role": key.role, "lot": key.lot, "amount": str(amount)}
            for key, amount in queries.held_by([row.pk])[row.pk].items()
        ],
        "sales": queries.visits([row.pk]).sales,
    }


def put_away(row: Member) -> None:
    """A member who was erased is chosen no more; their accounts stay, under the number alone."""
    Member.objects.filter(pk=row.pk).update(state="archived", tags="")


def guard(row: Member) -> None:
    """A phone that somebody else joined with since is not put back beside theirs.

    Errors: Refusal phone_known.
    """
    state = state_of(row.pk)
    phone = (state.kept if state else {}).get("phone", "")
    other = Member.objects.filter(phone=phone).exclude(pk=row.pk).first() if phone else None
    if other is not None:
        raise Refusal("phone_known", given="***", member=other.code)


SUBJECT = declare_subject(
    Subject(
        code=MEMBER.code,
        title=MEMBER.title,
        model=Member,
        table=Member,
        named=lambda row: (name_in_part(row.name) if row.name else row.code, row.code),
        sought=lambda text: Q(name__icontains=text) | Q(code=text) | Q(phone=text),
        guard=guard,
        erase=put_away,
        more=member_in_words,
    )
)
declare_permission(
    "membership.member.reveal",
    _("See members' phones whole"),
    _("One at a time and with a reason; else in part."),
)
declare_reveal(SUBJECT)


# -- merging ---------------------------------------------------------------------------------------


def check_merge(body: Any) -> Iterator[Problem]:
    named: set[Any] = set()
    for line in body.lines:
        for name in ("member", "into"):
            one = getattr(line, name)
            path = f"lines.{line.position}.{name}"
            if one.merged_into_id is not None or (name == "member" and one.pk in named):
                yield {"path": path, "code": "merged_already", "member": one.code}
            elif one.state != State.ACTIVE:
                yield {"path": path, "code": "member_put_away", "member": one.code}
        if line.member_id == line.into_id:
            path = f"lines.{line.position}.into"
            yield {"path": path, "code": "merged_with_itself", "member": line.member.code}
        named |= {line.member_id, line.into_id}


def freeze_merge(body: Any) -> None:
    """Lock who is merged, and fix what their accounts hold."""
    ids = sorted({pk for n in body.lines for pk in (n.member_id, n.into_id)})
    list(Member.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    held = queries.held_by(line.member_id for line in body.lines)
    for line in body.lines:
        line.held = held[line.member_id]
        by_role: dict[str, Decimal] = {}
        for key, amount in line.held.items():
            by_role[key.role] = by_role.get(key.role, ZERO) + amount
        line.points = by_role.get("points", ZERO) + by_role.get("points_debt", ZERO)
        line.principal = -by_role.get("wallet", ZERO)
        line.bonus = -by_role.get("wallet_bonus", ZERO)


def merge_moves(body: Any) -> Iterator[Move]:
    """The accounts of each go to the other's; see `merged_moves`.

    | Ledger | Source                               | Target                           |
    | points | points, spent (of the one)           | the same of the other            |
    | money  | wallet, wallet bonus (of the other)  | wallet, wallet bonus (of the one) |
    """
    held = {n.member_id: n.held for n in body.lines if hasattr(n, "held")}
    if len(held) < len(body.lines):  # looked at before it is posted
        held = queries.held_by(line.member_id for line in body.lines)
    for line in body.lines:
        yield from merged_moves(held[line.member_id], line.into_id, line.pk)


def carry_out_merge(doing: Any) -> None:
    """From now on the one is found as the other; so is whoever was merged into the one before."""
    queries.merge_into({line.member_id: line.into_id for line in doing.body.lines})


def take_back_merge(doing: Any) -> None:
    """They are two again."""
    ids = [line.member_id for line in doing.body.lines]
    Member.objects.filter(pk__in=ids).update(merged_into=None, state="active")


def explain_merged(body: Any, short: dict[str, Any]) -> Problem:
    """Whose points or money are not there any more, so that the merge cannot be taken back."""
    line = next((n for n in body.lines if str(n.pk) == str(short["line"])), body.lines[0])
    path = f"lines.{line.position}.member"
    return {"path": path, "code": "merged_not_free", "member": line.member.code}


MERGE = register(
    DocumentType(
        code="membership.merge",
        title=_("Merge of members"),
        plural=_("Merges of members"),
        help=_(
            "Two who are one and the same: points, stored value and what was spent go to the one"
            " who goes on. Phone and card of the other lead there too. Reversing parts them again."
        ),
        job="membership",
        body=Merge,
        line=MergeLine,
        numbering="HB-{unit}-{year:02}-{serial:05}",
        header=(),
        columns=("member", "into"),
        listed=("number", "business_date", "org_unit", "state", "created_by"),
        check=check_merge,
        freeze=freeze_merge,
        frozen=("points", "principal", "bonus"),
        moves=merge_moves,
        carry_out=carry_out_merge,
        take_back=take_back_merge,
        explain_short=explain_merged,
        screens={"told": ("points", "principal", "bonus")},
    )
)


# -- expiry ----------------------------------------------------------------------------------------


def expiry_moves(body: Any) -> Iterator[Move]:
    """Points whose months have passed are gone.

    | Ledger | Source | Target  |
    | points | points | expired |
    """
    home, programme = queries.home().pk, queries.programme()
    for line in body.lines:
        if programme is not None:
            source = at.points(home, line.member_id, programme.pk, line.lot)
            yield Move(source, at.expired(home, programme.pk), line.points, line=line.pk)


say("not_expired", noop("Points that are good until the end of {lot} have not expired."))
say("points_gone", noop("Member {member} has {has} of these points, not {needs}."))


def check_expiry(body: Any) -> Iterator[Problem]:
    month = f"{body.document.business_date:%Y-%m}"
    for line in body.lines:
        path = f"lines.{line.position}"
        if line.lot >= month:
            yield {"path": f"{path}.lot", "code": "not_expired", "lot": line.lot}
        if line.points <= 0:
            yield {"path": f"{path}.points", "code": "not_positive", "label": _("points")}


def explain_expired(body: Any, short: dict[str, Any]) -> Problem:
    line = next(n for n in body.lines if str(n.pk) == str(short["line"]))
    facts = {"has": short["balance"].normalize(), "needs": (-short["change"]).normalize()}
    path = f"lines.{line.position}.points"
    return {"path": path, "code": "points_gone", "member": line.member.code, **facts}


EXPIRY = register(
    DocumentType(
        code="membership.expiry",
        title=_("Expired points"),
        plural=_("Expired points"),
        help=_("Points whose months have passed. Written by itself each night."),
        job="membership",
        body=Expiry,
        line=ExpiryLine,
        numbering="JQ-{unit}-{year:02}-{serial:05}",
        header=(),
        columns=("member", "lot", "points"),
        listed=("number", "business_date", "org_unit", "state", "created_by"),
        check=check_expiry,
        moves=expiry_moves,
        explain_short=explain_expired,
        screens={"new": _("Let points expire")},
    )
)

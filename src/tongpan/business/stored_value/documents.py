"""The document types of stored value."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.membership import queries as membership
from tongpan.business.membership.models import Member
from tongpan.business.membership.rules import bonus_of
from tongpan.business.punchcards import queries as cards
from tongpan.business.punchcards.models import Card
from tongpan.business.stored_value.models import (
    CardRefund,
    CardRefundLine,
    CardSale,
    CardSaleLine,
    PayOut,
    PayOutLine,
    Settlement,
    SettlementLine,
    TopUp,
    TopUpLine,
)
from tongpan.business.stored_value.postings import (
    card_refund_moves,
    card_sale_moves,
    pay_out_moves,
    settlement_moves,
    store_of,
    top_up_moves,
)
from tongpan.business.stored_value.queries import keep_payment
from tongpan.business.till.charges import charged_for, pay_for
from tongpan.business.till.models import PaymentMethod
from tongpan.business.till.queries import count_as_takings
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.fields import State

STORES = (OrgUnit.Kind.TILL, OrgUnit.Kind.STORE)

say("only_at_a_store", noop("{name} is no store: choose the store or its till."))
say("wallet_pays_itself", noop("Stored value and points cannot pay for this."))
say("by_code_at_the_till", noop("{name}: no provider has charged this. It is taken at a till,"
                                " where the customer's code is scanned."))  # fmt: skip
say("by_code_back", noop("{name}: nothing is paid out by a code. Choose another way of paying."))
say("member_not_in_use", noop("Member {member} was put away."))
say("too_much_stored", noop("Member {member} may hold {most}; it would be {needs}."))
say("name_needed", noop("For a top-up from {least} on, the name of member {member} must be known."))
say("no_wallet_rule", noop("No rule of stored value holds on this day. Write one first."))
say("principal_short", noop("Member {member} has {has} of principal, not {needs}."))
say("account_of_other_entity", noop("{name} belongs to another legal entity than {unit}."))
say("settles_nothing", noop("A line settles more or less than nothing."))
say("home_is_not_settled", noop("{name} is headquarters itself."))


def _complete(body: Any) -> None:
    amounts = (line.amount for line in body.lines if line.amount is not None)
    body.document.total = sum(amounts, ZERO)
    named = {line.member_id for line in body.lines}
    body.document.party = next(iter(named)) if len(named) == 1 else None


def _look(body: Any) -> None:
    """Two who write about one member take turns; what holds for them is looked at then."""
    ids = sorted({line.member_id for line in body.lines})
    list(Member.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    body.wallets = membership.wallets(ids, body.document.business_date)


def _where_and_how(body: Any, *, comes_in: bool) -> Iterator[Problem]:
    """What holds for all money of members: a store takes it or pays it, in money. What a provider
    takes, it has charged before."""
    unit, method = body.document.org_unit, body.method
    if unit.kind not in STORES:
        yield {"path": "method", "code": "only_at_a_store", "name": unit.name}
    if method.kind != PaymentMethod.Kind.MONEY:
        yield {"path": "method", "code": "wallet_pays_itself"}
    elif method.is_by_provider and not (comes_in and _is_charged(body)):
        code = "by_code_at_the_till" if comes_in else "by_code_back"
        yield {"path": "method", "code": code, "name": method.name}


def _is_charged(body: Any) -> bool:
    document = body.document
    charged = charged_for(document.pk, store_of(body), body.method_id)
    return bool(charged) and charged == document.total


def _check(body: Any, *, comes_in: bool) -> Iterator[Problem]:
    """What holds for paying in and paying out alike."""
    yield from _where_and_how(body, comes_in=comes_in)
    for line in body.lines:
        path = f"lines.{line.position}"
        if line.amount <= 0:
            yield {"path": f"{path}.amount", "code": "not_positive", "label": _("amount")}
        if line.member.state != State.ACTIVE:
            yield {
                "path": f"{path}.member",
                "code": "member_not_in_use",
                "member": str(line.member),
            }


def _keep_payment(doing: Any) -> None:
    document, method = doing.document, doing.body.method
    if method.is_by_provider:
        pay_for(document.pk, store_of(doing.body), method, document.total, doing.at)
    keep_payment(
        document.pk, document.business_date, doing.body.method_id, document.total,
        doing.body.reference,
    )  # fmt: skip


# -- paying in -------------------------------------------------------------------------------------


def freeze_top_up(body: Any) -> None:
    _look(body)
    for line in body.lines:
        line.bonus = bonus_of(line.amount, body.wallets.offers)


def check_top_up(body: Any) -> Iterator[Problem]:
    yield from _check(body, comes_in=True)
    told: membership.Wallets = body.wallets
    if told.most is None:
        yield {"path": "method", "code": "no_wallet_rule"}
        return
    held = dict(told.principal)
    for line in body.lines:
        member = line.member
        held[member.pk] += line.amount
        most = told.most[member.pk in told.named]
        facts = {"path": f"lines.{line.position}.amount", "member": str(member)}
        if held[member.pk] > most:
            sums = {"most": plain(most), "needs": plain(held[member.pk])}
            yield {**facts, "code": "too_much_stored", **sums}
        if line.amount >= told.named_from and member.pk not in told.named:
            yield {**facts, "code": "name_needed", "least": plain(told.named_from)}


def explain_used(body: Any, short: dict[str, Any]) -> Problem:
    """That what was paid in is not there any more, or what is to be paid out."""
    line = next((n for n in body.lines if str(n.pk) == str(short["line"])), body.lines[0])
    facts = {"member": str(line.member), "has": plain(-short["balance"])}
    needs = plain(abs(short["change"]))
    path = f"lines.{line.position}.amount"
    return {"path": path, "code": "principal_short", **facts, "needs": needs}


TOP_UP = register(
    DocumentType(
        code="stored_value.top_up",
        title=_("Top-up"),
        plural=_("Top-ups"),
        help=_(
            "Money that members pay in ahead. It belongs to them until it is used; what an offer"
            " gives on top is kept apart and is never paid out."
        ),
        job="membership",
        body=TopUp,
        line=TopUpLine,
        numbering="CZ-{unit}-{year:02}-{serial:06}",
        header=("method", "reference"),
        columns=("member", "amount"),
        listed=("number", "business_date", "org_unit", "method", "total", "state", "created_by"),
        complete=_complete,
        check=check_top_up,
        freeze=freeze_top_up,
        frozen=("bonus",),
        moves=top_up_moves,
        undone_by=membership.by_who_goes_on,
        carry_out=_keep_payment,
        explain_short=explain_used,
        screens={"told": ("bonus",), "signed_by": (_("Payee"), _("Member"))},
    )
)
count_as_takings(TOP_UP.code, comes_in=True)


# -- paying out ------------------------------------------------------------------------------------


def check_pay_out(body: Any) -> Iterator[Problem]:
    yield from _check(body, comes_in=False)
    _look(body)
    held = dict(body.wallets.principal)
    for line in body.lines:
        member = line.member
        if line.amount > held[member.pk]:
            told = {"has": plain(held[member.pk]), "needs": plain(line.amount)}
            path = f"lines.{line.position}.amount"
            yield {"path": path, "code": "principal_short", "member": str(member), **told}
        held[member.pk] -= line.amount


PAY_OUT = register(
    DocumentType(
        code="stored_value.pay_out",
        title=_("Stored value paid out"),
        plural=_("Stored value paid out"),
        help=_("Principal that members get back. Bonuses are never paid out."),
        job="membership",
        body=PayOut,
        line=PayOutLine,
        numbering="ZT-{unit}-{year:02}-{serial:06}",
        header=("method", "reference"),
        columns=("member", "amount", "about"),
        listed=("number", "business_date", "org_unit", "method", "total", "state", "created_by"),
        complete=_complete,
        check=check_pay_out,
        moves=pay_out_moves,
        undone_by=membership.by_who_goes_on,
        carry_out=_keep_payment,
        explain_short=explain_used,
        screens={"signed_by": (_("Paid out by"), _("Member"))},
    )
)
count_as_takings(PAY_OUT.code, comes_in=False)


# -- punch cards -----------------------------------------------------------------------------------


def complete_card_sale(body: Any) -> None:
    prices = (line.kind.price for line in body.lines if line.kind_id is not None)
    body.document.total = sum(prices, ZERO)
    named = {line.member_id for line in body.lines}
    body.document.party = next(iter(named)) if len(named) == 1 else None


def check_card_sale(body: Any) -> Iterator[Problem]:
    yield from _where_and_how(body, comes_in=True)
    for line in body.lines:
        path = f"lines.{line.position}"
        if line.kind.state != State.ACTIVE:
            yield {"path": f"{path}.kind", "code": "card_kind_away", "kind": str(line.kind)}
        if line.member.state != State.ACTIVE:
            told = {"code": "member_not_in_use", "member": str(line.member)}
            yield {"path": f"{path}.member", **told}


def freeze_card_sale(body: Any) -> None:
    """Fix what each card costs and how often it can be used."""
    for line in body.lines:
        line.amount, line.uses = line.kind.price, Decimal(line.kind.uses)
    body.document.total = sum((line.amount for line in body.lines), ZERO)


def give_cards(doing: Any) -> None:
    """The cards are there from now on, each under the id of its line."""
    on = doing.document.business_date
    Card.objects.bulk_create([
        Card(
            id=line.pk, code=new_card_code(), kind=line.kind, member=line.member,
            sale=doing.document.pk, sold_on=on,
            valid_until=on + timedelta(days=line.kind.days - 1) if line.kind.days else None,
        )
        for line in doing.body.lines
    ])  # fmt: skip
    _keep_payment(doing)


def new_card_code() -> str:
    """A number for a card: it says nothing, and is no code of goods, members or coupons."""
    return f"CK{int(env.token(8), 16) % 10**10:010}"


def explain_card(body: Any, short: dict[str, Any]) -> Problem:
    """Which card was used since, so that its sale is not taken back, or not paid back so."""
    line = next((n for n in body.lines if str(n.pk) == str(short["line"])), body.lines[0])
    card = Card.objects.filter(pk=short["holder"]).first()
    path = f"lines.{line.position}"
    return {"path": path, "code": "card_used_since", "card": str(card or "")}


CARD_SALE = register(
    DocumentType(
        code="stored_value.card_sale",
        title=_("Sale of punch cards"),
        plural=_("Sales of punch cards"),
        help=_(
            "Cards that members pay ahead. Nothing is earned and no output tax is due before they"
            " are used: each use earns its part, at the store where it happens."
        ),
        job="membership",
        body=CardSale,
        line=CardSaleLine,
        numbering="CK-{unit}-{year:02}-{serial:06}",
        header=("method", "reference"),
        columns=("member", "kind"),
        listed=("number", "business_date", "org_unit", "method", "total", "state", "created_by"),
        complete=complete_card_sale,
        check=check_card_sale,
        freeze=freeze_card_sale,
        frozen=("amount", "uses"),
        moves=card_sale_moves,
        carry_out=give_cards,
        explain_short=explain_card,
        screens={"told": ("uses", "amount"), "signed_by": (_("Payee"), _("Member"))},
    )
)
count_as_takings(CARD_SALE.code, comes_in=True)


def freeze_card_refund(body: Any) -> None:
    """Fix what is left of each card. Whoever writes about the same card takes turns."""
    ids = sorted({line.card_id for line in body.lines})
    list(Card.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    held = cards.look(None, cards=ids)
    for line in body.lines:
        one = held.pop(line.card_id, None)  # a card stands once
        line.uses, line.amount = (one.left, one.money) if one is not None else (ZERO, ZERO)
    body.document.total = sum((line.amount for line in body.lines), ZERO)


def complete_card_refund(body: Any) -> None:
    held = cards.look(None, cards={n.card_id for n in body.lines if n.card_id is not None})
    body.document.total = sum((one.money for one in held.values()), ZERO)
    members = {line.card.member_id for line in body.lines if line.card_id is not None}
    body.document.party = next(iter(members)) if len(members) == 1 else None


def check_card_refund(body: Any) -> Iterator[Problem]:
    yield from _where_and_how(body, comes_in=False)
    sold = {line.card.sale for line in body.lines}
    ways = dict(CardSale.unscoped.filter(pk__in=sold).values_list("pk", "method__name"))
    for line in body.lines:
        path = f"lines.{line.position}.card"
        if line.uses is not None and not line.uses:
            yield {"path": path, "code": "card_nothing_left", "card": str(line.card)}
        way = ways.get(line.card.sale)
        if way is not None and way != body.method.name:
            yield {
                "path": path, "code": "card_other_way", "card": str(line.card), "way": way,
                "question": "card_paid_another_way", "permission": "till.return.pay_back_otherwise",
            }  # fmt: skip


say("card_kind_away", noop("{kind} was put away."))
say("card_used_since", noop("Card {card} was used or paid back already."))
say("card_nothing_left", noop("Nothing is left of card {card}."))
say("card_other_way", noop("Card {card} was paid by {way}."))
say("card_paid_another_way", noop("The card was not paid like this. Pay it back so all the same?"))

CARD_REFUND = register(
    DocumentType(
        code="stored_value.card_refund",
        title=_("Punch cards paid back"),
        plural=_("Punch cards paid back"),
        help=_(
            "What is left of cards goes back to members: all remaining uses, at what they were"
            " paid, in the way in which the card was paid."
        ),
        job="membership",
        body=CardRefund,
        line=CardRefundLine,
        numbering="TK-{unit}-{year:02}-{serial:06}",
        header=("method", "reference"),
        columns=("card", "about"),
        listed=("number", "business_date", "org_unit", "method", "total", "state", "created_by"),
        reach=("card__kind", "card__member"),
        complete=complete_card_refund,
        freeze=freeze_card_refund,
        check=check_card_refund,
        frozen=("amount", "uses"),
        moves=card_refund_moves,
        carry_out=_keep_payment,
        explain_short=explain_card,
        screens={
            "told": ("uses", "amount"), "signed_by": (_("Paid out by"), _("Member")),
        },
    )
)  # fmt: skip
count_as_takings(CARD_REFUND.code, comes_in=False)


# -- settling --------------------------------------------------------------------------------------


def complete_settlement(body: Settlement) -> None:
    document = body.document
    amounts = (line.amount for line in body.lines if line.amount is not None)
    document.total = sum(amounts, ZERO)
    if body.from_place is not None:
        document.org_unit = body.from_place.unit
    others = {line.store_id for line in body.lines if line.store_id is not None}
    document.other_unit = body.lines[0].store if len(others) == 1 else None


def check_settlement(body: Any) -> Iterator[Problem]:
    home = membership.home()
    if body.from_place.unit.entity_id != home.entity_id:
        facts = {"name": body.from_place.name, "unit": home.name}
        yield {"path": "from_place", "code": "account_of_other_entity", **facts}
    for line in body.lines:
        path, name = f"lines.{line.position}", line.store.name
        if not line.amount:
            yield {"path": f"{path}.amount", "code": "settles_nothing"}
        if line.store_id == home.pk:
            yield {"path": f"{path}.store", "code": "home_is_not_settled", "name": name}
        if line.to_place.unit.entity_id != line.store.entity_id:
            facts = {"name": line.to_place.name, "unit": name}
            yield {"path": f"{path}.to_place", "code": "account_of_other_entity", **facts}


SETTLEMENT = register(
    DocumentType(
        code="stored_value.settlement",
        title=_("Settlement of stored value"),
        plural=_("Settlements of stored value"),
        help=_(
            "What was topped up in one store and used in another: headquarters pays the one where"
            " it was used, the one where it was paid in pays headquarters (below zero)."
        ),
        job="membership",
        body=Settlement,
        line=SettlementLine,
        numbering="CJ-{unit}-{year:02}-{serial:05}",
        header=("from_place", "reference"),
        columns=("store", "to_place", "amount"),
        listed=("number", "business_date", "from_place", "total", "state", "created_by"),
        reach=("to_place__unit__entity", "store__entity"),
        complete=complete_settlement,
        check=check_settlement,
        moves=settlement_moves,
        screens={"signed_by": (_("Paid out by"), _("Checked by"))},
    )
)

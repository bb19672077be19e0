"""Members buy under promotions, with discounts and rounding off, pay with stored value, points and
cash, and bring everything back in any order: in the end they have what they had before, to the cent
and to the point, every share is back at nothing, and so is what was used of budgets and limits.

Each seed is one sale with its returns through the whole action path. Others add what their area
moves to what must be left at zero.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import EarnRule
from tongpan.business.membership.queries import standing_of
from tongpan.business.membership.rules import Standing
from tongpan.business.till.least import SELL_BELOW
from tongpan.business.till.models import ReturnShare, SaleLine, SaleShare
from tongpan.business.till.preview import priced_now
from tongpan.business.till.pricing import DISCOUNT_LINE, DISCOUNT_RECEIPT
from tongpan.business.till.queries import left_of_ways, returned_before
from tongpan.business.till.rules import part_of
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.shop import BEGAN, furnish, furnish_members, price_of, today
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as act
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.taxes.rules import Taxed

HELP = "全部退回后分文不剩 · everything returned in any order leaves nothing"
ITEMS, STARTS = 12, 3
CENT = Decimal("0.01")


def run(given: argparse.Namespace) -> Result:
    seeds = _seeds(given.seeds or "0-499")
    with laboratory() as _lab:
        furnish(1, ITEMS)
        _furnish(STARTS)
        shelf = _on_shelf()
        returns = 0
        points = money = ZERO
        errors: list[str] = []
        for seed in seeds:
            chance, member = env.seeded(seed), named(f"member {seed % STARTS}")
            before = _standing(member)
            try:
                returns += _one_round(chance, member, before)
            except Refusal as no:
                errors.append(f"{seed}: {no.code} {no.problems}")
                print(errors[-1], file=sys.stderr, flush=True)
                continue
            after = _standing(member)
            points += abs(_points(after) - _points(before)) + _moved(before, after)
            money += abs(after.principal - before.principal) + abs(after.bonus - before.bonus)
        facts: dict[str, Any] = {
            "seeds": len(seeds),
            "returns": returns,
            "points_left": str(points.normalize() + 0),
            "money_left": f"{money + abs(_spent()):.2f}",
            "stock_left": str((shelf - _on_shelf()).normalize() + 0),
            "shares": SaleShare.unscoped.count(),
            "shares_left": f"{_shares_left():.2f}",
            "budget_diff": f"{_budget_used():.2f}",
            "errors": len(errors),
            "violations": sum(len(found.violations) for found in verify()),
        }
    nothing = (
        ("points_left", "0"), ("money_left", "0.00"), ("stock_left", "0"),
        ("shares_left", "0.00"), ("budget_diff", "0.00"),
    )  # fmt: skip
    holds = all(facts[name] == value for name, value in nothing)
    holds = holds and not facts["errors"] and not facts["violations"] and returns >= len(seeds)
    holds = holds and facts["shares"] >= len(seeds)
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


def _seeds(text: str) -> Sequence[int]:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _furnish(members: int) -> None:
    """Members with stored value and points to begin with, rules to earn by, and who takes back."""
    furnish_members(members)
    with system(reason="the stage of a proof"):
        for n, rate in enumerate(("1", "1.5", "0.3")):
            EarnRule.objects.create(
                code=f"R{n}", name=f"R{n}", programme_id=named("programme"), points=Decimal(rate),
                valid_from=BEGAN, weekdays="" if n < 1 else "135",
            )  # fmt: skip
        role = Person.objects.get(pk=named("cashier")).grants.get().role
        for code in ("till.return.take_back", DISCOUNT_LINE, DISCOUNT_RECEIPT, SELL_BELOW):
            RoleAction.objects.create(role=role, code=code)
        till = OrgUnit.objects.select_related("parent").get(pk=named("till 0"))
    cashier = Person.objects.get(pk=named("cashier"))
    for n in range(members):  # something to spend, that stays
        with acting(cashier, till):
            act("till.sale.ring_up", payload={
                "member": str(named(f"member {n}")),
                "lines": [{"item": str(named("item 0")), "quantity": "200"}],
                "payments": [{"method": "CASH", "amount": str(price_of(0) * 200)}],
            })  # fmt: skip
    _promote()


def _promote() -> None:
    """Promotions with budgets and limits that one sale may use up, and 抹零 to 0.1."""
    with system(reason="the stage of a proof"):
        top = OrgUnit.objects.get(code="lab")
        boss = Person.objects.create(username="boss", name="Boss")
        role = Role.objects.create(code="boss", name="Boss")
        RoleAction.objects.create(role=role, code="*")
        Grant.objects.create(person=boss, role=role, unit=top)
    offers: list[dict[str, Any]] = [
        {"kind": "nth_percent", "nth": 2, "percent": "50", "budget": "300.00"},
        {"kind": "spend_save_each", "spend": "20", "save_amount": "3", "per_member": 3},
        {"kind": "percent_off", "percent": "7", "per_day": 40, "members_only": True},
    ]
    with acting(boss, top):
        for number, header in enumerate(offers):
            header |= {"title": f"P{number}", "begins_on": BEGAN.isoformat()}
            payload = {"header": header, "lines": [{"part": "all"}], "unit": "lab"}
            draft = act("promotions.promotion.save", payload=payload)
            act("promotions.promotion.post", draft.subject)
        act("org.setting.choose", top.pk, {"code": "till.rounding", "value": "always_0.1"})


def _one_round(chance: random.Random, member: UUID, standing: Standing) -> int:
    """A sale, paid in up to three ways, and all its goods back in pieces; how many returns."""
    till = OrgUnit.objects.select_related("parent").get(pk=named("till 0"))
    bought = {n: chance.randint(1, 5) for n in chance.sample(range(ITEMS), chance.randint(1, 4))}
    lines = [{"item": str(named(f"item {n}")), "quantity": str(q)} | _off(chance)
             for n, q in bought.items()]  # fmt: skip
    off = _off(chance).get("off")
    with acting(Person.objects.get(pk=named("cashier")), till):
        total = priced_now(till, lines, off=off, member=member).basket.gross
        payments = _paid(chance, total, standing)
        sale = act("till.sale.ring_up", payload={
            "member": str(member), "lines": lines, "off": off, "total": str(total),
            "payments": [{"method": m, "amount": str(a)} for m, a in payments.items()],
        }).subject  # fmt: skip
        sold = list(SaleLine.unscoped.filter(document=sale))
        pieces = [line for line in sold for _ in range(int(line.quantity))]
        chance.shuffle(pieces)
        count = 0
        while pieces:
            size = chance.randint(1, len(pieces))
            now, pieces = pieces[:size], pieces[size:]
            _bring_back(chance, sale, now)
            count += 1
    return count


def _off(chance: random.Random) -> dict[str, Any]:
    """Now and then a discount by hand."""
    how, value = chance.choice((("percent", "12.5"), ("amount", "0.37"), ("", "")))
    return {"off": {"how": how, "value": value, "reason": "proof"}} if how else {}


def _paid(chance: random.Random, total: Decimal, standing: Standing) -> dict[str, Decimal]:
    """How the sale is paid: some stored value, some points, the rest in cash."""
    most = {
        "STORED": standing.stored,
        "POINTS": (standing.points(today()) / standing.points_per_yuan).quantize(CENT),
    }
    paid: dict[str, Decimal] = {}
    rest = total
    for method, has in most.items():
        part = (min(rest, has) * chance.randint(0, 4) / 4).quantize(CENT)
        part = min(part, rest, has)
        if part > 0:
            paid[method], rest = part, rest - part
    if rest:
        paid["CASH"] = rest
    return paid


def _bring_back(chance: random.Random, sale: UUID, pieces: list[SaleLine]) -> None:
    """Some pieces come back; what they cost is paid back in any of the ways, by chance."""
    wanted: dict[UUID, int] = {}
    for line in pieces:
        wanted[line.pk] = wanted.get(line.pk, 0) + 1
    due = _due(pieces, wanted)
    left = {named_by(pk): amount for pk, amount in left_of_ways(sale).items() if amount}
    ways = list(left)
    chance.shuffle(ways)
    payments: list[dict[str, Any]] = []
    for method in ways:
        part = min(due, left[method])
        if part > 0:
            payments.append({"method": method, "amount": str(part)})
            due -= part
    act("till.return.take_back", payload={
        "sale": str(sale), "payments": payments,
        "lines": [{"sold": str(pk), "quantity": str(n)} for pk, n in wanted.items()],
    })  # fmt: skip


def _due(pieces: list[SaleLine], wanted: dict[UUID, int]) -> Decimal:
    """What was paid for these pieces, rounded on the running total of each line."""
    lines = {line.pk: line for line in pieces}
    before = returned_before(lines)
    due = ZERO
    for pk, n in wanted.items():
        line, gone = lines[pk], before.get(pk, ZERO)
        due += part_of(Taxed(line.net, line.tax), line.quantity, gone, Decimal(n)).gross
    return due


def named_by(method: UUID) -> str:
    """The code of a way of paying of the stage."""
    codes = {named("cash"): "CASH", named("STORED"): "STORED", named("POINTS"): "POINTS"}
    return codes[method]


# -- what is left ----------------------------------------------------------------------------------


def _standing(member: UUID) -> Standing:
    with transaction.atomic(), system(reason="looking"):
        return standing_of(member, today())


def _points(standing: Standing) -> Decimal:
    return sum(standing.lots.values(), ZERO) - standing.debt


def _moved(before: Standing, after: Standing) -> Decimal:
    """Points that stand in other months than before, where the member owes none."""
    if before.debt or after.debt:
        return ZERO
    months = {*before.lots, *after.lots}
    moved = (abs(before.lots.get(m, ZERO) - after.lots.get(m, ZERO)) for m in months)
    return sum(moved, ZERO)


def _spent() -> Decimal:
    """What counts for tiers beyond what the members bought before and kept."""
    rows = balances(Where(ledger="points", roles=["spent"]))
    return sum((row.amount for row in rows), ZERO) - price_of(0) * 200 * STARTS


def _on_shelf() -> Decimal:
    rows = balances(Where(ledger="stock", roles=["shelf"]))
    return sum((row.amount for row in rows), ZERO)


def _shares_left() -> Decimal:
    """What returns did not give back of shares, sale by sale; of those that began the stage none
    came back, and nothing was taken off them."""
    given = dict(ReturnShare.unscoped.values_list("of_share").annotate(Sum("amount")))
    rows = SaleShare.unscoped.values_list("pk", "amount")
    return sum((abs(amount - given.get(pk, ZERO)) for pk, amount in rows), ZERO)


def _budget_used() -> Decimal:
    """What is used of budgets and limits, after all came back."""
    roles = ["promotion_given", "promotion_member", "promotion_day"]
    rows = balances(Where(ledger="points", roles=roles))
    return sum((abs(row.amount) for row in rows), ZERO)

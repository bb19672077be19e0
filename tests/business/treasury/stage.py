"""The cast with money: accounts at headquarters, in two stores and at the franchise, a till, ways
of paying that take days to settle, purposes, and a landlord."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.chain import NOON
from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.models import Purpose
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import TaxpayerKind
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.parties.models import Party

ACCOUNTS = (
    ("hq", "X00", "cash"), ("north", "X01", "cash"), ("south", "X02", "cash"),
    ("west", "B09", "bank"),
)  # fmt: skip


def with_money() -> Stage:
    """The stage of the contracts, with what the housekeeping needs; B01 is headquarters' bank."""
    stage = a_stage()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        for unit, code, kind in ACCOUNTS:
            MoneyPlace.unscoped.create(unit=stage.units[unit], code=code, name=code, kind=kind)
        PaymentMethod.objects.filter(code="WECHAT").update(fee_rate=Decimal("0.006"), settle_days=1)
        Purpose.objects.create(code="RENT", name="房租")
        Purpose.objects.create(code="SCRAP", name="废品", kind="income")
        Party.objects.create(code="L01", name="房东", is_supplier=True)
        west = stage.units["west"].entity
        TaxpayerKind.objects.create(entity=west, kind="small_scale", valid_from=date(2026, 1, 1))
    return stage


def sold(stage: Stage, method: str, quantity: int, *, days_ago: int = 0) -> UUID:
    """A sale at the till of North, 12.90 a piece, paid in one way."""
    at: datetime = NOON - timedelta(days=days_ago)
    with env.frozen(at), acting(stage.people["zhou"], stage.units["till"]):
        lines = [{"item": stage.items["cola"].pk, "quantity": str(quantity)}]
        paid = [{"method": method, "amount": str(Decimal("12.90") * quantity)}]
        return run("till.sale.ring_up", payload={"lines": lines, "payments": paid}).subject


def posted(stage: Stage, code: str, header: dict[str, Any], *lines: dict[str, Any]) -> UUID:
    """A document of Zhou at headquarters, written and posted."""
    return posted_by(stage, "zhou", "hq", code, header, *lines)


def posted_by(
    stage: Stage, person: str, at: str, code: str, header: dict[str, Any], *lines: dict[str, Any],
    **more: Any,
) -> UUID:  # fmt: skip
    with stage.as_(person, at):
        payload = {"header": header, "lines": list(lines), **more}
        draft = run(f"{code}.save", payload=payload).subject
        run(f"{code}.post", draft)
        return draft


def held(role: str, *, at: str = "", stage: Stage | None = None) -> Decimal:
    """What the money accounts of a role hold together, at one unit or at all."""
    units = [stage.units[at].pk] if stage is not None and at else None
    rows = balances(Where(ledger="money", roles=[role], org_units=units))
    return sum((row.amount for row in rows), Decimal(0))

"""Sixty days of a small chain, told from the real baskets of another one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tongpan.base import env
from tongpan.business.demo.chain import Chain, cashiers_of, known_chain, manager_of
from tongpan.business.demo.masters import make_masters, make_units_and_people
from tongpan.business.demo.members import (
    Wallets,
    keep_shifts,
    make_members,
    make_programme,
    members_of_day,
    wallets_of,
)
from tongpan.business.demo.money import keep_house
from tongpan.business.demo.people import STORES
from tongpan.business.demo.promotions import promote
from tongpan.business.demo.source import DAYS, FIRST, PARTS, Bought, Part, parts
from tongpan.business.demo.supply import (
    Supply,
    found_there,
    open_books,
    supply_of,
    work_of_day,
)
from tongpan.business.demo.today import is_left_open, leave_open
from tongpan.business.demo.wholesale import make_customers, pieces_needed, wholesale_of_day
from tongpan.business.stock.queries import stock_of
from tongpan.business.till.models import SaleLine
from tongpan.business.till.queries import payments_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.posting import OutOfBounds
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import system

SALES_AT_ONCE = 100
MEMBERS_ACT = "quick"  # the part in which members pay in and use what they have
PAID_BY = ("WECHAT",) * 9 + ("ALIPAY",) * 6 + ("CASH",) * 3 + ("CARD",) * 2
REASONS = ("包装破损", "临期", "买错了")
Tell = Callable[[str], None]


@dataclass(slots=True)
class Told:
    """What was made of a part: how many sales, and which rows of the source were left out."""

    sales: int = 0
    lines: int = 0
    rows_read: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


def build(
    tell: Tell = lambda text: None, *, until: str = "quick", data: Path | None = None
) -> Told:
    """Make the chain and its sixty days, all `PARTS` of them up to the one named.

    A build that was broken off goes on where it was. `tell` hears what is being made.
    """
    chain = known_chain(first_day(), tell)
    names = list(PARTS)[: list(PARTS).index(until) + 1]
    told = Told()
    tell("reading the source")
    for name, part in zip(names, parts(*names, data=data), strict=True):
        if name == FIRST and is_told(chain):
            continue
        supply = _tell_part(chain, name, part, told, is_last=name == names[-1])
        if name == FIRST:
            leave_open(supply)
    return told


def first_day() -> date:
    """The first business day of the story: it was chosen when the story was begun."""
    with system(reason="demonstration"):
        begun = Document.unscoped.filter(type="stock.opening").order_by("business_date").first()
        if begun is not None:
            return begun.business_date + timedelta(days=1)
        top = OrgUnit.objects.filter(kind="store").first() or OrgUnit(
            time_zone="Asia/Shanghai", day_cut=env.now().min.time().replace(hour=4)
        )
    return business_date(top, env.now()) - timedelta(days=DAYS - 1)


def is_told(chain: Chain) -> bool:
    """Whether the first part was told to its end."""
    if "W01" not in chain.units:
        return False
    with system(reason="demonstration"):
        return is_left_open(chain)


def _tell_part(chain: Chain, name: str, part: Part, told: Told, *, is_last: bool) -> Supply:
    """One part of the baskets, with the goods that they need."""
    make_units_and_people_once(chain)
    make_masters(chain, part.items)
    if name == FIRST:
        make_programme(chain, part.items)
    make_members(chain, part.baskets)
    wallets = wallets_of(part.baskets) if name == MEMBERS_ACT else Wallets()
    supply = supply_of(chain, name, part.items, part.baskets)
    more: Mapping[int, int] = {}
    if name == FIRST:
        make_customers(supply)
        more = pieces_needed(supply)
    open_books(supply, more)
    by_day: dict[int, list[Bought]] = {}
    for basket in part.baskets:
        by_day.setdefault(basket.number, []).append(basket)
    told.rows_read += part.rows_read
    for reason, count in part.skipped.items():
        told.skipped[reason] = told.skipped.get(reason, 0) + count
    paid: list[dict[tuple[str, str], Decimal]] = []
    for number in range(DAYS):
        chain.tell(f"day {number + 1}/{DAYS}")
        fold()  # as a worker does meanwhile: what waits is read by whoever asks for a balance
        work_of_day(supply, number)
        keep_house(chain, name, number, paid)
        paid.append(_paid(by_day.get(number, []), wallets))
        if name == MEMBERS_ACT:
            members_of_day(supply, wallets, number)
        if name == FIRST:
            promote(chain, number)
        _sell(chain, number, by_day.get(number, []), told, wallets)
        if is_last and name != FIRST:
            keep_shifts(chain, number)
        if name == FIRST:
            wholesale_of_day(supply, number)
            _small_events(chain, supply, number)
    return supply


def make_units_and_people_once(chain: Chain) -> None:
    if not chain.units:
        make_units_and_people(chain)


# -- at the tills --------------------------------------------------------------------------------


def _sell(
    chain: Chain, number: int, baskets: Sequence[Bought], told: Told, wallets: Wallets
) -> None:
    """Ring up a day's baskets; those of today that have not happened yet are left out."""
    begins, now = chain.cut_of(number), env.now()
    sales = []
    for basket in baskets:
        at = begins + timedelta(seconds=basket.into_day_s)
        if at > now:
            told.skipped["not_yet"] = told.skipped.get("not_yet", 0) + len(basket.lines)
            continue
        sales.append(_sale(chain, basket, at, _way_of(basket, wallets)))
    for start in range(0, len(sales), SALES_AT_ONCE):
        _bring_in(chain, number, sales[start : start + SALES_AT_ONCE], told)


def _bring_in(chain: Chain, number: int, batch: Sequence[dict[str, Any]], told: Told) -> None:
    """Bring in sales, but for those of goods that somebody took while the story was being told."""
    while batch:
        try:
            with chain.day(number, 23, "zhou", "HQ"), env.frozen(max(row["at"] for row in batch)):
                done = run("till.sale.bring_in", payload={"sales": batch}).result
        except OutOfBounds as short:
            gone = {(problem["org_unit"], problem["unit"]) for problem in short.problems}
            fits = [row for row in batch if not _asks_for(row, gone)]
            if len(fits) == len(batch):
                raise
            left_out = sum(len(row["lines"]) for row in batch) - sum(len(r["lines"]) for r in fits)
            told.skipped["sold_out"] = told.skipped.get("sold_out", 0) + left_out
            batch = fits
        else:
            told.sales += done["sales"] + done["known"]
            told.lines += done["lines"]
            return


def _asks_for(sale: dict[str, Any], gone: set[tuple[Any, Any]]) -> bool:
    """Whether the store of a sale has not enough of what it sells."""
    return any((sale["till"].parent_id, line["item"]) in gone for line in sale["lines"])


def _sale(chain: Chain, basket: Bought, at: Any, method: str) -> dict[str, Any]:
    store = STORES[basket.store]
    total = sum((amount for _, _, amount in basket.lines), Decimal(0))
    payment: dict[str, Any] = {"method": method}  # all of it, less what promotions take off
    if method == "CASH":
        payment["tendered"] = _notes(total)
    cashiers = cashiers_of(store)
    return {
        "id": env.id_of(at, "completejourney", basket.basket),
        "till": chain.units[f"{store}-{1 + basket.basket % 2}"],
        "at": at,
        "member": chain.members.get(basket.household),
        "by": chain.people[cashiers[basket.basket % len(cashiers)]].pk,
        "lines": [
            {"item": chain.items[product].pk, "quantity": quantity, "amount": amount}
            for product, quantity, amount in basket.lines
        ],
        "payments": [payment],
        "is_before": True,
    }


def _paid(baskets: Sequence[Bought], wallets: Wallets) -> dict[tuple[str, str], Decimal]:
    """What the baskets of a day bring at most, by store and way of paying."""
    sums: dict[tuple[str, str], Decimal] = {}
    for basket in baskets:
        key = (STORES[basket.store], _way_of(basket, wallets))
        sums[key] = sums.get(key, Decimal(0)) + sum(amount for _, _, amount in basket.lines)
    return sums


def _way_of(basket: Bought, wallets: Wallets) -> str:
    if basket.basket in wallets.pays:
        return "STORED"
    return PAID_BY[basket.basket // 7 % len(PAID_BY)]


def _notes(total: Decimal) -> Decimal:
    """What a customer hands over in notes.

    >>> _notes(Decimal("48.30")), _notes(Decimal("12.00"))
    (Decimal('50'), Decimal('20'))
    """
    note = Decimal(10) if total < 100 else Decimal(50)
    return (total / note).to_integral_value("ROUND_CEILING") * note


# -- what else happens ---------------------------------------------------------------------------


def _small_events(chain: Chain, supply: Supply, number: int) -> None:
    """Goods come back, go bad and are counted; each store has its days for it."""
    if number % 3 == 2:
        _someone_brings_back(chain, number, STORES[number // 3 % len(STORES)])
    if number % 7 == 5:
        store = STORES[number // 7 % len(STORES)]
        with chain.day(number, 21, manager_of(store), store):
            lines = list(found_there(supply, store, number, 3))
            if lines:
                header = {"place": chain.places[store], "reason": "expired"}
                payload = {"header": header, "lines": [n | {"quantity": 1} for n in lines]}
                chain.post("stock.loss", (number, store), lambda: payload)
    if number % 14 == 13:
        store = STORES[number // 14 % len(STORES)]
        with chain.day(number, 22, manager_of(store), store):
            counted = _counted(chain, supply, store, number)
            if counted:
                chain.post("stock.count", (number, store), lambda: counted)


def _someone_brings_back(chain: Chain, number: int, store: str) -> None:
    """The first line of a sale comes back, if it was paid in a way that can be paid back."""
    day, back = chain.first + timedelta(days=number), chain.id_of("return", number, store)
    with system(reason="demonstration"):
        if Document.unscoped.filter(pk=back).exists():
            return
        line = (
            SaleLine.unscoped.select_related("document", "document__org_unit")
            .filter(business_date=day, document__org_unit__parent=chain.units[store], gross__gt=0)
            .exclude(document__followers__type="till.return")
            .order_by("id")
            .first()
        )
    if line is None:
        return
    till = line.document.org_unit.code
    with chain.day(number, 23, cashiers_of(store)[0], till):
        if line.document.posted_at is None or env.now() < line.document.posted_at:
            return
        (paid,) = payments_of([line.document_id])[line.document_id]
        if not paid.method.is_refundable:
            return
        payload = {
            "sale": line.document_id, "reason": REASONS[number // 3 % len(REASONS)],
            "lines": [{"sold": line.pk, "quantity": line.quantity}],
            "payments": [{"method": paid.method.code, "amount": line.gross}],
        }  # fmt: skip
        run("till.return.take_back", back, payload)


def _counted(chain: Chain, supply: Supply, store: str, number: int) -> dict[str, Any] | None:
    lines = list(found_there(supply, store, number, 8))
    there = stock_of(chain.places[store], [line["item"] for line in lines])
    counted = [
        line | {"counted": there[line["item"].pk].on_hand + (n % 4 == 1) - (n % 4 == 3)}
        for n, line in enumerate(lines)
    ]
    return {"header": {"place": chain.places[store]}, "lines": counted} if counted else None

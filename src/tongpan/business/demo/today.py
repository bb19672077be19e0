"""What is under way when the story ends: drafts, orders on their way, goods on the road, approvals.

A newcomer finds documents in each of their states, and work that waits for each person.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tongpan.business.demo.chain import Chain, cashiers_of, manager_of
from tongpan.business.demo.masters import SUPPLIERS, supplier_of
from tongpan.business.demo.source import Goods
from tongpan.business.demo.supply import FRANCHISE, OWNED, Supply, first_part, order_line
from tongpan.business.stock.queries import stock_of
from tongpan.business.till.preview import priced_now
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.masters.items.models import Item

LINES, CASES, PIECES = 5, 5, 30
ASKED_FOR = (("S02", ""), ("S03", "submit"))  # transfers: a draft, and one to be approved
# Who bought at a till on account, and how many days before the last: the first of them is late.
ON_ACCOUNT = (("K03", 12), ("K01", 6), ("K02", 2))
# What became of an order to each supplier, and how many days before the last it was made.
BECAME = (("draft", 0), ("sent", 2), ("part", 4), ("came", 6), ("billed", 9))


def leave_open(supply: Supply) -> None:
    """Begin what nobody has finished yet. Done last of all, so it says that the story was told."""
    of_supplier = _steady_goods(supply)
    for (became, back), (supplier, goods) in zip(BECAME, of_supplier.items(), strict=False):
        _order(supply, supplier, goods, became, supply.chain.last - back)
    for supplier, goods in list(of_supplier.items())[:1]:
        _order(supply, supplier, goods, "sent", supply.chain.last - 1, place=FRANCHISE)
    _on_the_road(supply.chain, [row for goods in of_supplier.values() for row in goods])
    _half_counted(supply.chain)
    _wanted(supply.chain, [row for goods in of_supplier.values() for row in goods])
    _supplied(supply.chain, [row for goods in of_supplier.values() for row in goods])
    _repriced(supply.chain, [row for goods in of_supplier.values() for row in goods])
    _sold_on_account(supply.chain)
    _promoted(supply.chain, [row for goods in of_supplier.values() for row in goods])
    _asked_for(supply.chain)


def is_left_open(chain: Chain) -> bool:
    """Whether all of it is there."""
    last = chain.id_of("stock.transfer", "draft", len(ASKED_FOR) - 1)
    return Document.unscoped.filter(pk=last).exists()


def _steady_goods(supply: Supply) -> dict[str, list[Goods]]:
    """Of each supplier, what the stores that we own sell week after week."""
    found: dict[str, list[Goods]] = {supplier: [] for supplier, _, _ in SUPPLIERS}
    for product in sorted({product for store, product, _ in supply.brisk if store != FRANCHISE}):
        row = supply.goods[product]
        if len(found[supplier_of(row)]) < LINES:
            found[supplier_of(row)].append(row)
    return {supplier: goods for supplier, goods in found.items() if goods}


# -- bought --------------------------------------------------------------------------------------


def _order(
    supply: Supply, supplier: str, goods: Sequence[Goods], became: str, day: int,
    *, place: str = "W01",
) -> None:  # fmt: skip
    """An order of that day, with as much of what follows it as has happened."""
    chain, name = supply.chain, ("open", place, supplier)
    buyer, at = ("he", "HQ") if place == "W01" else (manager_of(place), place)
    payload = {
        "header": {"supplier": supplier, "place": chain.places[place],
                   "expected_on": chain.first + timedelta(days=day + 5)},
        "lines": [order_line(supply, row.product, CASES * (row.per_case or 6)) for row in goods],
    }  # fmt: skip
    with chain.day(day, 10, buyer, at):
        if became == "draft":
            chain.draft("purchasing.order", name, payload)
            return
        order = chain.post("purchasing.order", name, lambda: payload)
    if became == "sent":
        return
    with chain.day(day + 3, 11, "chen", place):
        came = prefill("purchasing.receipt", order.pk)
        came["header"]["delivery_note"] = f"{supplier}-{day + 3:02}88"
        if became == "part":
            came["lines"] = list(first_part(came["lines"]))
        receipt = chain.post("purchasing.receipt", name, lambda: came)
    if became == "came":
        _send_back(chain, name, receipt, day + 4)
    if became == "billed":
        with chain.day(day + 6, 14, "qian", "HQ"):
            bill = prefill("purchasing.bill", receipt.pk)
            bill["header"] |= {"invoice_number": f"{receipt.pk.int % 10**8:08}",
                               "due_on": chain.first + timedelta(days=day + 12)}  # fmt: skip
            billed = chain.post("purchasing.bill", name, lambda: bill)
        with chain.day(day + 7, 16, "qian", "HQ"):
            part = prefill("finance.supplier_payment", billed.pk)
            part["lines"][0]["amount"] = (part["lines"][0]["amount"] / 2).quantize(Decimal(1))
            chain.post("finance.supplier_payment", name, lambda: part)
        _send_back_billed(chain, name, billed, day + 8)


def _send_back(chain: Chain, name: tuple[str, ...], receipt: Document, day: int) -> None:
    """One case came damaged and goes back."""
    with chain.day(day, 15, "he", "HQ"):
        back = prefill("purchasing.return", receipt.pk)
        back["header"]["reason"] = "外箱破损"
        back["lines"] = [back["lines"][0] | {"quantity": 1}]
        chain.post("purchasing.return", name, lambda: back)


def _send_back_billed(chain: Chain, name: tuple[str, ...], bill: Document, day: int) -> None:
    """Goods go back twice that were billed; of the first the supplier has sent the credit note."""
    for number, (place, reason) in enumerate(((0, "临期"), (-1, "包装破损"))):
        with chain.day(day, 15 + number, "he", "HQ"):
            back = prefill("purchasing.return", bill.pk)
            back["header"]["reason"] = reason
            back["lines"] = [back["lines"][place] | {"quantity": 1}]
            returned = chain.post("purchasing.return", (*name, number), lambda back=back: back)  # type: ignore[misc]
        if number == 0:
            with chain.day(day, 15, "qian", "HQ"):
                credit = prefill("purchasing.credit", returned.pk)
                chain.post("purchasing.credit", name, lambda credit=credit: credit)  # type: ignore[misc]


# -- moved and counted ---------------------------------------------------------------------------


def _on_the_road(chain: Chain, goods: Sequence[Goods]) -> None:
    """One transfer came with something broken and something missing, the next is on its way."""
    items = [chain.items[row.product] for row in goods]
    for store, day in zip(OWNED, (chain.last - 3, chain.last - 1), strict=False):
        with chain.day(day, 9, "chen", "W01"):
            header = {"from_place": chain.places["W01"], "to_place": chain.places[store]}
            lines = [{"item": item, "quantity": 3} for item in _there(chain, "W01", items, 3)[:6]]
            if not lines:
                return
            payload = {"header": header, "lines": lines}
            sent = chain.post("stock.transfer", ("open", store), lambda payload=payload: payload)  # type: ignore[misc]
        if day + 1 < chain.last:
            with chain.day(day + 1, 8, manager_of(store), store):
                came = prefill("stock.transfer_receipt", sent.pk)
                came["lines"][0] |= {"received": 2, "damaged": 1}
                came["lines"][-1] |= {"received": 2, "missing": 1, "damaged": 0}
                chain.post("stock.transfer_receipt", ("open", store), lambda came=came: came)  # type: ignore[misc]


def _sold_on_account(chain: Chain) -> None:
    """Customers who order from the warehouse also buy at a till nearby, and pay later."""
    store = OWNED[0]
    till = chain.units[f"{store}-1"]
    for code, ago in ON_ACCOUNT:
        sale = chain.id_of("on account", code)
        with chain.day(chain.last - ago, 11, cashiers_of(store)[0], till.code):
            there = _there(chain, store, list(chain.items.values()), 2)[:3]
            if not there or Document.unscoped.filter(pk=sale).exists():
                continue
            lines = [{"item": str(item.pk), "quantity": "2"} for item in there]
            total = priced_now(till, lines).basket.gross
            payload = {"lines": lines, "customer": str(chain.id_of("party", code)),
                       "payments": [{"method": "ACCOUNT", "amount": total}]}  # fmt: skip
            run("till.sale.ring_up", sale, payload)


def _there(chain: Chain, place: str, items: Sequence[Item], least: int) -> list[Item]:
    """Those of the items of which so much is there."""
    found = stock_of(chain.places[place], items)
    return [item for item in items if found[item.pk].on_hand >= least]


def _half_counted(chain: Chain) -> None:
    """A count that somebody broke off, and a write-off that waits for whoever may approve it."""
    store = OWNED[0]
    place = chain.places[store]
    with chain.day(chain.last, 7, manager_of(store), store):
        items = _there(chain, store, list(chain.items.values()), 2)[:8]
        found = stock_of(place, items)
        counted: list[dict[str, Any]] = [
            {"item": item, "counted": found[item.pk].on_hand if n < 4 else None}
            for n, item in enumerate(items)
        ]
        chain.draft("stock.count", (), {"header": {"place": place}, "lines": counted})
        header = {"place": place, "reason": "expired"}
        lines = [{"item": item, "quantity": 1} for item in items[:3]]
        chain.draft("stock.loss", (), {"header": header, "lines": lines}, then="submit")


def _wanted(chain: Chain, goods: Sequence[Goods]) -> None:
    """Stores ask for goods: of one requisition the warehouse sent a part, one waits for it, and one
    for the buyer. Some goods have a minimum, so that the next requisition proposes them."""
    items, last = [chain.items[row.product] for row in goods], chain.last
    with chain.day(last, 6, "zhou", "HQ"):
        chain.bring_in("items.item_at_unit", [
            {"id": chain.id_of("least", store, item.code), "item": item, "stock_min": 20,
             "org_unit": chain.units[store], "valid_from": chain.first}
            for store in OWNED[:2] for item in items[:6]
        ])  # fmt: skip
    asks = ((OWNED[1], "W01", last - 2), (OWNED[2], "W01", last), (OWNED[0], None, last))
    for number, (store, of, day) in enumerate(asks):
        with chain.day(day, 6, manager_of(store), store):
            lines = [{"item": item, "quantity": 6} for item in items[number : number + 5]]
            header = {"place": chain.places[store], "from_place": of and chain.places[of],
                      "wanted_on": chain.first + timedelta(days=day + 2)}  # fmt: skip
            payload = {"header": header, "lines": lines}
            asked = chain.post("stock.requisition", (store,), lambda payload=payload: payload)  # type: ignore[misc]
        if number == 0:
            with chain.day(day, 8, "chen", "W01"):
                sent = prefill("stock.transfer", asked.pk)
                sent["lines"] = list(_some_there(chain, sent["lines"]))
                if sent["lines"]:
                    name = ("asked", store)
                    chain.post("stock.transfer", name, lambda sent=sent: sent)  # type: ignore[misc]


def _supplied(chain: Chain, goods: Sequence[Goods]) -> None:
    """The franchise store asks for goods, is supplied and receives; what came damaged goes back.
    It asks again."""
    last, store = chain.last, FRANCHISE
    with chain.day(last - 5, 6, "zhou", "HQ"):
        chain.bring_in("parties.party", [
            {"id": chain.id_of("party", code), "code": code, "name": chain.units[unit].entity.name,
             "entity": chain.units[unit].entity, is_what: True, "due_days": 15,
             "supply_percent": percent}
            for code, unit, is_what, percent in (
                ("E01", "HQ", "is_supplier", None), ("E02", store, "is_customer", "8"),
            )
        ])  # fmt: skip
    items = _there(chain, "W01", [chain.items[row.product] for row in goods], 3)[:4]
    if not items:
        return
    asked = []
    for day, quantity in ((last - 5, 2), (last, 4)):
        with chain.day(day, 7, manager_of(store), store):
            lines = [{"item": item, "quantity": quantity} for item in items]
            header = {"place": chain.places[store], "from_place": chain.places["W01"]}
            payload = {"header": header, "lines": lines}
            name = (store, str(day))
            asked.append(chain.post("stock.requisition", name, lambda payload=payload: payload))  # type: ignore[misc]
    with chain.day(last - 4, 9, "chen", "W01"):
        sent = prefill("franchise.supply", asked[0].pk)
        supply = chain.post("franchise.supply", (store,), lambda: sent)
    with chain.day(last - 4, 17, manager_of(store), store):
        came = prefill("franchise.receipt", supply.pk)
        first = came["lines"][0]
        came["lines"][0] = first | {"received": first["received"] - 1, "damaged": 1}
        receipt = chain.post("franchise.receipt", (store,), lambda: came)
    with chain.day(last - 3, 15, "chen", "W01"):
        back = prefill("franchise.return", receipt.pk)
        back["header"]["reason"] = "外箱破损"
        chain.post("franchise.return", (store,), lambda: back)


def _repriced(chain: Chain, goods: Sequence[Goods]) -> None:
    """A week's offer that is under way, another that is planned, and prices that somebody is still
    thinking about."""
    items, first, last = [chain.items[row.product] for row in goods], chain.first, chain.last
    lines = [{"item": item} for item in items[8:14]]
    days = {"begins_on": first + timedelta(days=last - 2), "ends_on": first + timedelta(last + 5)}
    header = {"price_list": "RETAIL", "percent": "-5", "ending": "0.1", **days}
    with chain.day(last - 2, 8, "li", "HQ"):
        chain.draft("prices.change", ("offer",), {"header": header, "lines": lines}, then="post")
    planned = {"price_list": "RETAIL", "percent": "-3", "begins_on": first + timedelta(last + 3)}
    header = {"price_list": "RETAIL", "percent": "5", "begins_on": first + timedelta(days=last + 7)}
    with chain.day(last, 8, "li", "HQ"):
        soon = {"header": planned, "lines": [{"item": item} for item in items[24:30]]}
        chain.draft("prices.change", ("planned",), soon, then="post")
        rows = [{"item": item} for item in items[:6]]
        chain.draft("prices.change", ("next",), {"header": header, "lines": rows})


def _promoted(chain: Chain, goods: Sequence[Goods]) -> None:
    """Promotions of several kinds that begin on the last day, so no sale of the story had them, one
    of a store's own, and one that somebody is still thinking about."""
    items = [chain.items[row.product] for row in goods][14:24]
    if len(items) < 10:
        return
    begins = chain.first + timedelta(days=chain.last)
    goods_of = [{"part": "goods", "item": item} for item in items]
    offers: tuple[tuple[str, list[dict[str, Any]], dict[str, Any]], ...] = (
        ("第二件半价", goods_of[0:2], {"kind": "nth_percent", "nth": 2, "percent": 50}),
        ("满三件打八折", [*goods_of[2:5], {"part": "step", "least": 3, "off": 20}],
         {"kind": "count_percent"}),
        ("任选三件十元", goods_of[5:7], {"kind": "bundle_price", "buy": 3, "price": 10}),
        ("会员九五折", goods_of[7:9],
         {"kind": "percent_off", "percent": 5, "members_only": True, "budget": 2000}),
        ("满五十元加一元换购",
         [*goods_of[0:9], {"part": "reward", "item": items[9]}],
         {"kind": "add_on", "price": 1, "get": 1, "amount_min": 50}),
    )  # fmt: skip
    with chain.day(chain.last, 7, "li", "HQ"):
        for number, (title, lines, header) in enumerate(offers):
            said = {"title": title, "begins_on": begins, **header}
            payload = {"header": said, "lines": lines}
            chain.draft("promotions.promotion", (number,), payload, then="post")
        said = {"title": "周末买二送一", "kind": "buy_get", "buy": 2, "get": 1, "weekdays": "67",
                "begins_on": begins + timedelta(days=7), "per_sale": 2}  # fmt: skip
        payload = {"header": said, "lines": goods_of[0:4]}
        chain.draft("promotions.promotion", ("next",), payload)
    with chain.day(chain.last, 7, "zhou", "S01"):
        said = {"title": "滨江店会员日九折", "kind": "percent_off", "percent": 10,
                "members_only": True, "weekdays": "6", "begins_on": begins}  # fmt: skip
        payload = {"header": said, "lines": goods_of[9:10]}
        chain.draft("promotions.promotion", ("S01",), payload, then="post")


def _some_there(chain: Chain, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two of each of the first lines, where they stand in the warehouse."""
    there = _there(chain, "W01", [line["item"] for line in lines], 2)
    return [line | {"quantity": 2} for line in lines[:3] if line["item"] in there]


def _asked_for(chain: Chain) -> None:
    """A store sends goods to two others: one is a draft, one waits for whoever may approve it."""
    with chain.day(chain.last, 4, "wang", "S01"):
        items = _there(chain, "S01", list(chain.items.values()), 2)
        for number, (target, then) in enumerate(ASKED_FOR):
            header = {"from_place": chain.places["S01"], "to_place": chain.places[target]}
            some = items[4 * number : 4 * number + 4] or list(chain.items.values())[:1]
            payload = {"header": header, "lines": [{"item": n, "quantity": 2} for n in some]}
            chain.draft("stock.transfer", (number,), payload, then=then)

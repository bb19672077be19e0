"""The warehouse supplies a franchise store: one paper, the books of two legal entities."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from tests.contracts.examples import Stage, a_stage
from tongpan.base.refusals import Refusal
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import left_open
from tongpan.business.franchise.documents import used_of_return
from tongpan.faces.kit.derived.documents import deeds, follow_actions, next_steps
from tongpan.faces.kit.derived.standings import awaited, standings_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import Grant, Role, RoleAction, TaxpayerKind

pytestmark = pytest.mark.usefixtures("company")
SUPPLY = document_type("franchise.supply")


@pytest.fixture
def stage() -> Stage:
    return with_parties(a_stage(), "small_scale")


def with_parties(stage: Stage, kind: str) -> Stage:
    """The franchise's kind of taxpayer, and a party for each of the two legal entities."""
    from tests.contracts.examples import franchise

    franchise(stage, kind)
    MoneyPlace.unscoped.create(unit=stage.units["west"], code="BW", name="西门账户")
    return stage


def waiting(code: str = "stock.requisition") -> list[UUID]:
    """The requisitions, or others, that wait for who acts."""
    found = awaited(document_type(code))
    return [document.pk for document in found or ()]


def words(subject: UUID) -> str:
    """How far a document has come, as people read it."""
    declared = document_type(Document.objects.get(pk=subject).type)
    with override("zh-hans"):
        return str(standings_of(declared, [load(declared, subject)])[subject].word)


def first_button(code: str, subject: UUID) -> str:
    """What Ctrl Enter begins on the page of a document, and its timeline names next."""
    declared = document_type(code)
    body = load(declared, subject)
    standing = standings_of(declared, [body])[subject]
    follow = [a for a in follow_actions(declared, body.document) if a.code not in standing.never]
    primary, _beside, _menu = deeds(declared, body, follow, standing=standing)
    assert primary is not None
    assert next_steps(declared, standing) == [primary.title]
    return primary.code


def posted(code: str, payload: dict[str, Any], **more: Any) -> UUID:
    subject = run(f"{code}.save", payload=payload | more).subject
    run(f"{code}.post", subject)
    return subject


def received(stage: Stage, supply: UUID, **fates: str) -> UUID:
    """The store receives a supply of one line: all of it in order, or with these fates."""
    with stage.as_("zhou", "west"):
        payload = prefill("franchise.receipt", supply)
        payload["lines"][0] |= fates
        return posted("franchise.receipt", payload, follows=supply)


def books(stage: Stage, where: str, roles: Iterable[str]) -> dict[str, Decimal]:
    """What the money accounts of a unit hold, by role; those that hold nothing are left out."""
    found: dict[str, Decimal] = {}
    asked = Where(ledger="money", org_units=[stage.units[where].pk], roles=list(roles))
    for row in balances(asked):
        found[row.role] = found.get(row.role, Decimal(0)) + row.amount
    return {role: amount for role, amount in found.items() if amount}


SELLER = ("revenue", "output_tax", "receivable", "deposit", "cost_of_sales")
BUYER = (
    "inventory", "goods_in_transit", "input_tax", "payable", "advance", "returned_not_credited"
)  # fmt: skip


def test_a_supply_is_a_sale_and_a_purchase_and_comes_back(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        run("parties.party.save", stage.parties["theirs"].pk, {"supply_percent": "10"})
        header = {"from_place": "W01", "to_place": "S03"}
        lines = [{"item": stage.items["milk"], "quantity": "40"}]
        supply = posted("franchise.supply", {"header": header, "lines": lines})
    # Cost 8.50, ten percent more, 13 % tax: 10.57 each. The store deducts no tax.
    assert books(stage, "warehouse", SELLER) == {
        "revenue": Decimal("-374.16"), "output_tax": Decimal("-48.64"),
        "receivable": Decimal("422.80"), "cost_of_sales": Decimal("340.00"),
    }  # fmt: skip
    assert books(stage, "west", BUYER) == {
        "goods_in_transit": Decimal("422.80"), "payable": Decimal("-422.80"),
    }  # fmt: skip
    received(stage, supply)
    assert books(stage, "west", BUYER) == {
        "inventory": Decimal("422.80"), "payable": Decimal("-422.80"),
    }  # fmt: skip

    # Each end settles its own: the store pays, and the warehouse's entity has not received yet.
    with stage.as_("zhou", "west"):
        pay = prefill("finance.supplier_payment", supply)
        assert pay["unit"] == stage.units["west"]
        assert pay["header"]["supplier"] == stage.parties["ours"]
        pay["header"]["paid_from"] = "BW"
        pay["lines"][0]["amount"] = "400.00"
        posted("finance.supplier_payment", pay, follows=supply)
        wrong = {"header": {"supplier": "V01", "paid_from": "BW"}, "lines": pay["lines"]}
        draft = run("finance.supplier_payment.save", payload=wrong).subject
        with pytest.raises(Refusal) as no:
            run("finance.supplier_payment.post", draft)
        assert [p["code"] for p in no.value.problems] == ["settles_other_supplier"]
    assert left_open([supply], "supplier")[supply] == Decimal("22.80")
    assert left_open([supply], "customer")[supply] == Decimal("422.80")

    with stage.as_("zhou", "hq"):
        assert {a.code for a in follow_actions(SUPPLY, Document.objects.get(pk=supply))} == {
            "franchise.receipt", "franchise.return", "finance.customer_receipt",
            "finance.supplier_payment",
        }  # fmt: skip
        back = prefill("franchise.return", supply)
        back["lines"][0]["quantity"] = "10"
        returned = posted("franchise.return", back, follows=supply)
        more = prefill("franchise.return", supply)
        assert more["lines"][0]["quantity"] == 30
        more["lines"][0]["quantity"] = "31"
        draft = run("franchise.return.save", payload=more | {"follows": supply}).subject
        with pytest.raises(Refusal) as no:
            run("franchise.return.post", draft)
        assert [p["code"] for p in no.value.problems] == ["over_brought_back", "short"]
    # A quarter comes back: 105.70 of the price, 85.00 of the cost.
    assert books(stage, "warehouse", SELLER) == {
        "revenue": Decimal("-280.62"), "output_tax": Decimal("-36.48"),
        "receivable": Decimal("317.10"), "cost_of_sales": Decimal("255.00"),
    }  # fmt: skip
    assert books(stage, "west", BUYER) == {
        "inventory": Decimal("317.10"), "advance": Decimal("82.90"),
    }  # fmt: skip
    assert left_open([returned], "supplier")[returned] == Decimal("-82.90")
    with stage.as_("zhou", "hq"):
        figures = [
            amount
            for _title, amount in used_of_return(load(document_type("franchise.return"), returned))
        ]
    assert figures == [Decimal("105.70"), Decimal(0)]

    with stage.as_("zhou", "hq"):
        run("franchise.return.reverse", returned, {"reason": "counted again"})
        with pytest.raises(Refusal):  # the store paid it
            run("franchise.supply.reverse", supply, {"reason": "wrong store"})
    assert [found for found in verify() if found.violations] == []


def test_what_came_damaged_or_not_at_all_is_taken_back(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        header = {"from_place": "W01", "to_place": "S03"}
        line = {"item": stage.items["milk"], "quantity": "40", "price": "11.30"}
        supply = posted("franchise.supply", {"header": header, "lines": [line]})
        assert words(supply) == "在途"
        with pytest.raises(Refusal):  # nothing of it is at the store
            posted("franchise.return", prefill("franchise.return", supply), follows=supply)
        assert waiting("franchise.supply") == [supply]
    first = received(stage, supply, received="20", damaged="0", missing="0")
    with stage.as_("zhou", "hq"):
        assert (words(supply), words(first)) == ("部分收货", "")
        assert waiting("franchise.receipt") == []
    with pytest.raises(Refusal) as no:
        received(stage, supply, received="18", damaged="3")
    assert [p["code"] for p in no.value.problems] == ["over_received"]
    second = received(stage, supply, received="13", damaged="3", missing="4")
    assert books(stage, "west", BUYER) == {  # 33 of 40 are on the shelf
        "inventory": Decimal("372.90"), "goods_in_transit": Decimal("79.10"),
        "payable": Decimal("-452.00"),
    }  # fmt: skip

    with stage.as_("zhou", "hq"):
        assert (words(supply), words(second)) == ("待收款", "待收回")
        assert (waiting("franchise.supply"), waiting("franchise.receipt")) == ([], [second])
        ordinary = prefill("franchise.return", supply)
        assert [row["quantity"] for row in ordinary["lines"]] == [33]
        back = prefill("franchise.return", second)
        told = [(row["quantity"], row["condition"]) for row in back["lines"]]
        assert told == [(3, "damaged"), (4, "missing")]
        returned = posted("franchise.return", back, follows=second)
        assert (words(second), waiting("franchise.receipt")) == ("已收回", [])
        draft = run("franchise.return.save", payload=back | {"follows": second}).subject
        with pytest.raises(Refusal) as no:
            run("franchise.return.post", draft)
        assert "over_refused" in [p["code"] for p in no.value.problems]
    assert books(stage, "west", BUYER) == {
        "inventory": Decimal("372.90"), "payable": Decimal("-372.90"),
    }  # fmt: skip
    # Cost 8.50: of 40, three stand damaged at the warehouse, four were lost on the way.
    assert books(stage, "warehouse", ("cost_of_sales", "transit_loss", "receivable")) == {
        "cost_of_sales": Decimal("280.50"), "transit_loss": Decimal("34.00"),
        "receivable": Decimal("372.90"),
    }  # fmt: skip
    with stage.as_("zhou", "west"), pytest.raises(Refusal):  # it was taken back
        run("franchise.receipt.reverse", second, {"reason": "counted again"})
    with stage.as_("zhou", "hq"):
        run("franchise.return.reverse", returned, {"reason": "counted again"})
        assert waiting("franchise.receipt") == [second]
    with stage.as_("zhou", "west"):
        run("franchise.receipt.reverse", second, {"reason": "counted again"})
        assert words(supply) == "部分收货"
    assert [found for found in verify() if found.violations] == []


def test_a_general_taxpayer_deducts_and_prices_come_from_lists(stage: Stage) -> None:
    TaxpayerKind.objects.filter(entity=stage.units["west"].entity).update(kind="general")
    with stage.as_("zhou", "hq"):
        header = {"from_place": "W01", "to_place": "S03"}
        lines = [{"item": stage.items["cola"], "quantity": "100"}]
        posted("franchise.supply", {"header": header, "lines": lines})
    assert books(stage, "west", BUYER) == {  # 12.90 each
        "goods_in_transit": Decimal("1141.59"), "input_tax": Decimal("148.41"),
        "payable": Decimal("-1290.00"),
    }  # fmt: skip
    with stage.as_("zhou", "hq"):
        for to, code in (("S01", "same_entity"), ("S03", "entity_without_party")):
            if code == "entity_without_party":
                stage.parties["theirs"].entity = None
                stage.parties["theirs"].save()
            priced = [lines[0] | {"price": "12.90"}]
            odd = {"header": {"from_place": "W01", "to_place": to}, "lines": priced}
            draft = run("franchise.supply.save", payload=odd).subject
            with pytest.raises(Refusal) as no:
                run("franchise.supply.post", draft)
            assert code in [p["code"] for p in no.value.problems]


def test_a_franchise_store_asks_and_is_supplied(stage: Stage) -> None:
    role = Role.objects.create(code="partner", name="加盟店主")
    for code in ("stock.*", "franchise.supply.view", "items.item.view", "see.cost"):
        RoleAction.objects.create(role=role, code=code)
    Grant.objects.create(person=stage.people["lin"], role=role, unit=stage.units["west"])
    clerk = Role.objects.get(code="warehouse")
    RoleAction.objects.create(role=clerk, code="franchise.*")

    with stage.as_("lin", "west"):
        header = {"place": "S03", "from_place": "W01"}
        lines = [{"item": stage.items["milk"], "quantity": "6"}]
        asked = posted("stock.requisition", {"header": header, "lines": lines})
    with stage.as_("wang", "warehouse"):
        assert waiting() == [asked]
        assert first_button("stock.requisition", asked) == "franchise.supply"  # not an order
        supply = posted("franchise.supply", prefill("franchise.supply", asked), follows=asked)
        assert waiting() == []
    with stage.as_("lin", "west"):
        assert Document.objects.get(pk=supply).number == "PH-W01-26-00001"

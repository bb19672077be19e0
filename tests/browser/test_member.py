"""Members at the till in a real browser: joined, topped up, paid by, all from the keyboard."""

from datetime import date
from decimal import Decimal

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import (
    COLA,
    MILK,
    PICTURES,
    Open,
    browser,
    kept,
    opened,
    served,
    shop,
)
from tests.browser.walk import Look, axe, sideways
from tests.faces.live.pages import Web
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.membership.models import (
    EarnRule,
    Member,
    Programme,
    TopUpRule,
    WalletRule,
)
from tongpan.business.punchcards.models import CardKind
from tongpan.business.punchcards.queries import look
from tongpan.business.stored_value.models import CardSale
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Item

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser
BEGAN = date(2026, 1, 1)


@pytest.fixture
def club(shop: Web) -> Web:
    """The shop with a programme, an offer, and a cashier who may serve members."""
    with system(reason="the cast of the tests"):
        programme = Programme.objects.create(code="P", name="积分")
        EarnRule.objects.create(
            code="BASE", name="每元一分", programme=programme, points=1, valid_from=BEGAN
        )
        WalletRule.objects.create(
            code="LAW", valid_from=BEGAN, unregistered_max=1000, registered_max=5000,
            named_from=10000,
        )  # fmt: skip
        TopUpRule.objects.create(code="T100", amount_min=100, bonus=10, valid_from=BEGAN)
        PaymentMethod.objects.filter(code="WALLET").update(kind="stored_value")
        role = shop.chain.people["lin"].grants.get().role
        for code in ("member.find", "member.join"):
            RoleAction.objects.create(role=role, code=f"membership.{code}")
        for code in ("top_up.*", "card_sale.*"):
            RoleAction.objects.create(role=role, code=f"stored_value.{code}")
    return shop


def test_a_customer_joins_tops_up_and_pays_with_stored_value(club: Web, opened: Open) -> None:
    till = opened()
    page = till.page
    till.scan(MILK)
    till.rows(1)

    till.press("F4")
    expect(page.locator("#member-q")).to_be_focused()
    page.keyboard.type("13812345678")
    till.press("Enter")
    expect(page.locator("#member-name")).to_be_focused()
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / "member-join.png")
    page.keyboard.type("王小明")
    expect(page.locator("#member-consent")).to_be_visible()
    page.locator("#member-consent").focus()
    till.press("Space", "Enter")
    till.see("王** 138****5678", "#member")

    till.press("F4")
    expect(page.locator("#member-amount")).to_be_focused()
    page.keyboard.type("100")
    till.press("Enter")
    till.see("CZ-", "#member-said")
    till.see("¥10.00", "#member-facts")
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / "member-topped-up.png")
    till.press("Escape")

    till.press("Enter", "Alt+2", "Enter")
    till.see("LS-S01-1-", "#finished")
    till.see("97.10", "#member")  # 110.00 less 12.90
    page.screenshot(path=PICTURES / "member-paid.png")
    sale = kept(club, Sale)[0]
    assert (sale.gross, sale.invoiceable) == (Decimal("12.90"), 0)
    assert sale.document_id is not None


def test_stored_value_needs_a_member_and_no_more_than_there_is(club: Web, opened: Open) -> None:
    till = opened()
    till.scan(COLA)
    till.rows(1)
    till.press("Enter", "Alt+2", "Enter")
    till.see("F4", "#tender-said")


def test_the_member_box_fits_a_phone(club: Web, opened: Open) -> None:
    till = opened(look=Look(390))
    till.page.locator("#member button").click()
    expect(till.page.locator("#member-q")).to_be_focused()
    assert [*axe(till.page), *sideways(till.page)] == []
    till.page.screenshot(path=PICTURES / "member-390.png")


def test_a_coupon_is_scanned_takes_something_off_and_is_used_once(club: Web, opened: Open) -> None:
    chain = club.chain
    with schema_context(club.database.schema), acting(chain.people["zhou"], chain.units["hq"]):
        kind = CouponKind.objects.create(code="K5", name="五元券", amount=Decimal(5), days=3000)
        draft = run("coupons.issue.save", payload={"lines": [{"kind": kind, "pieces": "1"}]})
        run("coupons.issue.post", draft.subject)
        code = Coupon.objects.get().code
    till = opened()
    page = till.page

    till.scan(code)
    till.see("先扫商品", "#trouble")
    till.scan(MILK)
    till.rows(1)
    till.scan(code)
    till.see("五元券", "#rows")
    page.locator("#coupons .away").click()
    expect(page.locator("#due")).to_have_text("¥12.90")
    till.scan(code)
    expect(page.locator("#due")).to_have_text("¥7.90")
    assert axe(page) == []
    assert sideways(page) == []
    till.press("Enter", "Enter")
    till.see("000001", "#finished")
    till.scan(MILK)
    till.rows(1)
    till.scan(code)
    till.see("已经用掉或失效", "#trouble")
    expect(page.locator("#due")).to_have_text("¥12.90")

    assert [sale.gross for sale in kept(club, Sale)] == [Decimal("7.90")]


def test_a_punch_card_is_sold_and_pays_for_a_line(club: Web, opened: Open) -> None:
    with schema_context(club.database.schema), system(reason="the cast of the tests"):
        milk = Item.objects.get(barcodes__code=MILK)
        CardKind.objects.create(
            code="MILK10", name="牛奶 10 次", item=milk, uses=10, price=Decimal("99.90")
        )
    till = opened()
    page = till.page
    till.scan(COLA)
    till.scan(MILK)
    till.rows(2)
    till.press("F4")
    page.keyboard.type("13812345678")
    till.press("Enter")
    expect(page.locator("#member-consent")).to_be_visible()
    page.locator("#member-consent").focus()
    till.press("Space", "Enter")
    till.see("138****5678", "#member")

    till.press("F4")
    page.keyboard.type("13900005678")  # the next customer's phone: no amount to top up with
    till.press("Enter")
    expect(page.locator("#member-name")).to_be_focused()
    page.locator("#member-q").fill("13812345678")
    till.press("Enter")
    till.see("138****5678", "#member")
    till.press("F4")
    page.locator("#member-card-kinds button").focus()
    till.press("Enter")
    till.see("再按一次售出", "#member-card-kinds")  # money is taken for what was meant alone
    assert not kept(club, CardSale)
    till.press("Enter")
    till.see("CK-S01-1-", "#member-said")
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / "member-card-sold.png")
    page.locator("#member-coupons button").click()
    till.see("牛奶 10 次", "#rows")
    till.see("3.50", "#due")
    till.scan(COLA)  # the keys are the till's again
    till.see("7.00", "#due")
    page.screenshot(path=PICTURES / "member-card-pays.png")

    till.press("F6", "Enter")  # parked, and taken up again, it still pays
    till.rows(0)
    till.press("F6")
    page.locator("[data-recall]").click()
    till.see("牛奶 10 次", "#rows")
    till.see("7.00", "#due")
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    (sale,) = kept(club, Sale)
    with schema_context(club.database.schema):
        (held,) = look(sale.document.party).values()
    assert (sale.gross, held.left) == (Decimal("16.99"), 9)


def test_a_coupon_goes_to_another_member_in_the_members_box(club: Web, opened: Open) -> None:
    chain = club.chain
    with schema_context(club.database.schema), acting(chain.people["zhou"], chain.units["hq"]):
        kind = CouponKind.objects.create(
            code="K5", name="五元券", amount=Decimal(5), days=3000, is_transferable=True
        )
        north = chain.units["north"]
        ming, hong = (
            Member.objects.create(code=f"80000000{n}", joined_at=north, joined_on=BEGAN)
            for n in (1, 2)
        )
        lines = [{"kind": kind, "pieces": "1", "member": ming.pk}]
        run("coupons.issue.post", run("coupons.issue.save", payload={"lines": lines}).subject)
    till = opened("zhou")
    till.press("F4")
    till.page.keyboard.type("800000001")
    till.press("Enter")
    till.see("1 张券", "#member")
    till.press("F4")
    till.page.get_by_role("button", name="转让 五元券").click()
    expect(till.page.locator("#member-to")).to_be_focused()
    till.page.keyboard.type("800000002")
    assert axe(till.page) == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    till.page.screenshot(path=PICTURES / "pass-on.png")
    till.page.set_viewport_size({"width": 390, "height": 844})
    assert sideways(till.page) == []
    till.page.screenshot(path=PICTURES / "pass-on-390.png")
    till.press("Enter")

    till.see("五元券 现在属于 800000002", "#member-said")
    with schema_context(club.database.schema):
        assert list(Coupon.objects.values_list("member", flat=True)) == [hong.pk]

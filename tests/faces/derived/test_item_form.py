"""The form of an item: its barcodes, units and prices are written where the item is."""

from collections.abc import Callable
from typing import Any

from tests.chain import Chain
from tests.faces.derived.conftest import Browser
from tongpan.kernel.org.models import Grant
from tongpan.masters.items.models import Barcode, Item, ItemUnit
from tongpan.masters.taxes.models import TaxCategory

Browse = Callable[[str, str], Browser]
BOTTLE = "6900350006025"


def version_in(html: str) -> str:
    return html.split('name="version" value="')[1].split('"')[0]


def edit(browser: Browser, item: Item, **fields: Any) -> Any:
    """Open the form of an item, change some fields, and save it."""
    url = f"/m/items.item/{item.pk}/edit"
    html = browser.get(url).content.decode()
    own = {"code": item.code, "name": item.name, "base_unit": str(item.base_unit_id)}
    return browser.post(url, version=version_in(html), **own, **fields)


def test_barcodes_and_units_are_written_on_the_item_s_own_form(
    chain: Chain, browse: Browse
) -> None:
    cola, case = chain.items["cola"], str(chain.measures["case"].pk)
    known = ItemUnit.objects.get(item=cola)

    answer = edit(browse("zhou", "hq"), cola, **{
        "parts": ["units", "barcodes"],
        "units.0.id": str(known.pk), "units.0.unit": case, "units.0.factor": "12",
        "barcodes.0.code": BOTTLE, "barcodes.0.is_main": "0", "barcodes.0.kind": "",
        "barcodes.4.code": "COLA-1", "barcodes.4.unit": case, "barcodes.4.is_main": "1",
        "barcodes.5.code": "", "barcodes.5.is_main": "0",
    })  # fmt: skip

    assert answer.status_code == 302
    known.refresh_from_db()
    assert known.factor == 12
    rows = Barcode.objects.filter(item=cola).order_by("-is_main")
    assert [(row.code, row.unit.name) for row in rows] == [("COLA-1", "箱"), (BOTTLE, "瓶")]
    page = browse("zhou", "hq").get(f"/m/items.item/{cola.pk}/").content.decode()
    assert "商品单位 箱: 换算率 24 → 12" in page
    assert "新增条码: COLA-1, 箱" in page


def test_a_grid_that_was_not_on_the_page_changes_nothing(chain: Chain, browse: Browse) -> None:
    edit(browse("zhou", "hq"), chain.items["cola"], specification="PET")

    assert ItemUnit.objects.get(item=chain.items["cola"]).state == "active"


def test_lines_that_are_all_taken_away_are_put_away(chain: Chain, browse: Browse) -> None:
    edit(browse("zhou", "hq"), chain.items["cola"], parts=["units", "barcodes"])

    assert ItemUnit.objects.get(item=chain.items["cola"]).state == "archived"


def test_a_wrong_line_is_named_and_everything_typed_stays(chain: Chain, browse: Browse) -> None:
    answer = edit(browse("zhou", "hq"), chain.items["cola"], **{
        "parts": ["units", "barcodes"], "specification": "PET",
        "units.0.unit": str(chain.measures["case"].pk), "units.0.factor": "dozen",
        "barcodes.0.code": BOTTLE, "barcodes.3.code": "6900350006024", "barcodes.3.kind": "gtin",
    })  # fmt: skip

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="units.0.factor-wrong"' in html
    assert 'value="PET"' in html
    assert 'value="dozen"' in html
    assert f'name="barcodes.0.code" value="{BOTTLE}"' in html
    assert 'value="箱"' in html  # the name of the unit that was chosen
    assert "其他单位 第 1 行" in html
    assert Item.objects.get(code="10003").specification == ""

    mended = edit(browse("zhou", "hq"), chain.items["cola"], **{
        "parts": ["barcodes"], "barcodes.0.code": BOTTLE, "barcodes.1.code": "6900350006024",
        "barcodes.1.kind": "gtin",
    })  # fmt: skip
    assert 'id="barcodes.1.code-wrong"' in mended.content.decode()
    assert "全部条码 第 2 行" in mended.content.decode()


def test_who_may_not_write_a_part_has_no_grid_for_it(chain: Chain, browse: Browse) -> None:
    cola, wang = chain.items["cola"].pk, chain.people["wang"]
    Grant.objects.create(person=wang, role=wang.grants.get().role, unit=chain.units["hq"])

    html = browse("wang", "hq").get(f"/m/items.item/{cola}/edit").content.decode()

    assert 'data-grid="barcodes"' in html
    assert 'data-grid="prices"' not in html


def test_a_number_that_is_nearly_one_of_goods_is_asked_about(chain: Chain, browse: Browse) -> None:
    zhou, cola, slip = browse("zhou", "hq"), chain.items["cola"], "6900350006024"
    fields = {"parts": ["barcodes"], "barcodes.0.code": slip, "barcodes.0.kind": ""}

    asked = edit(zhou, cola, **fields)

    page = asked.content.decode()
    assert "末位不是商品条码应有的校验位。这是自编码吗？" in page
    assert f"{slip} 的最后一位应为 5" in page
    assert "编码：全部条码" not in page  # it is not about the item's own code
    assert 'name="answers" value="own_barcode"' in page
    assert f'value="{slip}"' in page  # what was written is still there
    assert not Barcode.objects.filter(code=slip).exists()

    edit(zhou, cola, **fields, answers="own_barcode")
    again = edit(zhou, cola, parts=["barcodes"], **{
        "barcodes.0.id": str(Barcode.objects.get(code=slip).pk), "barcodes.0.code": slip,
        "barcodes.0.kind": "", "barcodes.0.is_main": "1",
    })  # fmt: skip

    kept = Barcode.objects.get(code=slip)
    assert again.status_code == 302  # it was answered before, and the number is the same
    assert (kept.kind, kept.is_main) == ("own", True)


def test_a_new_item_is_taxed_as_most_are_and_is_found_in_the_palette(
    chain: Chain, browse: Browse
) -> None:
    zhou = browse("zhou", "hq")
    usual = TaxCategory.objects.create(code="VAT", name="一般货物")
    Item.objects.update(tax_category=usual)

    form = zhou.get("/m/items.item/new").content.decode()
    found = zhou.get("/search", q="xjsp").json()["results"]

    assert f'name="tax_category" value="{usual.pk}"' in form
    assert "/m/items.item/new" in [one["url"] for one in found]


def test_who_says_that_a_number_is_their_own_is_not_asked(chain: Chain, browse: Browse) -> None:
    fields = {"parts": ["barcodes"], "barcodes.0.code": "6900350006024", "barcodes.0.kind": "own"}

    answer = edit(browse("zhou", "hq"), chain.items["cola"], **fields)

    assert answer.status_code == 302

"""Slips as bytes: what a receipt printer gets is what the slip's page says, in both languages."""

import base64
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import zxingcpp
from django.utils.html import strip_tags
from PIL import Image

from tests.engines.prints.test_escpos import blocks, words_of
from tests.faces.pos.conftest import Machine
from tests.faces.pos.test_asking import line, sell
from tongpan.engines.prints.drawing import drawn
from tongpan.engines.prints.models import PrintTemplate
from tongpan.engines.prints.strips import Kick, Picture, interpreted
from tongpan.faces.pos.receipts import in_language, logo_bitmap, receipt_of, slip, written
from tongpan.kernel.org.scope import system

AtTill = Callable[..., Machine]
MILK, COLA = "6901234500017", "6901234510016"


def a_sale(machine: Machine) -> UUID:
    milk, cola = (machine.ask("scan", q=code)["line"] for code in (MILK, COLA))
    sold = sell(machine, [line(milk), line(cola, "2")], "19.90", tendered="20.00")
    return UUID(sold["slip"]["id"])


def grid(sale: UUID, width: int, language: str, **more: Any) -> list[str]:
    with system(reason="tests"), in_language(language):
        return interpreted(receipt_of(slip(sale), width, **more), width).grid


def test_a_receipt_of_80_mm_says_what_was_sold_in_chinese(at_the_till: AtTill) -> None:
    found = grid(a_sale(at_the_till("lin")), 80, "zh")

    assert "[qr " in found[-5]
    goods = found[found.index("-" * 48) + 1 :]
    assert goods[0].split() == ["鲜牛奶", "950", "mL", "1", "×", "12.90", "12.90"]
    assert goods[1].split() == ["可口可乐", "500", "mL", "2", "×", "3.50", "7.00"]
    assert goods[2] == "-" * 48
    assert goods[3].split()[-1] == "19.90"
    assert goods[5].split() == ["应收", "￥19.90"]
    assert goods[6].split() == ["现金", "20.00"]
    assert goods[7].split() == ["找零", "0.10"]
    assert found[-1] == "[cut]"
    assert not any("COPY" in text or "重印" in text for text in found)


def test_a_receipt_of_58_mm_puts_the_quantity_on_a_second_line_in_english(
    at_the_till: AtTill,
) -> None:
    found = grid(a_sale(at_the_till("lin")), 58, "en", copy=2)

    goods = found[found.index("-" * 32) + 1 :]
    assert goods[0].split() == ["鲜牛奶", "950", "mL", "12.90"]
    assert goods[1] == "  1 × 12.90"
    assert [n.split() for n in found if n.startswith(("Due", "Change"))] == [
        ["Due", "￥19.90"],
        ["Change", "0.10"],
    ]
    assert sum(text.strip() == "COPY 2" for text in found) == 2


def test_the_paper_says_nothing_that_the_page_does_not(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    sale = a_sale(machine)
    page = strip_tags(machine.tell(f"slip/{sale}/print?look")["html"])

    told = [t for text in grid(sale, 80, "zh") if not text.startswith("[") for t in text.split()]

    shown = words_of(page.replace("\n", " ").replace("\u2002", " "))
    assert [one for one in told if one.strip("-") and one not in shown] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_of_a_receipt_can_be_scanned(at_the_till: AtTill, language: str) -> None:
    sale = a_sale(at_the_till("lin"))
    with system(reason="tests"), in_language(language):
        document = slip(sale)
        strip = interpreted(receipt_of(document, 80), 80)

    found = {code.text for code in zxingcpp.read_barcodes(drawn(strip, blocks))}

    assert document.number in found
    assert any(len(text) == 32 for text in found)  # the invoice code


def test_the_texts_and_the_logo_of_the_print_template_are_on_the_paper(
    chain: Any, at_the_till: AtTill
) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 30), (0, 0, 0, 255)).save(out, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    PrintTemplate.objects.create(
        name="小票", kind="till.sale", unit=chain.units["north"], paper="58",
        title="{{ unit.name }}",        head="电话 0755-1234", foot="谢谢惠顾 {{ document.gross }}",
    )  # fmt: skip

    found = grid(a_sale(at_the_till("lin")), 58, "zh")

    assert any("电话 0755-1234" in text for text in found)
    assert any("谢谢惠顾 ￥19.90" in text for text in found)
    bitmap = logo_bitmap(url, 384)
    assert (bitmap.width, bitmap.height) == (64, 30)
    assert bitmap.bits[1:7] == b"\xff" * 6


def test_what_was_taken_off_stands_indented_below_its_line() -> None:
    told = dict.fromkeys(
        ("company", "store", "title", "above", "below", "logo", "till", "clerk", "number",
         "follows", "reason", "change", "invoice_code", "pieces", "tax"), "",
    )  # fmt: skip
    one = {
        "name": "乌龙茶",
        "sum": "3 × 5.50",
        "gross": "16.50",
        "discounts": [("第二件半价", "−2.75")],
    }
    told |= {  # type: ignore[assignment]
        "lines": [one], "at": None, "is_return": False, "is_reversed": False, "copy": 1,
        "gross": "¥13.75", "payments": [], "number": "LS-1",
    }  # fmt: skip
    with in_language("zh"):
        found = interpreted(written(told, 58, opens=True), 58)

    at = found.grid.index("  3 × 5.50")
    assert found.grid[at + 1] == "  第二件半价               -2.75"
    assert isinstance(found.parts[0], Kick)
    assert not any(isinstance(part, Picture) for part in found.parts)

"""What a cell of a table says, and that nothing in it can break out of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from tongpan.base import env
from tongpan.faces.kit import cells
from tongpan.faces.kit.pages import Cell, Column, Kind, Quantity, Row, State, Tag

D = Decimal
NASTY = "<script>alert(1)</script>\"'"


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE, Kind.LINK])
def test_text_is_escaped_wherever_it_stands(kind):
    cell = Cell(NASTY, url=f"/x?{NASTY}", after=NASTY, tone="act", is_struck=True)

    row, columns = Row(NASTY, {"n": cell}, f"/y?{NASTY}"), [Column("n", NASTY, kind, unit=NASTY)]

    for written in (cells.list_rows([row], columns, NASTY), cells.table_rows([row], columns, 1)):
        assert "<script" not in written
        assert "&lt;script&gt;" in written
        assert written.count("'") == 0


def test_units_states_and_tags_are_escaped_too():
    for value, kind in [
        (Quantity(D(1), NASTY, packed=NASTY), Kind.QUANTITY),
        (State("posted", NASTY), Kind.STATE),
        (Tag(NASTY, "wait"), Kind.TAG),
    ]:
        assert "<script" not in cells.written(Cell(value), kind)


def test_a_column_without_a_cell_leaves_no_gap_in_the_row():
    columns = (Column("a", "A"), Column("b", "B", Kind.MONEY))

    row = Row("1", {"a": Cell("x")})

    assert cells.list_rows([row, row], columns).count("<td") == 4
    assert cells.list_rows([row], columns, "Tick").count("<td") == 3
    assert cells.table_rows([row, row], columns, 40).count('<td class="row-number num">41<') == 1


def test_goods_counted_in_cases_show_both_amounts():
    written = cells.written(Cell(Quantity(D(240), "盒", packed="20 箱")), Kind.QUANTITY)

    assert written == '20 箱 <span class="after">= 240 盒</span>'


def test_a_pie_is_drawn_at_the_real_share():
    quarter, most = (cells.state(State("partly", "x", D(s))) for s in ("0.25", "0.75"))

    assert "0 0 1 13.90 8.00z" in quarter
    assert "0 1 1 2.10 8.00z" in most


def test_paper_has_full_dates_and_no_links():
    on = date(env.now().year, 3, 2)

    with translation.override("zh-hans"):
        assert cells.on_paper(Cell(on), Kind.DATE).startswith(on.isoformat())
    assert "<a" not in cells.on_paper(Cell("x", url="/x"), Kind.CODE)

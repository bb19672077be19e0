"""Draws bars, without a library and without style attributes, which the page's policy forbids.

Each bar is a small drawing that stretches with its column, so the labels stay text of the page:
sharp, and as large at 390 px as elsewhere.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tongpan.faces.kit import formats
from tongpan.faces.kit.pages import Bar, Chart

STEPS = (Decimal("1"), Decimal("2"), Decimal("2.5"), Decimal("5"), Decimal("10"))
MARKS = 4


def chart_of(bars: Iterable[Bar], *, now: str = "", then: str = "") -> Chart:
    """A chart whose marks are round figures just above the highest bar."""
    shown = tuple(bars)
    highest = max((max(b.now or Decimal(0), b.then or Decimal(0)) for b in shown), default=None)
    if not highest or highest <= 0:
        return Chart(shown, now=now, then=then)
    step = _round_step(highest / MARKS)
    count = int((highest / step).to_integral_value(ROUND_CEILING))
    marks = tuple(formats.number(step * n, _places(step)) for n in range(count, -1, -1))
    return Chart(shown, marks, step * count, now, then)


def _round_step(least: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 and their tenfolds that is no smaller."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(step * power for step in STEPS if step * power >= least)


def _places(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "A step is finite."
    return max(0, -exponent)


def bars(chart: Chart) -> SafeString:
    """The chart as a figure: marks at the left, a column for each bar, its label under it."""
    marks = format_html_join("", "<li>{}</li>", ((mark,) for mark in chart.marks))
    columns = format_html_join("", "{}", ((_column(bar, chart),) for bar in chart.bars))
    return format_html(
        '<div class="chart"><ol class="marks" aria-hidden="true">{}</ol><div class="plot">{}'
        '<ol class="bars">{}</ol></div></div>',
        marks,
        _lines(len(chart.marks)),
        columns,
    )


def _lines(count: int) -> SafeString:
    """A hairline at each mark."""
    if count < 2:
        return SafeString("")
    lines = format_html_join(
        "", '<path d="M0 {}H100"/>', ((f"{n * 100 / (count - 1):.2f}",) for n in range(count))
    )
    return format_html(
        '<svg class="lines" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>",
        lines,
    )


def _column(bar: Bar, chart: Chart) -> SafeString:
    is_pair = chart.then != ""
    then = _rect("then", Decimal(18), Decimal(28), bar.then, chart.most) if is_pair else ""
    x, width = (Decimal(54), Decimal(28)) if is_pair else (Decimal(24), Decimal(52))
    drawn = format_html(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        '{}{}</svg><span class="label" aria-hidden="true">{}</span><span class="said">{}</span>',
        then,
        _rect("now", x, width, bar.now, chart.most),
        bar.label,
        bar.said,
    )
    if bar.url:
        drawn = format_html('<a href="{}">{}</a>', bar.url, drawn)
    return format_html('<li title="{}">{}</li>', bar.said, drawn)


def _rect(
    name: str, x: Decimal, width: Decimal, amount: Decimal | None, most: Decimal
) -> SafeString:
    if not amount or amount <= 0 or most <= 0:
        return SafeString("")
    height = max(Decimal("0.6"), amount / most * 100)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        name, x, f"{100 - height:.2f}", width, f"{height:.2f}",
    )  # fmt: skip

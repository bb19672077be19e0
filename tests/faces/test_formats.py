"""Numbers, dates and times as the screens write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from tongpan.base import env
from tongpan.faces.kit import formats

D = Decimal
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 20, tzinfo=UTC)  # 18:20 in Shanghai


@pytest.fixture(autouse=True)
def shanghai():
    with env.frozen(NOW), timezone.override(ZoneInfo("Asia/Shanghai")):
        yield


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("48326.5", "CNY", "¥48,326.50"),
        ("0", "CNY", "¥0.00"),
        ("-1296", "", "\u22121,296.00"),
        ("-1296", "CNY", "\u2212¥1,296.00"),
        ("1200", "USD", "USD 1,200.00"),
        ("-0.004", "CNY", "¥0.00"),
        (None, "CNY", "—"),
    ],
)
def test_money_has_two_decimals_its_sign_and_a_real_minus(amount, currency, written):
    assert formats.money(D(amount) if amount is not None else None, currency) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [("8.5", "8.50"), ("23.0145", "23.0145"), ("26", "26.00"), ("0.833333", "0.833333")],
)
def test_a_price_shows_all_of_its_decimals_and_two_at_least(amount, written):
    assert formats.price(D(amount)) == written


@pytest.mark.parametrize(
    ("amount", "places", "written"),
    [("240", 0, "240 盒"), ("0.368", 3, "0.368 盒"), ("1", 3, "1.000 盒"), ("0.5", 0, "0.5 盒")],
)
def test_a_quantity_stands_beside_its_unit_and_hides_no_part_of_it(amount, places, written):
    assert formats.quantity(D(amount), "盒", places) == written


def test_a_change_says_its_direction_and_never_its_sign():
    assert [formats.change(D(n)) for n in ("0.062", "-0.016", "0")] == ["▲ 6.2%", "▼ 1.6%", "0.0%"]


@pytest.mark.parametrize(
    ("language", "on", "written"),
    [
        ("zh-hans", TODAY, "11-21 周六"),
        ("zh-hans", date(2025, 11, 21), "2025-11-21"),
        ("en", TODAY, "Sat 21 Nov"),
        ("en", date(2025, 11, 21), "21 Nov 2025"),
    ],
)
def test_a_day_of_this_year_needs_no_year(language, on, written):
    with translation.override(language):
        assert formats.day(on) == written


@pytest.mark.parametrize(
    ("ago", "written"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(hours=2), "16:20"),
        (timedelta(hours=20), "yesterday 22:20"),
        (timedelta(days=9), "Thu 12 Nov 18:20"),
    ],
)
def test_a_moment_is_as_near_as_a_reader_needs_it(ago, written):
    with translation.override("en"):
        assert formats.moment(NOW - ago) == written


def test_paper_shows_the_whole_date_and_time():
    with translation.override("zh-hans"):
        assert formats.full_day(TODAY) == "2026-11-21 周六"
        assert formats.full_moment(NOW) == "2026-11-21 18:20"

"""How numbers, dates and times are written for a reader; the same words on every face.

Templates call these through the `kit` tag library, and exports and prints call them directly.
The language is the active one, the zone is the active one, and today is the business day or the
day in that zone. A minus is U+2212, a missing value is an em dash.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from tongpan.base import env
from tongpan.base.numbers import round_to

MINUS = "\u2212"
NONE = "\u2014"
SIGNS = {"CNY": "¥"}
FINEST = Decimal("0.000001")  # what is kept of a price; an average is written as fine

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(amount: Decimal | int | None, places: int = 0) -> str:
    """Grouped digits with exactly `places` decimals: 1,284,930.60."""
    if amount is None:
        return NONE
    rounded = round_to(Decimal(amount), Decimal(1).scaleb(-places))
    text = f"{abs(rounded):,.{places}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def money(amount: Decimal | None, currency: str = "") -> str:
    """Always two decimals; with a currency its sign or code in front: ¥48,326.50, USD 1,200.00."""
    if amount is None:
        return NONE
    text = number(amount, 2)
    if not currency:
        return text
    minus, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{digits}" if sign else f"{minus}{currency} {digits}"


def price(amount: Decimal | None, currency: str = "") -> str:
    """Two to six decimals, as many as the price has: 8.50, 23.0145, 0.833333."""
    if amount is None:
        return NONE
    exponent = round_to(amount, FINEST).normalize().as_tuple().exponent
    assert isinstance(exponent, int), "A price is a finite number."
    text = number(amount, max(2, -exponent))
    sign = SIGNS.get(currency, f"{currency} " if currency else "")
    return f"{MINUS}{sign}{text[1:]}" if sign and text.startswith(MINUS) else f"{sign}{text}"


def quantity(amount: Decimal | None, unit: str = "", places: int = 0) -> str:
    """The unit beside the number: 240 盒, 0.368 kg. An amount finer than `places` shows it."""
    if amount is None:
        return NONE
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "A quantity is a finite number."
    text = number(amount, max(places, min(6, -exponent)))
    return f"{text} {unit}" if unit else text


def percent(share: Decimal | None, places: int = 1) -> str:
    """A share of one as a percentage: 0.302 is 30.2%."""
    return NONE if share is None else f"{number(share * 100, places)}%"


def change(share: Decimal | None) -> str:
    """A rise or fall in ink, by its direction: ▲ 6.2%, ▼ 1.6%, and 0.0% for neither."""
    if share is None:
        return NONE
    mark = "▲ " if share > 0 else "▼ " if share < 0 else ""
    return f"{mark}{percent(abs(share))}"


def day(on: date | None, *, today: date | None = None) -> str:
    """11-21 周六 or Sat 21 Nov this year; the year in front of (or behind) another year's day."""
    if on is None:
        return NONE
    here = today or _today()
    if _is_chinese():
        if on.year != here.year:
            return on.isoformat()
        return f"{on:%m-%d} 周{_WEEKDAYS_ZH[on.weekday()]}"
    text = f"{on.day} {_MONTHS_EN[on.month - 1]}"
    return f"{_WEEKDAYS_EN[on.weekday()]} {text}" if on.year == here.year else f"{text} {on.year}"


def full_day(on: date | None) -> str:
    """For paper and exports: 2026-11-21 周六, Sat 21 Nov 2026."""
    if on is None:
        return NONE
    if _is_chinese():
        return f"{on.isoformat()} 周{_WEEKDAYS_ZH[on.weekday()]}"
    return f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {_MONTHS_EN[on.month - 1]} {on.year}"


def clock(at: datetime | None) -> str:
    """The time of day in the reader's zone: 18:20."""
    return NONE if at is None else f"{timezone.localtime(at):%H:%M}"


def moment(at: datetime | None) -> str:
    """When something happened, as near as a reader needs it.

    刚刚 within a minute, 12 分钟前 within the hour, 18:20 today, 昨天 18:20, and the day with its
    time before that.
    """
    if at is None:
        return NONE
    local, here = timezone.localtime(at), timezone.localtime(env.now())
    ago = here - local
    if timedelta(0) <= ago < timedelta(minutes=1):
        return gettext("just now")
    if timedelta(0) <= ago < timedelta(hours=1):
        minutes = int(ago.total_seconds()) // 60
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if local.date() == here.date():
        return f"{local:%H:%M}"
    if local.date() == here.date() - timedelta(days=1):
        return gettext("yesterday %(time)s") % {"time": f"{local:%H:%M}"}
    return f"{day(local.date())} {local:%H:%M}"


def full_moment(at: datetime | None) -> str:
    """For paper and exports: 2026-11-21 18:22."""
    return NONE if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def file_size(size_bytes: int) -> str:
    """1.2 MB, 48 kB: in thousands, as files are sold."""
    if size_bytes >= 1_000_000:
        return f"{number(Decimal(size_bytes) / 1_000_000, 1)} MB"
    return f"{max(1, size_bytes // 1000)} kB"


def _today() -> date:
    return timezone.localtime(env.now()).date()


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")

"""When a price holds, from a clock time of a business day on, and what it comes to by weight."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tongpan.base.numbers import MONEY_STEP, round_to

DAY_BEGINS, DAY_ENDS = "00:00", "24:00"


def clock_at(at: datetime, zone: ZoneInfo, business_date: date) -> str:
    """What the wall clock shows at a moment of this business day, to compare with times of it.

    A shop that is open past midnight is still in the day before: all times of that day have come.
    Where clocks are put back the same time comes twice, and so may a price.

    Units:   hours and minutes, "09:05"; "24:00" past midnight.

    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> clock_at(datetime.fromisoformat("2026-11-21T06:00:00+00:00"), shanghai, date(2026, 11, 21))
    '14:00'
    >>> clock_at(datetime.fromisoformat("2026-11-21T17:30:00+00:00"), shanghai, date(2026, 11, 21))
    '24:00'
    """
    wall = at.astimezone(zone)
    if wall.date() != business_date:
        return DAY_ENDS if wall.date() > business_date else DAY_BEGINS
    return f"{wall:%H:%M}"


def clock_read(text: str) -> str:
    """A time of the day as people type it, in the form in which it is kept, if it is one.

    >>> [clock_read(typed) for typed in ("9:30", " 14：00 ", "noon", "")]
    ['09:30', '14:00', 'noon', '']
    """
    typed = text.strip().replace("：", ":")
    return f"0{typed}" if len(typed.partition(":")[0]) == 1 and ":" in typed else typed


def clock_on(day: date, now: datetime, zone: ZoneInfo, today: date) -> str:
    """The clock with which prices of a business day are looked up: of today now, of a day that is
    over its end, of one to come its beginning."""
    if day != today:
        return DAY_ENDS if day < today else DAY_BEGINS
    return clock_at(now, zone, today)


def minute_before(day: date, clock: str) -> tuple[date, str]:
    """The last minute before a time of a business day.

    >>> [minute_before(date(2026, 11, 21), clock)[1] for clock in ("14:00", "09:01", "24:00")]
    ['13:59', '09:00', '23:59']
    >>> minute_before(date(2026, 11, 21), "00:00")
    (datetime.date(2026, 11, 20), '24:00')
    """
    if clock == DAY_BEGINS:
        return day - timedelta(days=1), DAY_ENDS
    minutes = int(clock[:2]) * 60 + int(clock[3:]) - 1
    return day, f"{minutes // 60:02}:{minutes % 60:02}"


# What units of weight and volume are called in specifications, in kilograms and litres.
MEASURES = {
    "kg": ("kg", Decimal(1)), "千克": ("kg", Decimal(1)), "公斤": ("kg", Decimal(1)),
    "g": ("kg", Decimal("0.001")), "克": ("kg", Decimal("0.001")), "斤": ("kg", Decimal("0.5")),
    "l": ("L", Decimal(1)), "升": ("L", Decimal(1)), "ml": ("L", Decimal("0.001")),
    "毫升": ("L", Decimal("0.001")),
}  # fmt: skip
CONTENT = re.compile(
    r"(?<![\d.])(\d{1,5}(?:\.\d{1,3})?)\s*(kg|g|ml|l|千克|公斤|克|斤|毫升|升)(?![a-z])"
    r"(?:\s*[*x×]\s*(\d{1,3}))?",
    re.IGNORECASE,
)


def content_of(text: str) -> tuple[Decimal, str] | None:
    """How many kilograms or litres a specification says that a piece has; None if it says none.

    >>> content_of("500g*2"), content_of("1.5 L"), content_of("大号")
    ((Decimal('1.000'), 'kg'), (Decimal('1.5'), 'L'), None)
    """
    found = CONTENT.search(text)
    if found is None:
        return None
    unit, size = MEASURES[found[2].lower()]
    amount = Decimal(found[1]) * size * int(found[3] or 1)
    return (amount, unit) if amount else None


def price_each(price: Decimal, text: str) -> tuple[Decimal, str] | None:
    """What 500 g or a litre costs at this price for what the specification says.

    Units:   `price` is for one piece; the result is rounded to the cent.

    >>> price_each(Decimal("9.90"), "950 mL")
    (Decimal('10.42'), '1 L')
    """
    content = content_of(text)
    if content is None:
        return None
    amount, unit = content
    each, named = (Decimal("0.5"), "500 g") if unit == "kg" else (Decimal(1), "1 L")
    return round_to(price * each / amount, MONEY_STEP), named

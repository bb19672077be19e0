"""When a price holds: from a clock time of a business day on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

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

"""What holds for units, people and their rights, as pure calculation."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from tongpan.base.refusals import Refusal

# -- permissions -------------------------------------------------------------------------------

EVERYTHING = "*"
CODE = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?")


def covers(held: str, asked: str) -> bool:
    """Whether who holds the code `held` holds `asked`.

    >>> covers("stock.transfer.*", "stock.transfer.post"), covers("stock.count", "stock.counter")
    (True, False)
    """
    if held in (EVERYTHING, asked):
        return True
    return held.endswith(".*") and asked.startswith(held[:-1])


def module_of(code: str) -> str:
    """The area of the business that a permission belongs to, which a unit may do without.

    >>> module_of("stock.transfer.post")
    'stock'
    """
    return code.partition(".")[0]


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths that are not below another one of them, in order.

    >>> outermost(["/hq/east/", "/hq/east/s01/", "/hq/west/"])
    ['/hq/east/', '/hq/west/']
    """
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return kept


def paths_up_from(path: str) -> list[str]:
    """A unit's path and those of the units above it.

    >>> paths_up_from("/hq/s01/")
    ['/hq/', '/hq/s01/']
    """
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[:n])}/" for n in range(1, len(codes) + 1)]


def all_below(paths: Iterable[str], tops: Iterable[str]) -> bool:
    """Whether each of `paths` is one of `tops` or below one."""
    above = tuple(tops)
    return all(path.startswith(above) for path in paths)


def is_top(path: str) -> bool:
    """Whether this is the path of the one unit that all others are below."""
    return path.count("/") == 2


# -- the tree ----------------------------------------------------------------------------------

STANDS_UNDER = {
    "company": {"company"},
    "region": {"company", "region"},
    "store": {"company", "region"},
    "warehouse": {"company", "region", "store"},
    "till": {"store", "warehouse"},
}
UNIT_CODE = re.compile(r"[^/\s%\\]{1,20}")


def may_stand_under(kind: str, parent_kind: str | None) -> bool:
    """Whether a unit of this kind may have such a parent; only a company stands at the top."""
    if parent_kind is None:
        return kind == "company"
    return parent_kind in STANDS_UNDER[kind]


def check_unit(*, kind: str, parent_kind: str | None, code: str, time_zone: str) -> None:
    """Errors: Refusal("unit_not_valid") naming everything that is wrong with the unit."""
    problems = []
    if not may_stand_under(kind, parent_kind):
        problems.append({"path": "parent", "code": "unit_stands_wrong", "kind": kind})
    if not UNIT_CODE.fullmatch(code):
        problems.append({"path": "code", "code": "unit_code_not_valid", "given": code})
    if time_zone not in _time_zones():
        problems.append({"path": "time_zone", "code": "time_zone_unknown", "given": time_zone})
    if problems:
        raise Refusal("unit_not_valid", problems=problems)


@cache
def _time_zones() -> frozenset[str]:
    """The names that there are. Python looks through hundreds of files for them each time."""
    return frozenset(available_timezones())


# -- the business day --------------------------------------------------------------------------


def business_date_at(at: datetime, zone: ZoneInfo, day_cut: time) -> date:
    """The shop's day at the moment `at`: local wall time minus the day cut, its date.

    A day begins when the clock on the wall first shows the day cut. When the clocks are put back
    and the wall shows it a second time, the day has begun already and does not begin again, so
    the business date never goes back while time goes on.

    Errors: AssertionError if `at` has no time zone.

    >>> business_date_at(datetime.fromisoformat("2026-11-21T19:59:00+00:00"),
    ...                  ZoneInfo("Asia/Shanghai"), time(4))
    datetime.date(2026, 11, 21)
    """
    assert at.tzinfo is not None, "A moment without a time zone is no moment."
    wall = at.astimezone(zone).replace(tzinfo=None)
    cut = timedelta(hours=day_cut.hour, minutes=day_cut.minute, seconds=day_cut.second)
    day = (wall - cut).date()
    next_day = day + timedelta(days=1)
    next_begins = datetime.combine(next_day, day_cut, tzinfo=zone)  # fold 0: the first time
    # Compared as instants: two moments of one zone would be compared by their wall clocks.
    return next_day if next_begins.timestamp() <= at.timestamp() else day


# -- legal entities ----------------------------------------------------------------------------

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_FORM = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}\d{{6}}[{CREDIT_ALPHABET}]{{10}}")


def credit_check_digit(first_17: str) -> str:
    """The last character of a unified social credit code (统一社会信用代码).

    Errors: ValueError if a character is not in the code's alphabet.
    Source: GB 32100-2015, 5.2: 31 minus the weighted sum modulo 31, weights 3^(i-1) modulo 31.

    >>> credit_check_digit("91350100M000100Y4")
    '3'
    """
    total = sum(
        CREDIT_ALPHABET.index(character) * pow(3, place, 31)
        for place, character in enumerate(first_17)
    )
    return CREDIT_ALPHABET[-total % 31]


def checked_credit_code(given: str) -> str:
    """The code in its normal form (full-width letters, spaces and lower case are mended).

    Errors: Refusal("credit_code_not_valid") if its form or its check digit is wrong.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", given)).upper()
    if not CREDIT_FORM.fullmatch(code) or credit_check_digit(code[:17]) != code[17]:
        raise Refusal("credit_code_not_valid", path="credit_code", given=given)
    return code


# -- personal data -------------------------------------------------------------------------------


HIDDEN = "***"  # stands for what is left out
PHONE = re.compile(r"\+?[\d\s()./-]{3,}((转|ext\.?|x|#)\s*\d{1,6})?", re.ASCII | re.IGNORECASE)
LIKE_MOBILE = re.compile(r"1[3-9]\d{6,}")


def phone_of(given: str) -> str:
    """A telephone number as it is kept: a mobile one as its eleven digits, others as written.

    Errors: Refusal phone_format, also for what begins like a mobile number and is none.

    >>> [phone_of(n) for n in ("+86 138-0013-8000", "021-6666 8888 转 12", "+49 30 1234567", "")]
    ['13800138000', '021-6666 8888 转 12', '+49 30 1234567', '']
    """
    text = unicodedata.normalize("NFKC", given).strip()
    digits = re.sub(r"[\s().-]", "", text)
    if mobile := re.fullmatch(r"(?:\+?86)?(1\d{10})", digits):
        return mobile[1]
    if text and (not PHONE.fullmatch(text) or LIKE_MOBILE.fullmatch(digits)):
        raise Refusal("phone_format", path="phone", given=given)
    return text


def masked_phone(phone: str) -> str:
    """The first three and the last four digits of a mobile number; of others the last four.

    >>> masked_phone("13812345678"), masked_phone("0571-8888123"), masked_phone("110")
    ('138****5678', '****8123', '****')
    """
    is_mobile = len(phone) == 11 and phone.isdecimal()
    return f"{phone[:3] if is_mobile else ''}****{phone[-4:] if len(phone) > 6 else ''}"


def masked_email(email: str) -> str:
    """The first letter and the domain.

    >>> masked_email("lin@example.cn")
    'l***@example.cn'
    """
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def masked_address(address: str) -> str:
    """As far as the district (区、县), else the town; else nothing.

    >>> [masked_address(a) for a in ("杭州市西湖区文三路 123 号", "义乌市北苑街道", "x")]
    ['杭州市西湖区****', '义乌市****', '****']
    """
    found = re.match(r".{1,20}?[区县旗]", address) or re.match(r".{1,12}?[市州盟]", address)
    return f"{found[0] if found else ''}****"


# -- signing in --------------------------------------------------------------------------------

PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 256  # hashing a novel is a way to keep a server busy
PIN = re.compile(r"[0-9]{4,8}")  # and not \d, which is any digit of any script


def sign_in_name(given: str) -> str:
    """A sign-in name as it is kept and compared: one width, no outer spaces, lower case."""
    return unicodedata.normalize("NFKC", given).strip().casefold()


def check_password(
    password: str,
    *,
    username: str,
    common: frozenset[str],
    length_min: int = PASSWORD_LENGTH_MIN,
) -> None:
    """Refuse a password that is short, well known, or the sign-in name. Nothing else matters.

    Errors: Refusal("password_refused") naming each rule that is broken.
    Source: OWASP ASVS 5.0, 6.2.1-6.2.9: length and a list, no rules of composition.
    """
    plain = sign_in_name(password)
    problems = []
    if len(password) < length_min:
        problems.append({"code": "password_short", "length_min": length_min})
    if len(password) > PASSWORD_LENGTH_MAX:
        problems.append({"code": "password_long", "length_max": PASSWORD_LENGTH_MAX})
    if plain in common or len(set(plain)) < 3:
        problems.append({"code": "password_common"})
    if username and plain in (username, username[::-1], username * 2):
        problems.append({"code": "password_is_the_name"})
    if problems:
        raise Refusal(
            "password_refused", problems=[{"path": "password", **problem} for problem in problems]
        )


def check_pin_form(pin: str) -> None:
    """Errors: Refusal("pin_refused") unless it is 4 to 8 digits and neither a run nor a repeat."""
    digits = [int(digit) for digit in pin] if PIN.fullmatch(pin) else []
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    if not digits or steps in ({0}, {1}, {9}):
        raise Refusal("pin_refused", path="pin")


def wait_s(failures: int, *, free: int, longest_s: int) -> int:
    """How long to wait after the last of so many failures: nothing at first, then doubling.

    >>> [wait_s(n, free=3, longest_s=60) for n in (0, 2, 3, 4, 5, 50)]
    [0, 0, 1, 2, 4, 60]
    """
    if failures < free:
        return 0
    return min(longest_s, 1 << min(failures - free, 32))

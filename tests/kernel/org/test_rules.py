"""What holds for units, people and their rights, without a database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpan.base.refusals import Refusal
from tongpan.kernel.org import rules

# -- the unified social credit code -------------------------------------------------------------

alphabet = st.sampled_from(rules.CREDIT_ALPHABET)
first_17 = st.builds(
    lambda kind, region, rest: "".join(kind) + f"{region:06}" + "".join(rest),
    st.tuples(alphabet, alphabet),
    st.integers(0, 999_999),
    st.tuples(*[alphabet] * 9),
)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000802100433B", "91310000775785552L"])
def test_a_code_that_the_standard_or_a_licence_shows_is_valid(code: str) -> None:
    assert rules.checked_credit_code(code) == code


@given(first_17)
def test_a_code_with_its_check_digit_is_valid(first: str) -> None:
    code = first + rules.credit_check_digit(first)

    assert rules.checked_credit_code(code) == code


@given(first_17, st.integers(0, 17), alphabet)
def test_any_one_wrong_character_is_found(first: str, place: int, wrong: str) -> None:
    code = first + rules.credit_check_digit(first)
    if code[place] == wrong:
        return

    with pytest.raises(Refusal, match="credit_code_not_valid"):
        rules.checked_credit_code(code[:place] + wrong + code[place + 1 :])


@given(first_17, st.integers(0, 16))
def test_two_neighbours_exchanged_are_found(first: str, place: int) -> None:
    code = first + rules.credit_check_digit(first)
    if code[place] == code[place + 1]:
        return
    exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    with pytest.raises(Refusal, match="credit_code_not_valid"):
        rules.checked_credit_code(exchanged)


@pytest.mark.parametrize(
    "given_code",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y433",
        "9135010OM000100Y43",
        "９1350100I000100Y43",
        "'; drop",
    ],
)
def test_what_is_no_code_is_refused(given_code: str) -> None:
    with pytest.raises(Refusal, match="credit_code_not_valid"):
        rules.checked_credit_code(given_code)


def test_a_code_is_mended_as_people_paste_it() -> None:
    assert rules.checked_credit_code(" ９１350100 m000100y43 ") == "91350100M000100Y43"


# -- the business day ---------------------------------------------------------------------------

ZONES = [
    "Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "America/Havana",
    "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Asia/Kolkata", "UTC",
]  # fmt: skip
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
cuts = st.times(max_value=time(12)).map(lambda cut: cut.replace(microsecond=0))
moments = st.integers(946_684_800, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))


@pytest.mark.parametrize(
    ("local", "cut", "day"),
    [
        ("2026-11-21T23:59:59", "00:00", "2026-11-21"),
        ("2026-11-22T00:00:00", "00:00", "2026-11-22"),
        ("2026-11-22T03:59:59", "04:00", "2026-11-21"),
        ("2026-11-22T04:00:00", "04:00", "2026-11-22"),
        ("2027-01-01T03:59:59", "04:00", "2026-12-31"),
        ("2028-03-01T01:00:00", "04:00", "2028-02-29"),
    ],
)
def test_the_day_begins_at_the_cut(local: str, cut: str, day: str) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    at = datetime.fromisoformat(local).replace(tzinfo=shanghai)

    assert rules.business_date_at(at, shanghai, time.fromisoformat(cut)) == date.fromisoformat(day)


@given(moments, zones, cuts)
def test_the_day_is_the_wall_clock_less_the_cut_whenever_the_wall_clock_is_clear(
    at: datetime, zone: ZoneInfo, cut: time
) -> None:
    wall = at.astimezone(zone)
    around = {(at + timedelta(hours=h)).astimezone(zone).utcoffset() for h in (-3, 0, 3)}
    if len(around) > 1:
        return

    day = rules.business_date_at(at, zone, cut)

    less_the_cut = wall.replace(tzinfo=None) - timedelta(
        hours=cut.hour, minutes=cut.minute, seconds=cut.second
    )
    assert day == less_the_cut.date()


@given(moments, zones, cuts, st.integers(1, 6 * 3600))
def test_the_day_never_goes_back(at: datetime, zone: ZoneInfo, cut: time, later_s: int) -> None:
    later = at + timedelta(seconds=later_s)

    assert rules.business_date_at(at, zone, cut) <= rules.business_date_at(later, zone, cut)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("cut", [time(0), time(1, 30), time(2, 30)])
def test_the_day_never_goes_back_nor_skips_through_the_hours_of_a_year(
    name: str, cut: time
) -> None:
    zone, at = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
    before = rules.business_date_at(at, zone, cut)

    for _ in range(365 * 48):
        at += timedelta(minutes=30)
        day = rules.business_date_at(at, zone, cut)
        assert day - before in (timedelta(0), timedelta(days=1)), at
        before = day


def test_the_second_half_past_one_of_an_autumn_night_belongs_to_the_day_that_began() -> None:
    berlin, cut = ZoneInfo("Europe/Berlin"), time(2, 30)
    first = datetime(2026, 10, 25, 2, 45, tzinfo=berlin)
    second = datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1)

    assert first.timestamp() < second.timestamp()
    assert rules.business_date_at(first, berlin, cut) == date(2026, 10, 25)
    assert rules.business_date_at(second, berlin, cut) == date(2026, 10, 25)


def test_a_moment_without_a_time_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(AssertionError):
        rules.business_date_at(datetime.fromisoformat("2026-01-01"), ZoneInfo("UTC"), time(0))


# -- permissions and paths ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "asked", "is_covered"),
    [
        ("*", "stock.transfer.post", True),
        ("stock.transfer.post", "stock.transfer.post", True),
        ("stock.transfer.*", "stock.transfer.post", True),
        ("stock.*", "stock.transfer.post", True),
        ("stock.transfer.*", "stock.transfer.*", True),
        ("stock.*", "stock.transfer.*", True),
        ("stock.transfer.post", "stock.transfer.*", False),
        ("stock.transfer.*", "stock.*", False),
        ("stock.*", "*", False),
        ("stock.transfer.post", "stock.transfer.post_all", False),
        ("stock.trans.*", "stock.transfer.post", False),
        ("stock.transfer", "stock.transfer.post", False),
        ("", "stock.transfer.post", False),
    ],
)
def test_what_a_held_code_covers(held: str, asked: str, is_covered: bool) -> None:
    assert rules.covers(held, asked) is is_covered


paths = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=8).map(
    lambda found: ["/" + "/".join(codes) + "/" for codes in found]
)


@given(paths, st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_the_outermost_paths_cover_the_same_units(held: list[str], codes: list[str]) -> None:
    unit = "/" + "/".join(codes) + "/"

    outer = rules.outermost(held)

    assert any(unit.startswith(path) for path in outer) == any(unit.startswith(p) for p in held)
    assert not any(a != b and a.startswith(b) for a in outer for b in outer)


def test_a_store_whose_code_begins_like_another_is_not_below_it() -> None:
    assert rules.outermost(["/hq/s1/", "/hq/s10/"]) == ["/hq/s1/", "/hq/s10/"]
    assert not rules.all_below(["/hq/s10/"], ["/hq/s1/"])
    assert rules.all_below([], [])
    assert not rules.all_below(["/hq/"], [])


# -- signing in ---------------------------------------------------------------------------------

COMMON = frozenset({"password", "12345678"})


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("short77", {"password_short"}),
        ("Ｐassword", {"password_common"}),
        ("12345678", {"password_common"}),
        ("aaaaaaaaaaaa", {"password_common"}),
        ("LinCashier", {"password_is_the_name"}),
        ("reihsacnil", {"password_is_the_name"}),
        ("x" * 255 + "yz", {"password_long", "password_common"} - {"password_common"}),
        ("correct horse", set()),
        ("天王盖地虎宝塔镇", set()),
    ],
)
def test_which_passwords_are_refused(password: str, broken: set[str]) -> None:
    found: set[str] = set()
    try:
        rules.check_password(password, username="lincashier", common=COMMON)
    except Refusal as refusal:
        found = {problem["code"] for problem in refusal.problems}

    assert found == broken


@pytest.mark.parametrize(
    "pin", ["", "123", "1234", "4321", "7777", "890123", "123456789", "12a4", "１２４７"]
)
def test_which_pins_are_refused(pin: str) -> None:
    with pytest.raises(Refusal, match="pin_refused"):
        rules.check_pin_form(pin)


@pytest.mark.parametrize("pin", ["1357", "1123", "90210713"])
def test_which_pins_are_taken(pin: str) -> None:
    rules.check_pin_form(pin)


@given(st.integers(0, 10**6))
def test_waiting_never_shrinks_with_failures_nor_passes_the_longest(failures: int) -> None:
    now = rules.wait_s(failures, free=5, longest_s=900)

    assert now <= rules.wait_s(failures + 1, free=5, longest_s=900) <= 900
    assert (now == 0) == (failures < 5)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0571-88881234", "****1234"),
        ("110", "****"),
    ],
)
def test_a_phone_is_told_apart_without_being_told(given: str, shown: str) -> None:
    assert rules.masked_phone(given) == shown


def test_an_address_of_mail_keeps_its_first_letter_and_its_domain() -> None:
    assert rules.masked_email("lin@example.cn") == "l***@example.cn"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("杭州市西湖区文三路 123 号", "杭州市西湖区****"),
        ("义乌市北苑街道", "义乌市****"),
        ("x", "****"),
    ],
)
def test_an_address_is_shown_as_far_as_the_district(given: str, shown: str) -> None:
    assert rules.masked_address(given) == shown

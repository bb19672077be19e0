"""Nothing that was recorded can be changed, through any door; and what is damaged is noticed."""

import json
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.kernel.ledger.stage import TEA, A, bring, fact, money, pay, rack, record, take, yard
from tongpan.base import env
from tongpan.kernel.ledger.checks import CHECKS, DAMAGES, verify, worth
from tongpan.kernel.ledger.install import create_tables, install
from tongpan.kernel.ledger.models import Account, Entry, Posting
from tongpan.kernel.ledger.posting import post, reversal_of
from tongpan.kernel.org.scope import system

MONTH = "entry_2026_11"
CHANGES = [
    "update {} set business_date = business_date",
    "delete from {}",
    "truncate {}",
]


def a_little_history() -> None:
    receipt = fact(bring(5, "50.00"), bring(2, "9.00", rack(item=TEA, lot="b")))
    post([receipt])
    record(take(2), take(1, yard()))
    record(pay(5, money("wallet"), money("cash")))
    undone = fact(bring(1, "3.00"))
    post([undone])
    post([reversal_of(undone.posting_id, env.new_id(), undone.business_date)])


@pytest.mark.parametrize("table", ["posting", "entry", MONTH])
@pytest.mark.parametrize("change", CHANGES)
def test_the_program_may_not_change_what_is_recorded(units, change, table):
    record(bring(1, "1.00"))

    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute(change.format(table))

    assert caught.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize(
    "table", ["posting", "entry", MONTH, "account", "unfolded", "period_close"]
)
def test_the_program_may_not_write_the_ledger_s_tables_itself(units, table):
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute(f"insert into {table} default values")

    assert caught.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize("row", [Posting, Entry])
def test_models_cannot_change_what_is_recorded(units, row):
    record(bring(1, "1.00"))
    found = row.objects.first()

    for change in (found.save, found.delete, row.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_models_cannot_change_an_account(units):
    record(bring(1, "1.00"))

    with system(reason="a test"), pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.update(inflow=7)


@pytest.mark.parametrize("table", ["posting", "entry", MONTH])
@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_may_not_change_what_is_recorded_either(own_units, change, table):
    record(bring(1, "1.00"))

    with own_units.connect(user="tp_owner") as owner, pytest.raises(psycopg.Error) as caught:
        owner.execute(change.format(table))

    assert caught.value.sqlstate == "TP008"


def test_a_month_that_is_made_later_is_guarded_as_well(units):
    record(bring(1, "1.00"), on=date(2031, 2, 28))
    record(bring(1, "1.00"), on=date(2031, 2, 1))

    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("delete from entry_2031_02")
    assert caught.value.__cause__.sqlstate == "42501"
    assert [found for found in verify() if found.violations] == []


def test_whoever_was_let_in_is_shut_out_again(own_units):
    """As after a restore that gave the program's role back what it had elsewhere."""
    record(bring(1, "1.00"))
    with own_units.connect(user="tp_owner") as owner:
        owner.execute("grant update on account to tp_app")
        assert [f.code for f in verify() if f.violations] == ["ledger.only_functions_write"]

        owner.execute("select ledger_guard('account')")

    assert [f for f in verify() if f.violations] == []
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("update account set inflow = 7")


def test_functions_that_nobody_needs_to_call_cannot_be_called(units):
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("select ledger_guard('account')")

    assert caught.value.__cause__.sqlstate == "42501"


def test_a_healthy_ledger_passes_every_check(units):
    a_little_history()

    found = verify()

    assert {f.code for f in found} == set(CHECKS) == set(DAMAGES)
    assert [f for f in found if f.violations or not f.checked] == []
    assert worth() == (Decimal("39.00"), Decimal("39.00"))


@pytest.mark.parametrize("code", sorted(DAMAGES))
def test_damage_is_noticed(own_units, code):
    a_little_history()
    with own_units.connect(user="tp_owner") as owner:
        owner.execute(DAMAGES[code])

    found = {f.code for f in verify([code]) if f.violations}

    assert code in found


def test_functions_follow_a_company_that_is_renamed(own_units):
    record(bring(5, "50.00"))
    connection.close()
    with own_units.connect(user="tp_owner") as owner:
        owner.execute("alter schema north rename to south")
        owner.execute("set search_path to south, public")
        with pytest.raises(psycopg.Error, match="does not exist"):
            owner.execute("select ledger_fold(1)")
        owner.autocommit = False
        install(owner.cursor(), "south")
        owner.commit()

        assert owner.execute("select ledger_fold(null)").fetchone() == (1,)


def test_each_company_has_functions_of_its_own(own_units):
    with own_units.connect(user="tp_owner") as owner:
        owner.execute("create schema east")
        owner.autocommit = False
        owner.execute("set search_path to east, north")
        create_tables(owner.cursor())
        install(owner.cursor(), "east")
        owner.commit()
        homes = owner.execute(
            "select pronamespace::regnamespace::text, proconfig[1] from pg_proc"
            " where proname = 'ledger_post' order by 1"
        ).fetchall()

    assert homes == [
        ("east", "search_path=east, pg_temp"),
        ("north", "search_path=north, pg_temp"),
    ]


SENSE = {"ledger": "stock", "role": "counter", "floor": None, "ceiling": None, "is_mirror": False}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"ledger": "books"},
        {"role": ""},
        {"role": "a|b"},
        {"floor": "2", "ceiling": "1"},
        {"is_mirror": True},
        {"ledger": "money", "is_mirror": True, "floor": "0"},
    ],
)
def test_an_account_that_makes_no_sense_cannot_be_opened(units, nonsense):
    opened = SENSE | {"org_unit": str(A), "holder": str(A), "unit": str(TEA), "lot": ""} | nonsense

    said = json.dumps([{"valued": False, **opened}])

    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("select ledger_open_accounts(%s::jsonb)", [said])

    assert caught.value.__cause__.sqlstate == "23514"


def test_installing_twice_changes_nothing(own_units):
    record(bring(5, "50.00"))
    with own_units.connect(user="tp_owner") as owner:
        owner.autocommit = False
        install(owner.cursor(), "north")
        owner.commit()

    record(take(5))

    assert [f for f in verify() if f.violations] == []

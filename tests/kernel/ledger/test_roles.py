"""Keys and roles: the same name on every node, declared once."""

from uuid import UUID

import pytest
from django.db import connection

from tests.kernel.ledger.stage import CNY, TEA, A, B, bring, figures, money, rack, record, stock
from tongpan.kernel.ledger.keys import AccountKey, currency
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.ledger.roles import declare_role, role_of, roles

LINE = UUID(int=77)


@pytest.mark.parametrize(
    "key",
    [
        rack(),
        rack(lot="2026|11"),
        rack(lot="批次 7", owner=B),
        AccountKey("promise", A, "expected", B, TEA, "", None, LINE),
        AccountKey("points", A, "earned", B, CNY),
        AccountKey("stock", A, "counter", B, TEA, "x", B, LINE),
    ],
)
def test_a_key_is_the_same_in_python_and_in_sql(units, key):

    open_accounts([key])

    with connection.cursor() as cursor:
        cursor.execute(
            "select key from account where (ledger, org_unit, role, holder, unit, lot) ="
            " (%s, %s, %s, %s, %s, %s) and owner is not distinct from %s"
            " and line is not distinct from %s",
            [
                key.ledger,
                key.org_unit,
                key.role,
                key.holder,
                key.unit,
                key.lot,
                key.owner,
                key.line,
            ],
        )
        assert cursor.fetchall() == [(key.key,)]


def test_keys_that_differ_in_one_name_differ():
    one = AccountKey("stock", A, "counter", A, TEA, "l", A, LINE)
    others = [
        AccountKey("promise", A, "counter", A, TEA, "l", A, LINE),
        AccountKey("stock", B, "counter", A, TEA, "l", A, LINE),
        AccountKey("stock", A, "rack", A, TEA, "l", A, LINE),
        AccountKey("stock", A, "counter", B, TEA, "l", A, LINE),
        AccountKey("stock", A, "counter", A, CNY, "l", A, LINE),
        AccountKey("stock", A, "counter", A, TEA, "", A, LINE),
        AccountKey("stock", A, "counter", A, TEA, "l", None, LINE),
        AccountKey("stock", A, "counter", A, TEA, "l", A, None),
    ]

    assert len({one, *others}) == 9
    assert one != "another thing"
    assert one == AccountKey("stock", A, "counter", A, TEA, "l", A, LINE)


def test_a_currency_is_the_same_unit_on_every_node():
    assert currency("CNY") == UUID("e5b54b13-8e14-5e70-b39a-bc9cc7f563a5")
    assert currency("CNY") != currency("USD")


def test_lots_and_owners_are_pools_of_their_own(units):
    ours, theirs, lot = rack(), rack(owner=B), rack(lot="7")

    record(bring(1, "10.00", ours), bring(1, "20.00", theirs), bring(1, "30.00", lot))

    assert [figures(key).value for key in (ours, theirs, lot)] == [10, 20, 30]


def test_a_role_is_declared_once():
    declare_role("points", "programme")  # the same again is no matter

    with pytest.raises(AssertionError):
        declare_role("points", "programme", floor=0)
    assert role_of(money("wallet")).ceiling == 0
    assert ("money", "wallet") in {(role.ledger, role.role) for role in roles()}


def test_a_role_that_nobody_declared_cannot_be_used():
    with pytest.raises(AssertionError):
        role_of(stock("nobody's"))


@pytest.mark.parametrize(
    ("ledger", "role", "more"),
    [
        ("stock", "", {}),
        ("stock", "a|b", {}),
        ("money", "pool", {"companions": lambda key: None}),
        ("stock", "mirror", {"is_mirror": True}),
        ("money", "mirror", {"is_mirror": True, "floor": 0}),
        ("money", "mirror", {"is_mirror": True, "ceiling": 0}),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(ledger, role, more):
    with pytest.raises(AssertionError):
        declare_role(ledger, role, **more)

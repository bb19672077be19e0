"""History: what was before and after, without secrets, and never to be changed again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import Chain, a_transfer
from tests.conftest import OwnDatabase
from tongpan.base import env
from tongpan.business.stock.models import OpeningLine
from tongpan.kernel.documents import schema
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import difference, history_of, without_private
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.documents.noted import noted
from tongpan.kernel.org.models import PersonContact

MONTH = "history_2026_11"
CHANGES = [
    "update {} set note = 'nothing happened'",
    "update {} set business_date = business_date",
    "delete from {}",
    "truncate {}",
]
VALUES = st.one_of(st.none(), st.integers(), st.text(), st.decimals(-9, 9, places=2))
PICTURES = st.dictionaries(st.sampled_from("abcdef"), VALUES)


@pytest.fixture
def draft(chain: Chain) -> UUID:
    with chain.as_("wang", "warehouse", via="api"):
        return a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject


# -- what it says --------------------------------------------------------------------------------


def test_a_row_says_who_did_what_when_where_and_how(chain: Chain, draft: UUID) -> None:
    from tests.chain import NOON

    row = history_of(draft).get()

    assert (row.action, row.kind) == ("stock.transfer.save", "stock.transfer")
    assert (row.actor, row.authorised_by, row.via) == (chain.people["wang"].pk, None, "api")
    assert (row.org_unit, row.at) == (chain.units["warehouse"].pk, NOON)


@given(PICTURES, PICTURES)
def test_the_difference_is_exactly_what_differs(before: Any, after: Any) -> None:
    found = difference(before, after)

    for name in {*before, *after}:
        old, new = before.get(name), after.get(name)
        assert found.get(name) == (None if plain(old) == plain(new) else [old, new])


def test_personal_values_are_left_out_of_it() -> None:
    changes = {"phone": ["138", "139"], "lines.1.email": [None, "a@b"], "note": ["", "x"]}

    assert without_private(PersonContact, changes) == {
        "phone": ["•", "•"],
        "lines.1.email": ["•", "•"],
        "note": ["", "x"],
    }
    assert without_private(OpeningLine, {"unit_cost": ["1", "2"]}) == {"unit_cost": ["1", "2"]}
    assert without_private(None, changes) == changes


def test_a_personal_value_of_a_master_never_comes_into_history(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        party = run("parties.party.save", payload={
            "code": "V01", "name": "华东乳业", "is_supplier": "1", "bank_account": "62220000001",
        }).subject  # fmt: skip
        run("parties.party.save", party, {"bank_account": "62220000002"})

    with connection.cursor() as cursor:
        cursor.execute("select changes::text, note from history")
        written = str(cursor.fetchall())
        cursor.execute("select payload::text from event")
        written += str(cursor.fetchall())
    assert "6222" not in written
    assert history_of(party).filter(changes__bank_account=["•", "•"]).count() == 2


# -- append-only through every door ---------------------------------------------------------------


@pytest.mark.parametrize("table", ["history", MONTH])
@pytest.mark.parametrize("change", CHANGES)
def test_the_program_may_not_change_history(
    chain: Chain, draft: UUID, change: str, table: str
) -> None:
    with (
        pytest.raises(DatabaseError) as no,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))

    assert no.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]
    assert history_of(draft).count() == 1


@pytest.mark.parametrize("table", ["history", MONTH])
@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_of_the_tables_may_not_either(
    own_chain: Chain, own_database: OwnDatabase, change: str, table: str
) -> None:
    with own_database.connect(user="tp_owner") as owner, pytest.raises(psycopg.Error) as no:
        owner.execute(change.format(table))

    assert no.value.sqlstate == "23000"


@pytest.mark.parametrize("table", ["history", MONTH])
@pytest.mark.parametrize(
    "change",
    [
        "insert into {} select * from history limit 1",
        "drop table {}",
        "alter table {} disable trigger all",
        "alter table {} owner to tp_app",
    ],
)
def test_the_program_writes_history_through_its_function_only(
    chain: Chain, draft: UUID, change: str, table: str
) -> None:
    with (
        pytest.raises(DatabaseError) as no,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))

    assert no.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


def test_models_cannot_change_history(chain: Chain, draft: UUID) -> None:
    row = history_of(draft).get()

    for change in (row.save, row.delete, History.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert history_of(draft).count() == 1


def test_a_month_that_is_made_later_is_guarded_as_well(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"), env.frozen(datetime(2031, 2, 28, 4, tzinfo=UTC)):
        run("stock.transfer.save")

    for change in CHANGES:
        with (
            pytest.raises(DatabaseError) as no,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change.format("history_2031_02"))
        assert no.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


def test_a_document_goes_nowhere_without_its_history(chain: Chain, draft: UUID) -> None:
    """History has no foreign key that could take it along."""
    Document.unscoped.filter(pk=draft).delete()

    assert history_of(draft).count() == 1


# -- the tables themselves -----------------------------------------------------------------------


def be(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = role


def test_the_table_can_be_dropped_and_made_again(own_chain: Chain) -> None:
    be("tp_owner")
    with connection.schema_editor() as editor:
        schema.drop(None, editor)
        schema.create(None, editor)
    be("tp_app")

    with own_chain.as_("wang", "warehouse"):
        draft = run("stock.transfer.save").subject

    assert history_of(draft).count() == History.objects.count() == 1
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"delete from {MONTH}")


def test_its_function_follows_a_schema_that_was_renamed(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    with own_database.connect(user="postgres") as admin:
        admin.execute("alter schema north rename to south")
    connection.set_schema("south")  # type: ignore[attr-defined]
    be("tp_owner")
    with connection.schema_editor() as editor:
        schema.install_functions(None, editor)
    be("tp_app")

    with connection.cursor() as cursor:
        cursor.execute(
            "select history_write(null, null, 'screen', jsonb_build_array(jsonb_build_array("
            "%s::uuid, '2026-11-21', now(), 'a.b', '', %s::uuid, null, '{}'::jsonb, '')))",
            [env.new_id(), env.new_id()],
        )

    assert History.objects.filter(action="a.b").count() == 1


# -- what a page shows of it ---------------------------------------------------------------------


def test_all_that_was_noted_about_a_document_is_read_at_once(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.comment", draft, {"text": "两箱湿了"})
        run(
            "stock.transfer.attach",
            draft,
            {"name": "签收单.txt", "content": b"ok", "media_type": "text/plain"},
        )
        run("stock.transfer.comment", draft, {"text": "已换箱"})

        found = noted(draft)

    assert [row.action.rpartition(".")[2] for row in found.history] == [
        "comment", "attach", "comment", "save",
    ]  # fmt: skip
    said = [("两箱湿了", "王强"), ("已换箱", "王强")]
    assert [(n.text, n.person) for n in found.comments] == said
    assert [(n.text, n.size) for n in found.files] == [("签收单.txt", 2)]
    assert found.people == {chain.people["wang"].pk: "王强"}
    nothing = noted(env.new_id())
    assert (nothing.history, nothing.comments, nothing.people) == ([], [], {})

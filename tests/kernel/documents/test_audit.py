"""The chain of history: whoever removes, changes or puts in a line is found out."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tests.chain import Chain, a_transfer
from tests.conftest import OwnDatabase
from tongpan.kernel.documents import schema
from tongpan.kernel.documents.audit import head, seal, verify
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import History

COLUMNS = ("id, business_date, at, action, kind, subject, org_unit, actor, authorised_by, via, "
           "changes, note")  # fmt: skip


def problems() -> list[str]:
    (found,) = verify()
    assert found.code == "history.chain_holds"
    return list(found.violations)


def written(chain: Chain, times: int = 3) -> list[UUID]:
    with chain.as_("wang", "warehouse"):
        return [
            a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject for _n in range(times)
        ]


def test_lines_are_chained_in_rounds_and_the_chain_holds(chain: Chain) -> None:
    before = seal()
    written(chain)

    assert problems() == []  # nothing is chained yet, and every line has its mark
    assert [seal(2), seal(2), seal(2)] == [2, 1, 0]
    first = head()
    written(chain, 1)
    assert seal() == 1

    assert problems() == []
    assert (first[0], head()[0]) == (before + 3, before + 4)
    assert first[1] != head()[1]
    assert len(head()[1]) == 64


DAMAGE = {
    "changed": ("update history set note = 'x' where id = %(second)s",
                ["%(two)s: the line was changed"]),
    "removed": ("delete from history where id = %(second)s", ["%(two)s: the line is missing"]),
    "removed with its seal": (
        "delete from history where id = %(second)s;"
        " delete from history_seal where position = %(two)s",
        ["%(three)s: lines are missing before this one"],
    ),
    "the last one": (
        "delete from history where id = %(third)s;"
        " delete from history_seal where position = %(three)s",
        ["%(three)s: the end of the chain is missing"],
    ),
    "two exchanged": (
        "update history_seal set id = gen_random_uuid() where position = %(two)s;"
        "update history_seal set id = %(second)s where position = %(three)s",
        ["%(two)s: the line is missing", "%(three)s: the line was changed",
         "0: line %(third)s was put in afterwards"],
    ),
    "all of it": (
        "delete from history; delete from history_seal",
        ["%(three)s: the end of the chain is missing"],
    ),
}  # fmt: skip


@pytest.mark.races
@pytest.mark.parametrize("how", DAMAGE)
def test_what_somebody_did_to_the_lines_is_found(
    own_chain: Chain, own_database: OwnDatabase, how: str
) -> None:
    before = seal()
    drafts = written(own_chain)
    seal()
    lines = [str(History.objects.get(subject=draft).pk) for draft in drafts]
    names = {
        "second": lines[1], "third": lines[2],
        "two": str(before + 2), "three": str(before + 3),
    }  # fmt: skip
    damage, found = DAMAGE[how]
    with own_database.connect(user="postgres") as admin:
        admin.execute("set session_replication_role = replica")
        for statement in damage.split(";"):
            admin.execute(_filled(statement, names).encode())
        admin.execute("update history_sealed set seen = pg_current_xact_id()")

    assert problems() == [_filled(text, names) for text in found]


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        quoted = f"'{value}'" if "where" in text and len(value) > 30 else value
        text = text.replace(f"%({name})s", quoted)
    return text


@pytest.mark.races
@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_line_that_somebody_put_in_is_found(
    own_chain: Chain, own_database: OwnDatabase, is_sealed: bool
) -> None:
    before = seal()
    (draft,) = written(own_chain, 1)
    with own_database.connect(user="postgres") as admin:
        admin.execute(
            f"insert into history ({COLUMNS}) select gen_random_uuid(),"
            f" {COLUMNS.removeprefix('id, ')} from history where subject = '{draft}'".encode()
        )
    if is_sealed:
        seal()

    (found,) = problems()
    assert found.endswith("not written by the program")
    assert found.startswith(f"{before + 2}: " if is_sealed else "0: line ")


def test_the_program_reads_no_secret_and_writes_no_chain(chain: Chain) -> None:
    for forbidden in (
        "select * from history_secret",
        "select history_mark((select secret from history_secret), 'x')",
        "insert into history_seal values (1, gen_random_uuid(), now(), '')",
        "delete from history_seal",
        "update history_sealed set position = 0",
    ):
        with (
            pytest.raises(DatabaseError) as no,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(forbidden)
        assert no.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


@pytest.mark.races
def test_in_another_cluster_every_line_without_a_place_gets_one(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    before = seal()
    written(own_chain)
    seal(1)
    with own_database.connect(user="postgres") as admin:
        admin.execute("update history_sealed set cluster = 1, seen = '999999999'")

    assert problems() == []
    assert [seal(1), seal(5), seal(5)] == [1, 1, 0]
    assert head()[0] == before + 3
    assert problems() == []


@pytest.mark.races
def test_one_at_a_time_chains(own_chain: Chain, own_database: OwnDatabase) -> None:
    before = seal()
    written(own_chain, 1)
    with own_database.connect() as other:
        other.execute("begin")
        other.execute("select history_seal_next(1)")
        assert seal() == 0
        other.execute("commit")

    assert head()[0] == before + 1


@pytest.mark.races
def test_a_company_from_before_is_marked_and_can_go_back(own_chain: Chain) -> None:
    written(own_chain, 2)
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    with connection.schema_editor() as editor:
        schema.drop_chain(None, editor)
    connection.close()
    connection.settings_dict["USER"] = "tp_app"
    with own_chain.as_("wang", "warehouse"):
        run("stock.transfer.save")  # writes without marks
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    with connection.schema_editor() as editor:
        editor.execute("alter table history drop column mark, drop column xid", params=None)
        schema.create_chain(None, editor)
    connection.close()
    connection.settings_dict["USER"] = "tp_app"

    assert problems() == []
    assert seal() == History.objects.count()
    assert problems() == []


@pytest.mark.races
@pytest.mark.parametrize(
    "write",
    ["update history_seal set hash = ''", "delete from history_seal", "truncate history_seal"],
)
def test_not_even_the_owner_changes_the_chain(
    own_chain: Chain, own_database: OwnDatabase, write: str
) -> None:
    written(own_chain, 1)
    seal()

    with (
        own_database.connect(user="tp_owner") as owner,
        pytest.raises(Exception, match="never changed or deleted"),
    ):
        owner.execute(write.encode())

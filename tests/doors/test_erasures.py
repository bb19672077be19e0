"""Who was erased stays erased: in every table, and after an old copy was restored."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from psycopg import sql

from tests.chain import NOON, Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member
from tongpan.config import erasures
from tongpan.config.commands import erasures as command
from tongpan.config.erasing import erase_again
from tongpan.config.erasures import Books, Erased
from tongpan.config.installation import CannotRun
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import PersonalState
from tongpan.kernel.documents.personal_actions import ERASE
from tongpan.kernel.org.models import Person, PersonContact
from tongpan.masters.parties.models import PartyContact

CANARY, PHONE = "金丝雀", "13911112222"
HERE, THERE = "cluster/1/main", "cluster/1/practice"
WHY = "asked on paper"


@pytest.fixture
def chain(staged: Callable[[Callable[[], Chain]], Chain]) -> Chain:
    return staged(a_chain)


@pytest.fixture
def people(chain: Chain) -> dict[str, UUID]:
    """A contact, a member and a colleague of one name, each by the kind of people they are."""
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "乳业", "is_supplier": True})
        contact = run("parties.contact.save", None, {"party": "V1", "name": CANARY, "phone": PHONE})
        member = run("membership.member.save", None, {"name": CANARY, "phone": PHONE})
    lin = chain.people["lin"]
    PersonContact.objects.create(person=lin, phone=PHONE)
    return {
        "parties.contact": contact.subject, "membership.member": member.subject,
        "org.person": lin.pk,
    }  # fmt: skip


def tables_with(text: str) -> list[str]:
    """Every table of the company in which a row has this text anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = current_schema()"
            " and has_table_privilege(schemaname || '.' || tablename, 'select') order by 1"
        )
        names = [name for (name,) in cursor.fetchall()]
        asked = [
            sql.SQL("select {} where exists (select from {} t where t::text like {})").format(
                sql.Literal(name), sql.Identifier(name), sql.Literal(f"%{text}%")
            )
            for name in names
        ]
        cursor.execute(sql.SQL(" union all ").join(asked))
        return [name for (name,) in cursor.fetchall()]


def as_noted(people: dict[str, UUID]) -> list[Erased]:
    at = NOON.isoformat()
    return [Erased("top", str(pk), kind, at, HERE) for kind, pk in people.items()]


@pytest.fixture
def erased_and_restored(chain: Chain, people: dict[str, UUID]) -> list[str]:
    """All of them were erased, and then an older copy was restored. Answers the tables that had the
    name after the erasure."""
    kept = [[*model._base_manager.all()] for model in (PartyContact, Member, PersonContact)]
    lin = Person.objects.get(pk=people["org.person"])
    with chain.as_("zhou", "hq"):
        run("org.person.switch_off", lin.pk)
        for kind, pk in people.items():
            run(ERASE, pk, {"kind": kind, "reason": WHY})
    found = tables_with(CANARY) + tables_with(PHONE)
    PersonalState.objects.all().delete()
    for row in [row for rows in kept for row in rows] + [lin]:
        row.save()
    return found


def test_who_was_erased_is_found_nowhere_even_after_an_old_copy_was_restored(
    chain: Chain, people: dict[str, UUID], erased_and_restored: list[str]
) -> None:
    back = tables_with(CANARY)
    with env.frozen(NOON):
        came = erase_again(as_noted(people))
        twice = erase_again(as_noted(people))

    assert erased_and_restored == []
    assert len(back) >= 2
    assert (len(came.erased), came.absent, came.refused) == (3, [], [])
    assert (twice.erased, twice.absent, twice.refused) == ([], [], [])
    assert tables_with(CANARY) + tables_with(PHONE) == []
    lin = Person.objects.get(pk=people["org.person"])
    assert not lin.is_active
    assert lin.name.startswith("#")


def test_who_came_after_the_copy_was_taken_is_remembered_as_erased(chain: Chain) -> None:
    later = env.new_id()
    with env.frozen(NOON):
        came = erase_again(as_noted({"parties.contact": later}))
        again = erase_again(as_noted({"parties.contact": later}))

    assert [one.id for one in came.absent] == [str(later)]
    assert again.absent == []
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "乳业", "is_supplier": True})
        with pytest.raises(Refusal, match="personal_set_aside"):
            run("parties.contact.save", later, {"party": "V1", "name": CANARY})


def test_the_last_administrator_is_named_and_not_erased(chain: Chain) -> None:
    zhou = chain.people["zhou"]
    with env.frozen(NOON):
        came = erase_again(as_noted({"org.person": zhou.pk}))

    assert [(one.id, why.code) for one, why in came.refused] == [
        (str(zhou.pk), "last_administrator")
    ]
    zhou.refresh_from_db()
    assert (zhou.name, zhou.is_active) == ("周敏", True)


@pytest.mark.parametrize(
    ("place", "hours", "is_again"),
    [(HERE, -1, True), (HERE, 1, True), (THERE, -1, True), (THERE, 1, False)],
)
def test_a_copy_erases_whom_it_brought_back_and_not_whom_a_practice_copy_erased(
    place: str, hours: int, *, is_again: bool
) -> None:
    began_at = datetime(2026, 11, 21, tzinfo=UTC)
    at = (began_at + timedelta(hours=hours)).isoformat()
    one, done = (Erased("top", pk, "org.person", at, place) for pk in ("1", "2"))
    books = Books("main", "top", HERE, began_at, {done.id: done})

    assert erasures.to_erase_again(books, [one, done]) == ([one] if is_again else [])


def test_a_note_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = as_noted({"org.person": env.new_id(), "parties.contact": env.new_id()})
    note = tmp_path / "note.jsonl"
    note.write_text(erasures.written(whole) + '{"company": "top", "id"\n[]\n')

    assert erasures.noted_in(note) == whole
    assert erasures.noted_in(tmp_path / "none") == []


def test_erasures_are_carried_to_a_copy_on_another_machine(
    chain: Chain, people: dict[str, UUID], tmp_path: Path
) -> None:
    file = tmp_path / "erased.jsonl"
    with chain.as_("zhou", "hq"):
        run(ERASE, people["parties.contact"], {"kind": "parties.contact", "reason": WHY})
    given = argparse.Namespace(what="export", file=file)
    exported = command.run(given)
    PersonalState.objects.all().delete()
    PartyContact.objects.update(name=CANARY)
    given.what = "replay"
    with env.frozen(NOON):
        replayed = command.run(given)

    assert CANARY not in file.read_text()
    assert exported.facts == {"erased": 1}
    assert replayed.facts == {"named": 1, "erased": 1, "absent": 0, "refused": []}
    assert PartyContact.objects.get().name == ""
    file.write_text(erasures.written(as_noted(people)))
    with pytest.raises(CannotRun, match="another company"):
        command.run(given)
    with pytest.raises(CannotRun, match="no file"):
        command.run(argparse.Namespace(what="replay", file=tmp_path / "none"))

"""What every kind of master data keeps to, whoever declared it."""

from typing import Any

import pytest
from django.db import connection
from django.utils.translation import override
from tools.translations import catalog

from tests.contracts.examples import MASTERS, Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import PRIVATE, history_of
from tongpan.kernel.documents.registry import MasterType, actions_of, master_types
from tongpan.kernel.events.registry import events
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.scope import field_classes

TYPES = {declared.code: declared for declared in master_types()}
every_type = pytest.mark.parametrize("declared", TYPES.values(), ids=TYPES)


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(a_stage)


def made(stage: Stage, declared: MasterType) -> Any:
    """A row of the type's example, as the owner makes it."""
    with stage.as_("zhou", "hq"):
        payload = MASTERS[declared.code](stage)
        return run(f"{declared.code}.save", payload=payload).result


def picture(declared: MasterType, pk: Any) -> dict[str, Any]:
    row: Any = declared.model._base_manager.get(pk=pk)
    return {f.name: plain(getattr(row, f.attribute)) for f in declared.form_fields}


def test_every_type_has_an_example() -> None:
    assert set(MASTERS) == set(TYPES)


@every_type
def test_a_row_survives_being_saved_again(stage: Stage, declared: MasterType) -> None:
    row = made(stage, declared)
    before = picture(declared, row.pk)

    with stage.as_("zhou", "hq"):
        run(f"{declared.code}.save", row.pk, before)

    assert picture(declared, row.pk) == before
    assert {} in [h.changes for h in history_of(row.pk)]


@every_type
def test_what_is_left_out_of_a_change_stays(stage: Stage, declared: MasterType) -> None:
    row = made(stage, declared)
    before = picture(declared, row.pk)

    with stage.as_("zhou", "hq"):
        run(f"{declared.code}.save", row.pk, {})

    assert picture(declared, row.pk) == before


@every_type
def test_it_is_archived_and_taken_back_and_never_deleted(
    stage: Stage, declared: MasterType
) -> None:
    row = made(stage, declared)
    with stage.as_("zhou", "hq"):
        archived = run(f"{declared.code}.archive", row.pk).result.state
        restored = run(f"{declared.code}.restore", row.pk).result.state

    assert (archived, restored) == ("archived", "active")
    assert f"{declared.code}.delete" not in [action.code for action in actions_of(declared.code)]


@every_type
def test_the_same_request_changes_nothing_the_second_time(
    stage: Stage, declared: MasterType
) -> None:
    request = env.new_id()
    rows: Any = declared.model._base_manager
    with stage.as_("zhou", "hq"):
        payload = MASTERS[declared.code](stage)
        before = rows.count()
        first = run(f"{declared.code}.save", payload=payload, request_id=request)
        again = run(f"{declared.code}.save", payload=payload, request_id=request)

    assert again.is_repeat
    assert again.subject == first.subject
    assert rows.count() == before + 1
    assert history_of(request).count() == 1


@every_type
def test_a_stranger_neither_makes_nor_changes_it(stage: Stage, declared: MasterType) -> None:
    row = made(stage, declared)
    before = picture(declared, row.pk)

    with stage.as_("lin", "north"):
        for verb, pk in (("save", row.pk), ("archive", row.pk), ("restore", row.pk)):
            with pytest.raises(Refusal) as no:
                run(f"{declared.code}.{verb}", pk, {})
            assert no.value.code in ("forbidden", "not_found", "invalid"), verb
        with pytest.raises(Refusal) as made_by_stranger:
            run(f"{declared.code}.save", payload={**before})

    assert made_by_stranger.value.code in ("forbidden", "not_found", "invalid")
    assert picture(declared, row.pk) == before


@every_type
def test_history_and_event_name_the_same_people(stage: Stage, declared: MasterType) -> None:
    row = made(stage, declared)

    written = history_of(row.pk).get()
    with connection.cursor() as cursor:
        cursor.execute("select name, actor from event where subject = %s", [row.pk])
        told = cursor.fetchall()
    assert told == [(f"{declared.code}.saved", written.actor)]
    assert written.actor == stage.people["zhou"].pk
    assert set(written.changes) <= {f.name for f in declared.form_fields}


@every_type
def test_personal_values_stay_out_of_history(stage: Stage, declared: MasterType) -> None:
    row = made(stage, declared)
    classes = field_classes(declared.model)

    changes = history_of(row.pk).get().changes
    private = [name for name in changes if classes.get(name) in PRIVATE]
    assert all(changes[name] == ["•", "•"] for name in private)


@every_type
def test_what_cannot_be_a_row_is_refused_and_never_crashes(
    stage: Stage, declared: MasterType
) -> None:
    """Every field gets what people paste by mistake; the row stays whole."""
    rubbish = [
        "x\0y",
        "x" * 5000,
        "-1",
        "1e3",
        "NaN",
        "9" * 30,
        "0.0000001",
        [],
        {},
        True,
        None,
        "",
    ]
    row = made(stage, declared)
    with stage.as_("zhou", "hq"):
        for field in declared.form_fields:
            for raw in rubbish:
                try:
                    run(f"{declared.code}.save", row.pk, {field.name: raw})
                except Refusal as no:
                    refused = {p["path"] for p in no.problems}
                    assert no.code == "invalid", (field.name, raw)  # noqa: PT017
                    assert refused, (field.name, raw)


@every_type
def test_it_has_a_title_a_help_and_says_everything_in_chinese(declared: MasterType) -> None:
    said = catalog()
    with override("en"):
        words = [declared.title, declared.help]
        words += [action.title for action in actions_of(declared.code)]
        words += [text for f in declared.form_fields for text in (f.label, f.help) if text]
        words += [title for f in declared.form_fields for _, title in f.choices]
        spoken = [str(word) for word in words]

    assert declared.title
    assert declared.help
    assert [word for word in spoken if word not in said] == []


@every_type
def test_its_permissions_events_and_columns_are_declared(declared: MasterType) -> None:
    titles = {permission.code: str(permission.title) for permission in permissions()}
    columns = {field.name for field in declared.model._meta.get_fields()}

    assert titles[declared.permission("view")]
    for action in actions_of(declared.code):
        assert titles[action.permission], action.code
        assert action.event in events()
    assert declared.key in columns
    assert [name for name in (*declared.fields, *declared.listed) if name not in columns] == []
    assert "state" in columns

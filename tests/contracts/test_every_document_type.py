"""What every document type keeps to, whoever declared it. A new type is tested by being there."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tools.translations import catalog

from tests.contracts.examples import EXAMPLES, Stage, a_stage, drafted, posted
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.drafts import copy_payload
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.lists import Wanted, page_of
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.numbering import declared_rule
from tongpan.kernel.documents.registry import DocumentType, actions_of, document_types
from tongpan.kernel.events.registry import events
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.permissions import is_known, permissions
from tongpan.kernel.org.scope import system, who

STATEMENTS_MAX = 12
# A test's transaction stands around each action, and no month is remembered before a commit.
NOT_COUNTED = ("SAVEPOINT", "_ensure_month(")
MOVES_NOTHING = {"prices.change"}  # it writes prices into their list
TYPES = {declared.code: declared for declared in document_types()}
every_type = pytest.mark.parametrize("declared", TYPES.values(), ids=TYPES)
every_drafted_type = pytest.mark.parametrize(
    "declared",
    [t for t in TYPES.values() if "save" in t.verbs],
    ids=[t.code for t in TYPES.values() if "save" in t.verbs],
)


def test_no_two_types_number_with_the_same_letters() -> None:
    letters = Counter(declared_rule(declared.numbering).letters for declared in TYPES.values())

    assert [one for one, times in letters.items() if times > 1] == []


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(a_stage)


def books() -> dict[UUID, tuple[Decimal, Decimal]]:
    """What every account holds, in amount and value; accounts that hold nothing are left out."""
    held = {}
    for ledger in ("stock", "promise", "money", "points"):
        for row in balances(Where(ledger=ledger)):  # type: ignore[arg-type]
            if row.amount or row.value:
                held[row.key] = (row.amount, row.value)
    return held


def refuse_broken_books() -> None:
    assert [found for found in verify() if found.violations] == []
    sums: dict[tuple[str, UUID], Decimal] = {}
    for ledger in ("stock", "promise", "money", "points"):
        for row in balances(Where(ledger=ledger)):  # type: ignore[arg-type]
            sums[ledger, row.unit] = sums.get((ledger, row.unit), Decimal(0)) + row.amount
    assert {key: total for key, total in sums.items() if total} == {}


def begun(stage: Stage, declared: DocumentType, lines: int = 3) -> tuple[str, UUID | None, Any]:
    """Everything up to posting: the action that posts the example, its subject and payload."""
    example = EXAMPLES[declared.code]
    if example.made is not None:
        with stage.as_("zhou", example.where):
            action, payload = example.made(stage, lines)
        return action, None, payload
    return f"{declared.code}.post", drafted(stage, declared.code, lines), {}


def finished(stage: Stage, declared: DocumentType, request: tuple[str, UUID | None, Any]) -> UUID:
    with stage.as_("zhou", EXAMPLES[declared.code].where):
        return run(*request).subject


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(TYPES)


# -- what it does to the books -------------------------------------------------------------------


@every_type
def test_it_posts_balanced_in_every_ledger_and_unit(stage: Stage, declared: DocumentType) -> None:
    request = begun(stage, declared)
    before = books()

    document = finished(stage, declared, request)

    assert (books() != before) == (declared.code not in MOVES_NOTHING)
    refuse_broken_books()
    assert Document.unscoped.get(pk=document).state == "posted"


@every_type
def test_it_reverses_to_nothing(stage: Stage, declared: DocumentType) -> None:
    request = begun(stage, declared)
    before = books()
    document = finished(stage, declared, request)

    with stage.as_("zhou", EXAMPLES[declared.code].where):
        run(f"{declared.code}.reverse", document, {"reason": "the contract"})

    assert books() == before
    refuse_broken_books()
    assert Document.unscoped.get(pk=document).state == "reversed"


@every_type
def test_the_same_request_changes_nothing_the_second_time(
    stage: Stage, declared: DocumentType
) -> None:
    action, subject, payload = begun(stage, declared)
    request = env.new_id()
    with stage.as_("zhou", EXAMPLES[declared.code].where):
        first = run(action, subject, payload, request_id=request)
        held, told = books(), history_of(first.subject).count()
        again = run(action, subject, payload, request_id=request)

    assert again.is_repeat
    assert again.subject == first.subject
    assert (books(), history_of(first.subject).count()) == (held, told)


# -- who may -------------------------------------------------------------------------------------


@every_type
def test_a_stranger_neither_sees_nor_changes_it(stage: Stage, declared: DocumentType) -> None:
    document = posted(stage, declared.code)
    person, unit = EXAMPLES[declared.code].afar
    held = books()

    with stage.as_(person, unit):
        with pytest.raises(Refusal) as no:
            load(declared, document)
        assert no.value.code == "not_found"
        listed = page_of(declared, Wanted()).rows
        assert document not in [row.document_id for row in listed]
        for action in actions_of(declared.code):
            is_save = action.code == declared.permission("save")
            payload = {"note": "mine"} if is_save else {"reason": "mine", "text": "mine"}
            with pytest.raises(Refusal) as refused:
                run(action.code, document, payload)
            code = refused.value.code
            assert code in ("not_found", "forbidden", "not_at_a_till"), (action.code, code)

    assert books() == held
    assert Document.unscoped.get(pk=document).state == "posted"


@every_type
def test_who_holds_nothing_there_does_not_post_it(stage: Stage, declared: DocumentType) -> None:
    action, subject, payload = begun(stage, declared)
    count = Document.unscoped.filter(state="posted").count()

    with stage.as_("zhao", EXAMPLES[declared.code].where), pytest.raises(Refusal) as no:
        run(action, subject, payload)

    assert no.value.code in ("not_found", "forbidden")
    assert Document.unscoped.filter(state="posted").count() == count


# -- what it leaves behind -----------------------------------------------------------------------


@every_type
def test_history_and_event_name_the_same_people(stage: Stage, declared: DocumentType) -> None:
    action, subject, payload = begun(stage, declared)
    where = EXAMPLES[declared.code].where
    with stage.as_("zhou", where, authorised_by=stage.people["wang"], via="api"):
        document = run(action, subject, payload).subject

    row = history_of(document).get(action=action)
    with connection.cursor() as cursor:
        cursor.execute(
            "select name, actor, authorised_by, org_unit from event where subject = %s"
            " order by seq desc limit 1",
            [document],
        )
        told = cursor.fetchone()
    assert told == (f"{declared.code}.posted", row.actor, row.authorised_by, row.org_unit)
    assert (row.actor, row.authorised_by) == (stage.people["zhou"].pk, stage.people["wang"].pk)
    assert (row.kind, row.via) == (declared.code, "api")
    assert row.org_unit == Document.unscoped.get(pk=document).org_unit_id


@contextmanager
def what_zhou_holds() -> Iterator[None]:
    """A person's rights are read once a request, before anything is done."""
    assert who().held
    yield


@every_type
def test_posting_costs_few_statements_however_long_it_is(
    stage: Stage, declared: DocumentType
) -> None:
    counted = {}
    finished(stage, declared, begun(stage, declared, 2))  # accounts and months are open by now
    for lines in (1, 50):
        action, subject, payload = begun(stage, declared, lines)
        with (
            stage.as_("zhou", EXAMPLES[declared.code].where),
            what_zhou_holds(),
            CaptureQueriesContext(connection) as captured,
        ):
            run(action, subject, payload, request_id=env.new_id())
        said = [q["sql"] for q in captured if not any(word in q["sql"] for word in NOT_COUNTED)]
        counted[lines] = len(said)
        assert len(said) <= STATEMENTS_MAX, "\n".join(str(text)[:150] for text in said)

    assert abs(counted[50] - counted[1]) <= 3  # to open accounts that nobody has used before


# -- its draft -----------------------------------------------------------------------------------


def whole(declared: DocumentType, document: UUID) -> tuple[Any, dict[str, Any]]:
    """The body, and the payload that would save it as it is."""
    body = load(declared, document)
    payload = copy_payload(declared, body)
    payload["business_date"] = body.document.business_date
    for line, row in zip(body.lines, payload["lines"], strict=True):
        row["id"] = line.pk
    return body, payload


@every_drafted_type
def test_its_draft_survives_being_loaded_and_saved_again(
    stage: Stage, declared: DocumentType
) -> None:
    draft = drafted(stage, declared.code, 3)
    with stage.as_("zhou", EXAMPLES[declared.code].where):
        before, payload = whole(declared, draft)
        run(f"{declared.code}.save", draft, payload)
        after, again = whole(declared, draft)

    assert again == payload
    assert [row.changes for row in history_of(draft) if not row.changes] == [{}]
    columns = [f.attname for f in declared.line._meta.concrete_fields] if declared.line else []
    for old, new in zip(before.lines, after.lines, strict=True):
        assert {c: getattr(old, c) for c in columns} == {c: getattr(new, c) for c in columns}
    assert after.document.total == before.document.total
    assert after.document.version == before.document.version + 1


@every_drafted_type
def test_its_draft_may_be_empty(stage: Stage, declared: DocumentType) -> None:
    lines = {"lines": [{}]} if declared.line else {}
    with stage.as_("zhou", EXAMPLES[declared.code].where):
        empty = run(f"{declared.code}.save", payload=lines).subject
        with pytest.raises(Refusal) as no:
            run(f"{declared.code}.post", empty)
        declared.amount(load(declared, empty))  # a form asks whether one may post it

    assert no.value.code == "invalid"
    assert {p["code"] for p in no.value.problems} == {"required"}


@every_drafted_type
def test_amending_drafts_the_same_again(stage: Stage, declared: DocumentType) -> None:
    document = posted(stage, declared.code, 3)
    with stage.as_("zhou", EXAMPLES[declared.code].where):
        _, was = whole(declared, document)
        copy = run(f"{declared.code}.amend", document, {"reason": "the contract"}).result
        body, is_now = whole(declared, copy)

    for payload in (was, is_now):
        for row in payload["lines"]:
            del row["id"]
    assert is_now == was
    assert body.document.replaces_id == document
    assert body.document.state == "draft"


# -- what it is called ---------------------------------------------------------------------------


def words_of(declared: DocumentType) -> list[str]:
    """Every English text by which people meet the type."""
    fields = (*declared.header_fields, *declared.line_fields)
    with override("en"):
        words = [declared.title, declared.help]
        words += [action.title for action in actions_of(declared.code)]
        words += [text for f in fields for text in (f.label, f.help) if text]
        words += [title for f in fields for _, title in f.choices]
        return [str(word) for word in words]


@every_type
def test_it_has_a_title_a_help_and_says_everything_in_chinese(declared: DocumentType) -> None:
    said = catalog()

    assert declared.title
    assert declared.help
    assert [word for word in words_of(declared) if word not in said] == []


@every_type
def test_its_permissions_and_events_are_declared(declared: DocumentType) -> None:
    assert actions_of(declared.code)
    assert is_known(declared.permission("view"))
    titles = {permission.code: str(permission.title) for permission in permissions()}
    for action in actions_of(declared.code):
        assert action.permission in titles, action.code
        assert titles[action.permission]
        if action.event:
            assert action.event in events()
            assert action.event.startswith(declared.code)


@every_type
def test_what_it_lists_and_freezes_is_there(declared: DocumentType) -> None:
    spine = {field.name for field in Document._meta.get_fields()}
    body = {field.name for field in declared.body._meta.get_fields()}

    assert [name for name in declared.listed if name not in spine | body] == []
    if declared.frozen:
        frozen = {field.name for field in (declared.line or declared.body)._meta.get_fields()}
        assert [name for name in declared.frozen if name not in frozen] == []
        assert not {*declared.frozen} & {*declared.columns}, "What is frozen is not written."


def test_the_program_knows_the_types_it_may_follow() -> None:
    with system(reason="looking at it"):
        for declared in TYPES.values():
            assert set(declared.follows) <= set(TYPES)

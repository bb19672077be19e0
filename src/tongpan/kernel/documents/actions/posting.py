"""Submit, return, post, reverse: how a document becomes a fact, and how a fact is taken back."""

from dataclasses import replace
from typing import Any

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.along import do_along
from tongpan.kernel.documents.actions.drafts import copy_payload, keep_lines, move_to, said
from tongpan.kernel.documents.fields import Problem, missing, without_questions
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.numbering import next_number
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.ledger.models import Posting
from tongpan.kernel.ledger.posting import Fact, reversal_of
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import who

REASON_MAX = 500


def submit(doing: Doing) -> None:
    """Hand a draft to someone who may post it. What posting would refuse is refused now, but for
    what the maker cannot know and that person can: a problem that `may_wait`."""
    doing.require(doing.document.org_unit)
    _make_ready(doing, is_handed_on=True)
    move_to(doing, State.SUBMITTED, submitted_at=doing.at, submitted_by=who().person)


def give_back(doing: Doing) -> None:
    """Return a submitted document to its maker, with the reason."""
    doing.require(doing.document.org_unit)
    doing.note = reason(doing)
    move_to(doing, State.DRAFT)


def post_document(doing: Doing) -> None:
    """Make the document a fact: it gets its number, and its posting rule's moves are posted."""
    declared, document = _type(doing), doing.document
    doing.require(document.org_unit)
    _make_ready(doing)
    doing.require(document.org_unit, declared.amount(doing.body))  # freezing may have valued it
    number = next_number(declared, document.org_unit, document.business_date)
    doing.changes["number"] = [None, number]
    total = document.total  # freezing may have changed what the lines come to
    posted = {"posted_at": doing.at, "posted_by": who().person}
    move_to(doing, State.POSTED, number=number, total=total, **posted)
    doing.told |= {"number": number}
    declared.carry_out(doing)
    moves = tuple(declared.moves(doing.body))
    if moves:
        doing.facts = [
            Fact(
                posting_id=document.pk,
                document_id=document.pk,
                business_date=document.business_date,
                moves=moves,
            )
        ]


def _freeze(declared: DocumentType, body: Any) -> None:
    """Lock what the document leans on, in one order, and fix what depends on it."""
    if earlier := sorted(declared.leans_on(body)):
        list(Document.unscoped.select_for_update().filter(pk__in=earlier).order_by("pk"))
    if declared.frozen:
        declared.freeze(body)
        rows = body.lines if declared.line is not None else [body]
        (declared.line or declared.body).unscoped.bulk_update(rows, declared.frozen)


def reverse(doing: Doing) -> None:
    """Take a posted document back by posting its opposite: on today's business date, or its own."""
    declared, document = _type(doing), doing.document
    doing.require(document.org_unit)
    doing.note = reason(doing)
    _refuse_followed(doing)
    move_to(doing, State.REVERSED, reversed_at=doing.at, reversed_by=who().person)
    declared.take_back(doing)
    if Posting.objects.filter(pk=document.pk).exists():  # some documents move nothing
        today = business_date(document.org_unit, doing.at)
        day = (
            document.business_date if declared.keeps_its_day else max(today, document.business_date)
        )
        fact = reversal_of(document.pk, env.new_id(), day)
        moves = declared.undone_by(doing.body, fact.moves)
        doing.facts = [replace(fact, moves=tuple(moves))]


def amend(doing: Doing) -> None:
    """Reverse a posted document and draft a copy of it, in one step (反审核)."""
    declared, body = _type(doing), doing.body
    reverse(doing)
    replaced = {"replaces": body.document.pk, "follows": body.document.follows_id}
    payload = {**copy_payload(declared, body), **replaced}
    draft = do_along(doing, declared.permission("save"), env.new_id(), payload)
    doing.result = draft.subject
    doing.told["draft"] = draft.subject


def reason(doing: Doing) -> str:
    """The reason that the person gave; refused when it is empty."""
    text = said(doing, "reason", max_length=REASON_MAX)
    if not text:
        raise Refusal("invalid", problems=[{"path": "reason", "code": "reason_needed"}])
    return text


def _make_ready(doing: Doing, *, is_handed_on: bool = False) -> None:
    """Freeze what is complete, and refuse what posting cannot take, all problems at once."""
    declared, body, document = _type(doing), doing.body, doing.document
    if lines := _filled_in(declared, body):
        doing.changes |= keep_lines(declared, body, lines)
    problems = _missing(declared, body)
    if not problems:
        _freeze(declared, body)
        problems = [p for p in declared.check(body) if not (is_handed_on and _is_left(p))]
    if document.business_date > business_date(document.org_unit, doing.at):
        given = str(document.business_date)
        problems.append({"path": "business_date", "code": "in_future", "given": given})
    doing.refuse_or_ask(problems)


def _filled_in(declared: DocumentType, body: Any) -> list[Any]:
    """The lines that stay, where some are left out and not all of them."""
    kept = [line for line in body.lines if not declared.is_left_out(line)]
    return kept if len(kept) < len(body.lines) else []


def _is_left(problem: Problem) -> bool:
    """Whether who hands a document on leaves this to who posts it."""
    return bool(problem.get("may_wait") or problem.get("permission"))


def problems_of(declared: DocumentType, body: Any) -> list[Problem]:
    """What keeps a draft from being posted as things stand.

    In memory alone the body is frozen, and loses the lines that would be left out.
    """
    body.lines = _filled_in(declared, body) or body.lines
    problems = _missing(declared, body)
    if problems:
        return problems
    declared.freeze(body)
    return without_questions(declared.check(body))


def _missing(declared: DocumentType, body: Any) -> list[Problem]:
    problems = missing(declared.header_fields, body, path="")
    if declared.line is not None and not body.lines:
        problems.append({"path": "lines", "code": "no_lines"})
    for line in body.lines:
        problems += missing(declared.line_fields, line, path=f"lines.{line.position}")
    return problems


def _refuse_followed(doing: Doing) -> None:
    followers = doing.document.followers(manager="unscoped").filter(state=State.POSTED)
    numbers = followers.values_list("number", flat=True)[:5]
    if numbers:
        raise Refusal("followed", numbers=listed(str(number) for number in numbers))


def _type(doing: Doing) -> DocumentType:
    assert isinstance(doing.action.type, DocumentType)
    return doing.action.type

"""The one gate through which every write comes, whoever makes it and through whichever door.

`run` opens the transaction, recognises a request that was carried out before, locks the document,
lets the action decide, and last, in one statement, posts and writes history and event, so that the
ledger's locks are held for the shortest time. It is the only code that opens transactions or
retries them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.crypto import salted_hmac

from tongpan.base import env
from tongpan.base.refusals import Question, Refusal
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents import history, loading
from tongpan.kernel.documents.fields import Problem, plain, without_questions
from tongpan.kernel.documents.models import Body, Document
from tongpan.kernel.documents.registry import Action, DocumentType, MasterType, find_action
from tongpan.kernel.events.recording import Fact as Event
from tongpan.kernel.events.recording import recorded
from tongpan.kernel.ledger.posting import Fact, OutOfBounds, record
from tongpan.kernel.org.context import held_as_read
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.rules import module_of
from tongpan.kernel.org.scope import require, who
from tongpan.kernel.org.units import modules_off

TRIES = 6
SECRETS = {"password", "pin", "one_time_code"}  # a digest of a short secret would tell it
BEGIN = "gate_begin(%s, %s, %s, %s, %s, %s)"
# The same without a transaction around it: nothing is written, so an equal request at the same
# moment is not seen here. `gate_take` refuses it. A call of a function would cost more than these.
LOOK = (
    "(select k.digest, k.subject, {held} as held"
    " from (select) as here left join request k on k.id = %s)"
)
LOOK_KNOWN, LOOK_HELD = LOOK.format(held="null::text"), LOOK.format(held="org_held(%s)")
TAKE = "gate_take(%s, %s, %s, %s, %s)"
BRINGS = frozenset({"save", "submit", "post"})  # what leads to a fact at both ends
RETRYABLE = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
KNOWN_BY_NOW = "TP009"  # an equal request at the same moment


@dataclass(slots=True)
class Doing:
    """One action being done: what it was given, and what it leaves behind.

    An action reads `document`, `body`, `payload` and `answers`; it must call `require`; it puts
    what changed into `changes` (path: [before, after]) and what it posts into `facts`.
    """

    action: Action
    subject: UUID
    payload: Mapping[str, Any]
    answers: frozenset[str]
    version: int | None
    at: datetime
    body: Any = None
    org_unit: OrgUnit | None = None
    kind: str = ""  # the type of the subject, where the action is not of one type
    changes: dict[str, list[Any]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)  # the event's payload
    note: str = ""
    along: list["Doing"] = field(default_factory=list)  # what else was done on the way
    prepared: Any = None  # what the action put by when it was asked what to read ahead
    read: tuple[Any, ...] = ()  # what those calls said
    digest: bytes | None = None  # of what was asked, to recognise it
    writing: Call | None = None  # writes documents that are posted at once, and says their numbers
    nth: int | None = None  # the place of this one's document among them, from 1
    result: Any = None
    is_permitted: bool = False

    @property
    def document(self) -> Document:
        assert self.body is not None, "This action has no document."
        found: Document = self.body.document
        return found

    def require(self, org_unit: OrgUnit | None, amount: Decimal | None = None) -> None:
        """Refuse unless the acting person, or who stands in for them, may do this there."""
        require(self.action.permission, org_unit, amount)
        self.org_unit, self.is_permitted = org_unit, True

    def ask(self, code: str, **facts: Any) -> None:
        """Raise a question unless the person has answered it by its code."""
        if code not in self.answers:
            raise Question(code, **facts)

    def refuse_or_ask(self, problems: Sequence[Problem]) -> None:
        """Refuse what is wrong, all of it at once. A problem that names a `question` only asks:
        one answers by that name, who holds where this is done the `permission` it may name."""
        if hard := without_questions(problems):
            raise Refusal("invalid", problems=hard)
        asked = dict.fromkeys((p["question"], p.get("permission")) for p in problems)
        for code, permission in asked:
            self.ask(code, problems=[p for p in problems if p["question"] == code])
            if permission:
                require(permission, self.org_unit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action came to. `is_repeat` says that it had been carried out before."""

    subject: UUID
    document: Document | None = None
    result: Any = None
    is_repeat: bool = False


def run(
    code: str,
    subject: UUID | None = None,
    payload: Mapping[str, Any] | None = None,
    *,
    request_id: UUID | None = None,
    version: int | None = None,
    answers: Iterable[str] = (),
) -> Outcome:
    """Do the action `code` to `subject`, or to a new thing of that id.

    `request_id` names this request for ever: sent again it changes nothing, and with other content
    it is refused. `version` is the version the person saw; another one there now is refused.

    Errors: Refusal (or Question, Forbidden) with its code; nothing was changed then. NoScope when
    nobody acts.
    """
    if who().is_only_looking:
        raise Refusal("only_looking")
    action = find_action(code)
    if action is None:
        raise Refusal("unknown_action", action=code)
    doing = Doing(
        action=action,
        subject=subject or request_id or env.new_id(),
        payload=payload or {},
        answers=frozenset(answers),
        version=version,
        at=env.now(),
    )
    for attempt in range(TRIES):
        try:
            if action.is_one_statement and not connection.in_atomic_block:
                return _do(doing, request_id, is_alone=True)
            with transaction.atomic():
                return _do(doing, request_id)
        except OutOfBounds as short:
            raise _explained(doing, short) from None  # outside the transaction that it ended
        except DatabaseError as error:
            if connection.in_atomic_block or not _is_retryable(error):
                raise
            env.sleep(env.jitter() * min(0.4, 0.005 * 2**attempt))
            doing = _afresh(doing)
    raise Refusal("busy")


def _do(doing: Doing, request_id: UUID | None, *, is_alone: bool = False) -> Outcome:
    if _was_done(doing, request_id, is_alone=is_alone):
        return Outcome(doing.subject, is_repeat=True)
    if isinstance(doing.action.type, DocumentType) and doing.action.states:
        doing.body = loading.load_locked(doing.action.type, doing.subject)
        _refuse_wrong_state(doing)
    doing.action.run(doing)
    assert doing.is_permitted, f"{doing.action.code} forgot to ask for permission."
    all_done = (doing, *doing.along)
    _refuse_closed(doing)
    calls = [history.written(all_done), *_told([done for done in all_done if done.action.event])]
    env.failpoint("gate.before_post")
    taking = _taking(doing, request_id) if is_alone else None
    numbers, _posted = record(doing.facts, first=_first(doing, taking), along=calls)
    for done in all_done:
        if done.nth is not None:
            done.document.number = numbers[done.nth - 1]
    env.failpoint("gate.before_commit")
    document = doing.body.document if isinstance(doing.body, Body) else None
    return Outcome(doing.subject, document, doing.result)


def _taking(doing: Doing, request_id: UUID | None) -> Call:
    """The call that keeps the request, in a statement that is a transaction of its own."""
    return Call(TAKE, (request_id, doing.action.code, doing.digest, doing.subject, doing.at))


def _first(doing: Doing, taking: Call | None) -> Call | None:
    """What is made before the posting: the request is kept, then documents are written."""
    writing = doing.writing
    if writing is None:
        assert taking is None, f"{doing.action.code} leaves nothing that one statement could write."
        return None
    source = f" from {taking.text}" if taking else ""
    also = taking.parameters if taking else ()
    return Call(f"(select {writing.text} as first{source} offset 0)", (*writing.parameters, *also))


def _was_done(doing: Doing, request_id: UUID | None, *, is_alone: bool) -> bool:
    """Recognise the request, and read in the same round trip what the action needs to know."""
    ahead = tuple(doing.action.ahead(doing))
    acting = who()
    person = None if acting.knows_what_is_held or acting.person is None else acting.person.pk
    if request_id is None and person is None:
        doing.read = together(ahead) if ahead else ()
        return False
    digest = doing.digest = _digest(doing) if request_id else None
    begin = Call(BEGIN, (request_id, doing.action.code, digest, doing.subject, doing.at, person))
    if is_alone:
        begin = Call(LOOK_HELD, (person, request_id)) if person else Call(LOOK_KNOWN, (request_id,))
    known, subject, held, *read = together(ahead, first=begin)
    if held is not None:
        acting.learn(held_as_read(json.loads(held)))
    if known is None:
        doing.read = tuple(read)
        return False
    doing.subject = subject
    if bytes(known) != digest:
        raise Refusal("request_conflict")
    return True


def _digest(doing: Doing) -> bytes:
    payload = {
        name: salted_hmac("tongpan.request", str(value), algorithm="sha256").hexdigest()
        if name in SECRETS
        else value
        for name, value in doing.payload.items()
    }
    said = [doing.action.code, str(doing.subject), payload]
    text = json.dumps(said, sort_keys=True, default=plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _refuse_wrong_state(doing: Doing) -> None:
    document = doing.document
    if document.state not in doing.action.states:
        raise Refusal("wrong_state", state=document.get_state_display())
    if doing.version is not None and doing.version != document.version:
        raise Refusal("version_changed", version=document.version)


def _refuse_closed(doing: Doing) -> None:
    """Nobody writes for the far end of a document where the module is switched off."""
    document = doing.body.document if isinstance(doing.body, Body) else None
    verb = doing.action.code.rpartition(".")[2]
    if document is None or document.other_unit is None or verb not in BRINGS:
        return
    if module_of(document.type) in modules_off(document.other_unit) and not who().is_system:
        raise Refusal("module_off", unit=document.other_unit.code)


def _told(doings: Sequence[Doing]) -> list[Call]:
    """The call that records the events of what was done, however much it is."""
    if not doings:
        return []
    top = None
    if any(doing.org_unit is None for doing in doings):
        # What belongs to no unit, as an item does, is told at the top of the tree.
        top = OrgUnit.objects.filter(parent=None).earliest("path")
    return [recorded([_event(doing, doing.org_unit or top) for doing in doings])]


def _event(doing: Doing, unit: OrgUnit | None) -> Event:
    assert unit is not None, "There is a top."
    document = doing.body.document if isinstance(doing.body, Body) else None
    if document is not None and document.other_unit_id is not None:
        doing.told["other_unit"] = document.other_unit_id  # whose open pages are told as well
    return Event(
        name=doing.action.event or "",
        subject=doing.subject,
        org_unit=unit.pk,
        payload={k: plain(v) for k, v in doing.told.items()},
        nth=doing.nth,
        business_date=document.business_date if document else business_date(unit, doing.at),
    )


def _explained(doing: Doing, short: OutOfBounds) -> Refusal:
    """Every short line in the words of the document's type."""
    explain = getattr(doing.action.type, "explain_short", None)
    if explain is None or doing.body is None:
        return short
    told = [explain(doing.body, problem) for problem in short.problems]
    once = [problem for n, problem in enumerate(told) if problem not in told[:n]]
    return Refusal("out_of_bounds", problems=once)  # two accounts may say the same of a line


def _is_retryable(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in {*RETRYABLE, KNOWN_BY_NOW}


def _afresh(doing: Doing) -> Doing:
    """The same request with nothing decided yet: a retry reads everything again."""
    return Doing(
        action=doing.action,
        subject=doing.subject,
        payload=doing.payload,
        answers=doing.answers,
        version=doing.version,
        at=env.now(),
    )


__all__ = ["Doing", "MasterType", "Outcome", "run"]

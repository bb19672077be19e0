"""Recording facts: moves between accounts, all of them or none.

`post` is one call of the database function `ledger_post` (see `sql/functions.sql`), which checks,
locks, values and writes. This module gives the call its shape and its refusals their words.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from psycopg import Error

from tongpan.base import env
from tongpan.base.numbers import LEDGER_STEP, MONEY_STEP, is_on_step
from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.calls import Call, row_of, together
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.roles import Companions, role_of

__all__ = [
    "AccountKey",
    "Conflict",
    "Fact",
    "Move",
    "OutOfBounds",
    "PeriodClosed",
    "Posted",
    "post",
    "record",
    "replay",
    "reversal_of",
]


class OutOfBounds(Refusal):
    """Accounts would leave their bounds; `problems` names every one of them.

    Each problem has the account's names, `balance` (before), `change`, `floor`, `ceiling`, and
    `line` and `lines`: which lines of the document moved it.
    """


class Conflict(Refusal):
    """A posting of this id is known with other content."""


class PeriodClosed(Refusal):
    """The books of the entity are closed for this business date."""


@dataclass(frozen=True, slots=True)
class Move:
    """So much goes from `source` to `target`, two accounts that count the same unit.

    `value` belongs to stock: what the goods are worth. Without it, goods that leave a cost pool
    take its average with them; goods that come from outside into a pool must bring it. An amount
    of zero with a value changes the worth of what is there.

    `feeds` names money accounts in pairs, source and target: between them goes the value of this
    move. Moves of a fact that feed the same pairs make one money entry together.

    Units: `amount` in the unit of both accounts; `value` in the currency of the org unit.
    """

    source: AccountKey
    target: AccountKey
    amount: Decimal
    value: Decimal | None = None
    feeds: tuple[AccountKey, ...] | None = None
    line: UUID | None = None

    def __post_init__(self) -> None:
        source, target, value = self.source, self.target, self.value
        assert source.hex != target.hex, "A move goes from one account to another."
        assert source.unit == target.unit, "Both ends of a move count the same unit."
        assert source.ledger == target.ledger, "Both ends of a move are in one ledger."
        assert self.amount > 0 or (self.amount == 0 and value is not None and value > 0), (
            "A move that moves nothing says nothing."
        )
        assert is_on_step(self.amount, LEDGER_STEP), f"{self.amount} is finer than the ledger."
        if value is not None:
            assert source.ledger == "stock", "Only stock carries value."
            assert value >= 0, "Value moves from source to target: exchange the ends."
            assert is_on_step(value, MONEY_STEP), f"{value} is finer than money."
        if self.feeds is not None:
            assert source.ledger == "stock", "Only stock feeds money."
            assert len(self.feeds) % 2 == 0, "Accounts that are fed come in pairs."
            assert all(key.ledger == "money" for key in self.feeds), "Value feeds money accounts."


@dataclass(frozen=True, slots=True)
class Fact:
    """One business fact: its moves are recorded together, under an id that is its own for ever."""

    posting_id: UUID
    document_id: UUID
    business_date: date
    moves: tuple[Move, ...]
    kind: str = "post"
    reverses: UUID | None = None

    def __post_init__(self) -> None:
        assert self.moves, "A fact without moves says nothing."

    @property
    def digest(self) -> bytes:
        """What tells this fact from another one under the same id."""
        said = [f"{self.document_id}|{self.business_date}|{self.kind}|{self.reverses}"]
        for move in self.moves:
            fed = "".join([key.hex for key in move.feeds]) if move.feeds else ""
            said.append(
                f"{move.source.hex}{move.target.hex}{fed}|{move.amount.normalize():f}|"
                f"{'' if move.value is None else f'{move.value.normalize():f}'}|{move.line}"
            )
        return hashlib.sha256("\n".join(said).encode()).digest()


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a fact. `values` has the value each of its moves carried, in their order."""

    posting_id: UUID
    is_new: bool
    values: tuple[Decimal | None, ...]


def post(facts: Sequence[Fact]) -> list[Posted]:
    """Record facts: every move of every one of them, or nothing at all.

    Call it once in a transaction, with all its facts: one call locks its accounts in one order,
    so postings never wait for each other in a circle. Telling a fact twice changes nothing, so
    whoever is not sure may tell it again.

    Errors: OutOfBounds, naming every account that would leave its bounds; Conflict; PeriodClosed;
            Refusal("reversed_already"), ("cannot_be_reversed"), ("entities_differ");
    """
    return _record(facts, is_checked=True)[1]


def record(
    facts: Sequence[Fact], *, first: Call | None = None, along: Sequence[Call] = ()
) -> tuple[Any, list[Posted]]:
    """As `post`, with calls that are made in the same statement and cost no round trip.

    `first` is made before the posting, and what it says comes back. The calls `along` are made
    after it, and their texts may name that as `first`. Without facts they are made all the same.
    """
    if facts:
        return _record(facts, is_checked=True, first=first, along=along)
    said = together(along, first=first)
    return said[0] if first else None, []


def replay(facts: Sequence[Fact]) -> list[Posted]:
    """Record facts that another home has posted, as they are: its bounds were checked there.

    Every value is explicit, as `recorded` reads it, so nothing is valued again.
    """
    return _record(facts, is_checked=False)[1]


def reversal_of(posting_id: UUID, new_posting_id: UUID, business_date: date) -> Fact:
    """The fact that undoes a posting: each entry with its ends exchanged, the last one first.

    Errors: Refusal("nothing_to_reverse") if no such posting is known.
    """
    original = recorded(posting_id)
    if original is None:
        raise Refusal("nothing_to_reverse", posting=posting_id)
    return Fact(
        posting_id=new_posting_id,
        document_id=original.document_id,
        business_date=business_date,
        kind="reverse",
        reverses=posting_id,
        moves=tuple(
            Move(move.target, move.source, move.amount, move.value, line=move.line)
            for move in reversed(original.moves)
        ),
    )


def recorded(posting_id: UUID) -> Fact | None:
    """A posting as it was recorded: every entry a move with its explicit value. None: unknown."""
    ends = ", ".join(
        f"{end}.{name}"
        for end in ("s", "t")
        for name in ("ledger", "org_unit", "role", "holder", "unit", "lot", "owner", "line")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select p.document, p.business_date, p.kind, p.reverses,"
            f" e.amount, e.value, e.line, {ends}"
            f" from posting p"
            f" join entry e on e.posting = p.id and e.business_date = p.business_date"
            f" join account s on s.id = e.source join account t on t.id = e.target"
            f" where p.id = %s order by e.n",
            [posting_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    document, business_date, kind, reverses = rows[0][:4]
    moves = tuple(
        Move(AccountKey(*row[7:15]), AccountKey(*row[15:23]), row[4], row[5], line=row[6])
        for row in rows
    )
    return Fact(posting_id, document, business_date, moves, kind, reverses)


# -- the call ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Call:
    """The facts as the lists that `ledger_post` takes."""

    accounts: dict[AccountKey, int] = field(default_factory=dict)
    posting: list[int] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    target: list[int] = field(default_factory=list)
    amount: list[Decimal | None] = field(default_factory=list)
    value: list[Decimal | None] = field(default_factory=list)
    line: list[UUID | None] = field(default_factory=list)
    sum: list[int | None] = field(default_factory=list)
    sums: int = 0

    def add(self, posting: int, fact: Fact) -> None:
        fed: dict[tuple[AccountKey, ...], int] = {}
        for move in fact.moves:
            number = None
            if move.feeds:
                number = fed.setdefault(move.feeds, self.sums + len(fed) + 1)
            self._append(
                posting, move.source, move.target, move.amount, move.value, move.line, number
            )
        for feeds, number in fed.items():
            for source, target in zip(feeds[::2], feeds[1::2], strict=True):
                self._append(posting, source, target, None, None, None, number)
        self.sums += len(fed)

    def _append(
        self,
        posting: int,
        source: AccountKey,
        target: AccountKey,
        amount: Decimal | None,
        value: Decimal | None,
        line: UUID | None,
        number: int | None,
    ) -> None:
        accounts = self.accounts
        self.posting.append(posting)
        self.source.append(accounts.setdefault(source, len(accounts) + 1))
        self.target.append(accounts.setdefault(target, len(accounts) + 1))
        self.amount.append(amount)
        self.value.append(value)
        self.line.append(line)
        self.sum.append(number)


POST = (
    "select {missing}, is_new, worth{along} from {first}ledger_post("
    "%s::uuid[], %s::uuid[], %s::text[], %s::date[], %s::bytea[], %s::uuid[], %s::uuid[],"
    " %s::int[], %s::int[], %s::int[], %s::numeric[], %s::numeric[], %s::uuid[], %s::int[],"
    " %s, %s{after}) posted"
)
AGAIN = POST.format(missing="missing", along="", first="", after="")


def _record(
    facts: Sequence[Fact],
    *,
    is_checked: bool,
    first: Call | None = None,
    along: Sequence[Call] = (),
) -> tuple[Any, list[Posted]]:
    assert facts, "Nothing to record."
    assert len({fact.posting_id for fact in facts}) == len(facts), "Each fact has an id of its own."
    call = _Call()
    for number, fact in enumerate(facts, start=1):
        call.add(number, fact)
    arguments: list[Any] = [
        _array([fact.posting_id.hex for fact in facts]),
        _array([fact.document_id.hex for fact in facts]),
        _array([fact.kind for fact in facts]),
        _array([fact.business_date for fact in facts]),
        _array([f'"\\\\x{fact.digest.hex()}"' for fact in facts]),
        _array([fact.reverses for fact in facts]),
        _array([key.hex for key in call.accounts]),
        _numbers(call.posting),
        _numbers(call.source),
        _numbers(call.target),
        _array(call.amount),
        _array(call.value),
        _array(call.line),
        _array(call.sum),
        env.now(),
        is_checked,
    ]
    try:
        statement = _statement(arguments, first, along)
        try:
            row = row_of(*statement)
        except DatabaseError as error:
            if not (lost := _missing(error)):
                raise
            _open_those(call, lost)
            row = row_of(*statement)
        missing, is_new, worth, *said = row
        if missing is not None:
            _open_those(call, missing)
            missing, is_new, worth = row_of(AGAIN, arguments)
            assert missing is None, f"Accounts of a unit that is not there: {missing}."
    except DatabaseError as error:
        raise refusal_of(error, call.accounts, facts) or error from error.__cause__
    return said[0] if first else None, list(_posted(facts, is_new, worth, call.posting))


def _statement(
    arguments: Sequence[Any], first: Call | None, along: Sequence[Call]
) -> tuple[str, list[Any]]:
    """The posting with what is called before and after it.

    As a transaction of its own it must come to nothing when accounts are missing.
    """
    missing = "missing"
    if not connection.in_atomic_block:
        missing = "case when missing is not null then ledger_refuse_missing(missing) end"
    texts = [call.text for call in along]
    riding = [parameter for call in along for parameter in call.parameters]
    if first is None:
        also = "".join(f", {text}" for text in texts)
        return POST.format(missing=missing, along=also, first="", after=""), [*riding, *arguments]
    text = POST.format(
        missing=missing,
        along="".join(f", {text}" for text in ("first", *texts)),
        first=f"{first.text} first cross join lateral ",
        after=" and first is not null",  # so that the posting must wait for it
    )
    return text, [*riding, *first.parameters, *arguments]


def _missing(error: DatabaseError) -> list[UUID]:
    """The keys of the accounts that a statement alone did not find."""
    cause = error.__cause__
    if not isinstance(cause, Error) or cause.sqlstate != "TP010":
        return []
    return [UUID(key) for key in json.loads(cause.diag.message_detail or "[]")]


def _open_those(call: _Call, lost: Iterable[UUID]) -> None:
    keys = set(lost)
    open_accounts([key for key in call.accounts if key.key in keys])


def _array(values: Sequence[object]) -> str:
    """Numbers, days and ids as the text of an array: faster than a list is adapted."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _numbers(values: list[int]) -> str:
    """The same of whole numbers, none of which is missing."""
    return f"{{{str(values)[1:-1]}}}"


def open_accounts(keys: Sequence[AccountKey]) -> None:
    """Open accounts with the bounds of their roles, and the companions of cost pools with them.

    Opening one that is open changes nothing.
    """
    wanted: dict[AccountKey, dict[str, Any]] = {}
    for key in keys:
        companions = role_of(key).companions
        beside = companions(key) if companions else None
        for companion in beside or ():
            wanted[companion] = _as_opened(companion, None)
        wanted[key] = _as_opened(key, beside)
    with connection.cursor() as cursor:
        cursor.execute("select ledger_open_accounts(%s::jsonb)", [json.dumps([*wanted.values()])])


def _as_opened(key: AccountKey, beside: Companions | None) -> dict[str, Any]:
    role = role_of(key)
    opened: dict[str, Any] = {
        "ledger": key.ledger,
        "org_unit": str(key.org_unit),
        "role": key.role,
        "holder": str(key.holder),
        "unit": str(key.unit),
        "lot": key.lot,
        "owner": None if key.owner is None else str(key.owner),
        "line": None if key.line is None else str(key.line),
        "floor": None if role.floor is None else str(role.floor),
        "ceiling": None if role.ceiling is None else str(role.ceiling),
        "valued": role.is_valued,
        "is_mirror": role.is_mirror,
    }
    if beside is not None:
        opened |= {
            "residue_key": str(beside.residue.key),
            "mirror_key": str(beside.mirror.key),
            "difference_key": str(beside.difference.key),
        }
    return opened


def _posted(
    facts: Sequence[Fact],
    is_new: list[bool],
    worth: list[Decimal | None] | None,
    posting: list[int],
) -> Iterator[Posted]:
    for number, (fact, new) in enumerate(zip(facts, is_new, strict=True), start=1):
        if new:
            assert worth is not None
            first = posting.index(number)
            values = tuple(worth[first : first + len(fact.moves)])
        else:
            values = _values_recorded(fact)
        yield Posted(fact.posting_id, new, values)


def _values_recorded(fact: Fact) -> tuple[Decimal | None, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select value from entry where posting = %s and business_date = %s and n <= %s"
            " order by n",
            [fact.posting_id, fact.business_date, len(fact.moves)],
        )
        return tuple(value for (value,) in cursor.fetchall())


# -- how it says no ------------------------------------------------------------------------------


def refusal_of(
    error: DatabaseError, accounts: Iterable[AccountKey], facts: Sequence[Fact]
) -> Refusal | None:
    """The refusal that an error of the database stands for; None if it is another matter."""
    cause = error.__cause__
    if not isinstance(cause, Error):
        return None
    if cause.diag.constraint_name == "posting_reversed_once":
        return Refusal("reversed_already")
    if cause.sqlstate not in _REFUSALS:
        return None
    detail = json.loads(cause.diag.message_detail or "null")
    return _REFUSALS[cause.sqlstate](detail, {key.key: key for key in accounts}, facts)


Keys = dict[UUID, AccountKey]


def _out_of_bounds(shorts: list[dict[str, Any]], keys: Keys, facts: Sequence[Fact]) -> Refusal:
    return OutOfBounds(
        "out_of_bounds",
        problems=[_short(short, keys[UUID(short["account"])], facts) for short in shorts],
    )


def _short(short: dict[str, Any], key: AccountKey, facts: Sequence[Fact]) -> dict[str, Any]:
    bounds = {
        name: None if short[name] is None else Decimal(short[name]) for name in ("floor", "ceiling")
    }
    balance, change = Decimal(short["balance"]), Decimal(short["change"])
    lines = [
        move.line
        for fact in facts
        for move in fact.moves
        if move.line is not None and key in (move.source, move.target)
    ]
    return {
        "path": "",
        "code": "not_enough" if change < 0 else "too_much",
        "account": key.key, "ledger": key.ledger, "org_unit": key.org_unit, "role": key.role,
        "holder": key.holder, "unit": key.unit, "lot": key.lot, "owner": key.owner,
        "line": lines[0] if lines else None, "lines": list(dict.fromkeys(lines)),
        "balance": balance, "change": change, **bounds,
    }  # fmt: skip


_REFUSALS: dict[str | None, Callable[[Any, Keys, Sequence[Fact]], Refusal]] = {
    "TP001": _out_of_bounds,
    "TP002": lambda detail, *_: Conflict("posting_conflict", **detail),
    "TP004": lambda detail, *_: Refusal("entities_differ", **detail),
    "TP005": lambda detail, *_: PeriodClosed("period_closed", **detail),
    "TP007": lambda detail, *_: Refusal("cannot_be_reversed", **detail),
}

"""What an area tells the screens besides its fields: names of accounts, facts beside a line.

Screens are derived; these are the few things that no field can say. They are plain values and
functions, so every face may use them, and no area knows of screens.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a form shows beside a line while it is written, worked out from one reference of it.

    `by` is the column whose row brings the facts (an item). `of(body, rows)` answers for each row,
    by its id, a value for every one of `columns` (text) and of `choices` (a list of rows that may
    be chosen, such as the units of the item). `body` is the draft as it was last saved.
    `words` are those of `columns` that are read and not compared, as a name beside figures.
    `hides()` names the columns that the acting person may not see.
    `search(body, text, limit)` finds the rows where only the draft knows which are meant.
    """

    by: str
    of: Callable[[Any, Sequence[Any]], Mapping[UUID, Mapping[str, Any]]]
    columns: tuple[tuple[str, Text], ...] = ()
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    scan: Callable[[str], tuple[Any, Mapping[str, str]]] | None = None
    search: Callable[[Any, str, int], Sequence[Any]] | None = None
    hides: Callable[[], Collection[str]] = tuple


@dataclass(frozen=True, slots=True)
class LineWords:
    """A word about each line of a document, under a title: `of(body, line)`. A form has a column
    for it where `is_asked(body)`, if that is given, and tells it again when the draft is saved."""

    title: Text
    of: Callable[[Any, Any], Text]
    is_asked: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a posted document has come, as its accounts tell: a status is a balance.

    `code` is transit, partly or done; `word` is what people call it; `share` is the part done.
    Nothing follows what is done, but for the types of `then`: what was billed may still go back.
    The types of `never` do not follow this one, whatever others of its type do. Without a code it
    only says that. `usually` is the type that follows one that stands so, if another than of its
    kind. `left` is what of its money is open, where that is known.
    """

    code: str
    word: Text
    share: Decimal | None = None
    then: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    left: Decimal | None = None
    usually: str = ""


class Come(NamedTuple):
    """What the accounts of one document say: whether nothing is left, which part is done, and a
    word of the type's own."""

    is_done: bool
    share: Decimal
    said: str


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far posted documents of a type have come.

    `accounts` selects (document, is_done, share, said) of the documents `any(%s)`; `word` makes of
    it what people call that, also where a document has no such account. With `is_open`, a
    condition on `document.id`, those of which something is left are found without the others.
    """

    accounts: str
    word: Callable[[Any, Come | None], Standing | None]
    is_open: str = ""

    def __call__(self, bodies: Sequence[Any]) -> Mapping[UUID, Standing]:
        return how_far([(self, [body.document for body in bodies])])


def how_far(asked: Iterable[tuple[HowFar, Sequence[Any]]]) -> dict[UUID, Standing]:
    """The standings of posted documents of several types, in one statement."""
    wanted = [(of_type, documents) for of_type, documents in asked if documents]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(f"({of_type.accounts})" for of_type, _ in wanted),
            [[document.pk for document in documents] for _, documents in wanted],
        )
        found = {row[0]: Come._make(row[1:]) for row in cursor.fetchall()}
    told = {
        document.pk: of_type.word(document, found.get(document.pk))
        for of_type, documents in wanted
        for document in documents
    }
    return {document: standing for document, standing in told.items() if standing is not None}


def lines_come(
    table: str, ledger: str, role: str, word: Callable[[Come], Standing], said: str = "''"
) -> HowFar:
    """How far documents have come by the accounts of their lines: what came in is what was
    promised or sent, what went out is what became of it."""
    lines = f"""{table} l
  join account a on a.line = l.id and a.ledger = '{ledger}' and a.role = '{role}'"""
    return HowFar(
        f"""select l.document_id, bool_and(a.inflow = a.outflow), avg(a.outflow / a.inflow), {said}
  from {lines} where l.document_id = any(%s) and a.inflow > 0 group by l.document_id""",
        lambda _document, come: word(come) if come is not None else None,
        f"exists (select from {lines} where l.document_id = document.id and a.inflow <> a.outflow)",
    )


@dataclass(frozen=True, slots=True)
class AccountWords:
    """What people call a kind of account, and of which tables its holder and its unit are."""

    title: Text
    holder: type[models.Model] | None = None
    unit: type[models.Model] | None = None


_accounts: dict[tuple[str, str], AccountWords] = {}
_currencies: dict[UUID, str] = {}


def name_accounts(
    ledger: str,
    role: str,
    title: Text,
    *,
    holder: type[models.Model] | None = None,
    unit: type[models.Model] | None = None,
) -> None:
    """Say what people call the accounts of a role. Declared once, in an area's `ready()`."""
    _accounts[ledger, role] = AccountWords(title, holder, unit)


def words_of_account(ledger: str, role: str) -> AccountWords:
    """What people call the accounts of a role; the role itself when nobody said."""
    return _accounts.get((ledger, role)) or AccountWords(role.replace("_", " "))


def name_currency(unit: UUID, code: str) -> None:
    """Say which currency a money account counts in."""
    _currencies[unit] = code


def currency_of(unit: UUID) -> str:
    """The currency that a money account counts in; empty when nobody said."""
    return _currencies.get(unit, "")

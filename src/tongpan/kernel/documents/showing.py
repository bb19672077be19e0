"""What an area tells the screens besides its fields: names of accounts, facts beside a line.

Screens are derived; these are the few things that no field can say. They are plain values and
functions, so every face may use them, and no area knows of screens.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a form shows beside a line while it is written, worked out from one reference of it.

    `by` is the column whose row brings the facts (an item). `of(body, rows)` answers for each row,
    by its id, a value for every one of `columns` (text) and of `choices` (a list of rows that may
    be chosen, such as the units of the item). `body` is the draft as it was last saved.
    `hides()` names the columns that the acting person may not see.
    `search(body, text, limit)` finds the rows where only the draft knows which are meant.
    """

    by: str
    of: Callable[[Any, Sequence[Any]], Mapping[UUID, Mapping[str, Any]]]
    columns: tuple[tuple[str, Text], ...] = ()
    choices: tuple[str, ...] = ()
    scan: Callable[[str], tuple[Any, Mapping[str, str]]] | None = None
    search: Callable[[Any, str, int], Sequence[Any]] | None = None
    hides: Callable[[], Collection[str]] = tuple


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a posted document has come, as its accounts tell: a status is a balance.

    `code` is transit, partly or done; `word` is what people call it; `share` is the part done.
    Nothing follows what is done, but for the types of `then`: what was billed may still go back.
    The types of `never` do not follow this one, whatever others of its type do.
    """

    code: str
    word: Text
    share: Decimal | None = None
    then: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


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

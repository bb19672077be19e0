"""The postings tab: what a document moved, or will move, with both ends of every move.

A posted document shows the entries of its postings. A draft shows what its posting rule says now,
on today's balances; nothing is locked for that, so another posting may still come first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import values
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.actions.posting import problems_of
from tongpan.kernel.documents.fields import references
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.showing import currency_of, words_of_account
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.ledger.queries import Balance, balance_of, entries_of
from tongpan.kernel.ledger.roles import role_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may

MOVES_MAX = 600  # of more of them, the first are shown: a page of lines has fewer


def postings_tab(
    declared: DocumentType,
    body: Any,
    *,
    shown: Sequence[Any] | None = None,
    known: Mapping[UUID, Any] | None = None,
) -> pages.Postings:
    """What stands behind the document: its entries, or what posting it would write.

    Where only some of the lines are `shown`, theirs, and those of the whole document. `known` are
    rows by id, whose names need not be asked for.
    """
    known = known or {}
    document = body.document
    lines = body.lines if shown is None else shown
    if document.state in (State.DRAFT, State.SUBMITTED):
        return _preview(declared, body, lines, known)
    if document.state == State.VOID:
        return pages.Postings((), empty=_("A void document moves nothing."))
    moves: list[Move] = []
    before: dict[UUID, Decimal] = {}
    for _posting, entries in groupby(entries_of(document.pk), key=lambda entry: entry.posting):
        found = list(entries)
        posted = [Move(e.source, e.target, e.amount, e.value, line=e.line) for e in found]
        ends = _ends(_of_lines(posted, body, lines))
        balances = balance_of(ends, recorded_by=found[0].posted_at)
        after = {key.key: balance.amount for key, balance in balances.items()}
        for move in posted:  # back to what was there before it
            if move.source.key in after:
                after[move.source.key] += move.amount
            if move.target.key in after:
                after[move.target.key] -= move.amount
        before = {**after, **before}
        moves += posted
    return _shown(declared, body, moves, before, lines, known)


def _of_lines(moves: Sequence[Move], body: Any, lines: Sequence[Any]) -> list[Move]:
    """The moves of these lines, and those of the whole document."""
    if len(lines) == len(body.lines):
        return list(moves)
    elsewhere = {line.pk for line in body.lines} - {line.pk for line in lines}
    return [move for move in moves if move.line not in elsewhere]


def _preview(
    declared: DocumentType, body: Any, lines: Sequence[Any], known: Mapping[UUID, Any]
) -> pages.Postings:
    body = copy(body)  # the form shows the lines that would be left out
    if problems_of(declared, body):
        return unknown_yet()
    moves = list(declared.moves(body))
    balances = balance_of(_ends(moves))
    pools = {key.key: balance for key, balance in balances.items()}
    valued = [_valued(move, pools) for move in moves]
    fed = _fed(valued)
    amounts = {key: balance.amount for key, balance in pools.items()}
    amounts |= {k.key: b.amount for k, b in balance_of(_ends(fed)).items()} if fed else {}
    tab = _shown(declared, body, [*valued, *fed], amounts, lines, known)
    return tab if tab.empty else replace(tab, lead=_("This is what posting will write."))


def unknown_yet() -> pages.Postings:
    """What is said of a draft that is not complete."""
    return pages.Postings((), lead=_("What it will move is shown when the draft is complete."))


def _ends(moves: Iterable[Move]) -> list[AccountKey]:
    return list(dict.fromkeys(end for move in moves for end in (move.source, move.target)))


def _valued(move: Move, balances: Mapping[UUID, Balance]) -> Move:
    """The move with the value that it would carry now: its pool's average."""
    if move.value is not None or not role_of(move.source).is_valued:
        return move
    pool = balances.get(move.source.key)
    if pool is None or not pool.amount:
        return move
    value = round_to(abs(pool.value * move.amount / pool.amount), MONEY_STEP)
    return Move(move.source, move.target, move.amount, value, move.feeds, move.line)


def _fed(moves: Iterable[Move]) -> list[Move]:
    """The money moves that the stock moves feed, summed for each pair."""
    sums: dict[tuple[AccountKey, ...], Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        if move.feeds and move.value is not None:
            sums[move.feeds] += move.value
    return [
        Move(source, target, total)
        for feeds, total in sums.items()
        if total > 0
        for source, target in zip(feeds[::2], feeds[1::2], strict=True)
    ]


# -- in words ----------------------------------------------------------------------------------


def _shown(
    declared: DocumentType,
    body: Any,
    moves: Sequence[Move],
    before: Mapping[UUID, Decimal],
    of_lines: Sequence[Any],
    known: Mapping[UUID, Any],
) -> pages.Postings:
    chosen = _of_lines(moves, body, of_lines)[:MOVES_MAX]
    told = {id(move) for move in chosen}
    names, _beside = names_of(chosen, units_of=moves, known=known)
    seen = [move for move in moves if _may_see(move, names)]
    running = dict(before)
    by_line: dict[UUID | None, list[pages.Moved]] = {}
    for move in seen:
        if id(move) not in told:  # another line's: it moves the same accounts on
            _go_on(move, running)
            continue
        shown = _moved(move, names, running, declared, body.document.currency)
        by_line.setdefault(move.line, []).append(shown)
    lines = tuple(_line(body, line, shown) for line, shown in _in_order(body, by_line))
    if lines:
        first = lines[0]
        lines = (pages.LineMoves(first.title, first.moves, first.summary, is_open=True), *lines[1:])
    more = ""
    if len(of_lines) < len(body.lines):
        more = _("The moves of the lines above are shown.")
    elif len(moves) > MOVES_MAX:
        more = _("The first %(n)s moves are shown.") % {"n": MOVES_MAX}
    empty = "" if moves else _("It moves neither goods nor money.")
    return pages.Postings(lines, proof=_proof(seen, names), more=more, empty=empty)


def _go_on(move: Move, running: dict[UUID, Decimal]) -> None:
    for key, change in ((move.source.key, -move.amount), (move.target.key, move.amount)):
        if key in running:
            running[key] += change


@dataclass(frozen=True)
class Names:
    """What the ids in some accounts are called."""

    rows: Mapping[UUID, Any]
    units: Mapping[UUID, OrgUnit]


def names_of(
    moves: Sequence[Move],
    *beside: QuerySet[Any],
    units_of: Sequence[Move] = (),
    known: Mapping[UUID, Any] | None = None,
) -> tuple[Names, list[list[Any]]]:
    """What the accounts of these moves name, in one statement with the rows of `beside`.

    Rows that are `known` are not asked for. The units are those of `units_of` too, where more
    moves than those that are shown must be known to be seen.
    """
    wanted: dict[type[models.Model], set[UUID]] = defaultdict(set)
    wanted[OrgUnit] = {key.org_unit for key in _ends((*moves, *units_of))}
    for key in _ends(moves):
        words = words_of_account(key.ledger, key.role)
        if words.holder is not None:
            wanted[words.holder].add(key.holder)
        if words.unit is not None:
            wanted[words.unit].add(key.unit)
    rows: list[Any] = []
    missing = []
    for model, ids in wanted.items():
        near = {pk: row for pk in ids if isinstance(row := (known or {}).get(pk), model)}
        rows += near.values()
        missing.append(_rows(model, ids - near.keys() - {NOBODY}))
    read = read_at_once(*missing, *beside)
    rows += (row for found in read[: len(missing)] for row in found)
    units = {row.pk: row for row in rows if isinstance(row, OrgUnit)}
    return Names({row.pk: row for row in rows}, units), read[len(missing) :]


def _rows(model: type[models.Model], ids: set[UUID]) -> QuerySet[Any]:
    """Rows by id. Whoever may see a document may read the names of what it moved."""
    told_by = references().get(model)
    reach = list(told_by.reach) if told_by else []
    if any(f.name == "base_unit" for f in model._meta.get_fields()):
        reach.append("base_unit")
    found = model._base_manager.filter(pk__in=ids)
    return found.select_related(*reach) if reach else found


def _may_see(move: Move, names: Names) -> bool:
    """Money shows what goods cost: only to who may see costs at both ends; so does value alone."""
    if move.source.ledger != "money" and move.amount:
        return True
    ends = {move.source.org_unit, move.target.org_unit}
    return all(may("see.cost", names.units.get(unit)) for unit in ends)


def _moved(
    move: Move,
    names: Names,
    running: dict[UUID, Decimal],
    declared: DocumentType,
    currency: str,
) -> pages.Moved:
    if not move.amount and move.value is not None:  # the goods stay, and are worth less or more
        giver = pages.End(account_title(move.source, names))
        taker = pages.End(account_title(move.target, names))
        worth, note = formats.money(move.value, currency), _("value without goods")
        return pages.Moved(move.source.ledger, worth, giver, taker, note)
    amount = _amount(move.source, move.amount, names)
    source = _end(move.source, -move.amount, names, running, declared)
    target = _end(move.target, move.amount, names, running, declared)
    note = _("lot %(lot)s") % {"lot": move.source.lot} if move.source.lot else ""
    return pages.Moved(move.source.ledger, amount, source, target, note)


def _end(
    key: AccountKey,
    change: Decimal,
    names: Names,
    running: dict[UUID, Decimal],
    declared: DocumentType,
) -> pages.End:
    title = account_title(key, names)
    before = running.get(key.key)
    if before is None or not _is_telling(key):
        return pages.End(title)
    after = running[key.key] = before + change
    if not may(declared.permission("view"), names.units.get(key.org_unit)):
        return pages.End(title)  # another unit's balance is not theirs to see
    return pages.End(title, _figure(key, before, names), _figure(key, after, names))


def _is_telling(key: AccountKey) -> bool:
    """Whether a balance says something: outside the books, where goods come from, it does not."""
    role = role_of(key)
    return key.ledger != "stock" or role.is_valued or role.floor is not None


def account_title(key: AccountKey, names: Names) -> str:
    """What people call an account: 中心仓 · 主库位, 在途 → 北门店."""
    words = words_of_account(key.ledger, key.role)
    unit = names.units.get(key.org_unit)
    at = unit.name if unit else "…"
    holder = names.rows.get(key.holder) if words.holder is not None else None
    who = values.label(holder) if holder is not None else at
    title = str(words.title)
    if "%(holder)s" in title:
        return title % {"holder": who, "unit": at}
    return f"{who} · {title}" if title else who


def _amount(key: AccountKey, amount: Decimal, names: Names) -> str:
    if key.ledger == "money":
        return formats.money(amount, currency_of(key.unit))
    measure = getattr(names.rows.get(key.unit), "base_unit", None)
    if measure is None:
        return formats.quantity(amount)
    return formats.quantity(amount, measure.name, values.places_of(measure.step))


def _figure(key: AccountKey, amount: Decimal, names: Names) -> str:
    """A balance, without the unit that the amount beside it already has."""
    if key.ledger == "money":
        return formats.money(amount, currency_of(key.unit))
    measure = getattr(names.rows.get(key.unit), "base_unit", None)
    return formats.quantity(amount, "", values.places_of(measure.step) if measure else 0)


def _in_order(
    body: Any, by_line: Mapping[UUID | None, list[pages.Moved]]
) -> Iterable[tuple[Any, list[pages.Moved]]]:
    lines = {line.pk: line for line in body.lines}
    for pk, line in lines.items():
        if pk in by_line:
            yield line, by_line[pk]
    rest = [moved for pk, shown in by_line.items() if pk not in lines for moved in shown]
    if rest:
        yield None, rest


def _line(body: Any, line: Any, moves: list[pages.Moved]) -> pages.LineMoves:
    if line is None:
        title = _("The whole document")
    else:
        named = getattr(line, "item", None)
        about = values.label(named) if named is not None else ""
        title = _("Line %(n)s %(about)s") % {"n": line.position, "about": about}
    words = {
        "stock": _("Stock"),
        "promise": _("Promise"),
        "money": _("Money"),
        "points": _("Points"),
    }
    summary = tuple(f"{words[m.ledger]} {m.amount} → {m.target.title}" for m in moves[:3])
    return pages.LineMoves(title, tuple(moves), summary)


def _proof(moves: Sequence[Move], names: Names) -> str:
    """That sources equal targets in each ledger, with the sums."""
    if not moves:
        return ""
    ledgers: list[str] = []
    stock = [m for m in moves if m.source.ledger == "stock"]
    promised = [m for m in moves if m.source.ledger == "promise"]
    money = [m for m in moves if m.source.ledger == "money"]
    if promised:
        count = len(promised)
        ledgers.append(ngettext("promise %(n)s move", "promise %(n)s moves", count) % {"n": count})
    if stock:
        count = len(stock)
        ledgers.append(ngettext("stock %(n)s move", "stock %(n)s moves", count) % {"n": count})
    if money:
        total = sum((m.amount for m in money), ZERO)
        shown = formats.money(total, currency_of(money[0].source.unit))
        ledgers.append(_("money %(sum)s") % {"sum": shown})
    return _("Sources equal targets in each ledger: %(ledgers)s") % {"ledgers": " · ".join(ledgers)}

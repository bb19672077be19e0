"""The page of a document that is read: facts, lines, life, tabs, and what can be done with it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.counting import counted
from tongpan.base.numbers import ZERO
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.listing import hidden_fields, reason_field
from tongpan.faces.kit.derived.standings import standings_of
from tongpan.faces.kit.derived.tabs import Hung, tabs, timeline
from tongpan.kernel.documents.fields import Field, reference_of, references
from tongpan.kernel.documents.following import followers_of
from tongpan.kernel.documents.lists import Around
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import Action, DocumentType, actions_of
from tongpan.kernel.documents.showing import LineWords, Standing
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may, may_somewhere, who

ICONS = {
    "post": "tick", "return": "return", "reverse": "return", "amend": "return",
    "void": "trash", "copy": "copy",
}  # fmt: skip
LINES_SHOWN = 200  # of a longer document, so many at a time
ALL_LINES = "all"
Dress = Callable[[Any, pages.DocumentPage], pages.DocumentPage]
DEEDS = ("submit", "post", "return", "reverse", "amend", "void")


def document_page(
    declared: DocumentType,
    body: Any,
    *,
    problem: pages.ErrorPanel | None = None,
    lines_from: str = "",
) -> pages.DocumentPage:
    """A document that is read. What is not the person's to see or do is not on it.

    Of a long one, lines and what they moved are shown in parts, from the line that is asked for.
    """
    document = body.document
    shown = lines_shown(body.lines, lines_from)
    hung = Hung.of(declared, body)
    standing = standings_of(declared, [body]).get(document.pk)
    follow = follow_actions(declared, document)
    late: list[pages.Action] = []
    if standing is not None and standing.code == "done":  # it is not what comes next any more
        follow, late = [], [a for a in follow if a.code in standing.then]
    follow = [a for a in follow if standing is None or a.code not in standing.never]
    primary, actions, more = deeds(declared, body, follow, standing=standing)
    more = (*more, *declared.screens.get("page_links", lambda _body: ())(body))
    dress: Dress = declared.screens.get("dress_page", lambda body, page: page)
    page = pages.DocumentPage(
        title=str(declared.title),
        number=document.number or "",
        state=values.state(document, standing),
        facts=tuple(facts(declared, body, standing)),
        grid=replace(grid(declared, body, shown=shown), part=_part(declared, body, shown)),
        back_url=addresses.documents(declared),
        help=pages.Help(str(declared.help)) if declared.help else None,
        position=position(declared, hung.around),
        timeline=timeline(
            declared,
            document,
            standing=standing,
            next_steps=next_steps(declared, standing),
            people=hung.noted.people,
        ),
        tabs=tabs(declared, body, hung, shown=shown, standing=standing),
        primary=primary,
        actions=(*actions, *late),
        more=more,
        print_url=addresses.paper(declared.code, document.pk),
        problem=problem,
    )
    return dress(body, page)


# -- header and lines --------------------------------------------------------------------------


def openable() -> frozenset[Any]:
    """The tables whose pages the person may open."""
    found = ((m, addresses.master_type_of(m)) for m in references())
    return frozenset(m for m, d in found if d and may_somewhere(d.permission("view")))


def facts(declared: DocumentType, body: Any, standing: Standing | None) -> Iterable[pages.Fact]:
    """The header: what was filled in, less what is masked."""
    document = body.document
    hidden, may_open = hidden_fields(declared), openable()
    if declared.screens.get("names_unit"):
        yield pages.Fact(_("Org unit"), pages.Cell(document.org_unit.name))
    in_total = declared.screens.get("in_total", ())  # fields that the total says once more
    for field in values.without(declared.header_fields, hidden | set(in_total)):
        cell = values.cell(field, body, may_open=may_open)
        if cell.value is not None:
            yield pages.Fact(values.title_of(field), cell, values.kind_of(field))
    yield pages.Fact(_("Business date"), values.day_of(declared, document), pages.Kind.DATE)
    if document.follows_id and document.follows is not None:
        earlier = document.follows
        url = addresses.document(earlier.type, earlier.pk)
        yield pages.Fact(_("Made from"), pages.Cell(earlier.number, url=url), pages.Kind.CODE)
    if document.total is not None and "total" not in hidden:
        struck = document.state == State.VOID
        total = pages.Cell(formats.money(document.total, document.currency), is_struck=struck)
        yield pages.Fact(_("Total"), total)
        if document.state == State.POSTED:
            for title, amount in declared.screens.get("figures", lambda _body, _standing: ())(
                body, standing
            ):
                figure = pages.Cell(formats.money(amount, document.currency))
                yield pages.Fact(str(title), figure)
    if document.note:
        yield pages.Fact(_("Note"), pages.Cell(document.note))


def lines_shown(lines: Sequence[Any], asked: str) -> Sequence[Any]:
    """The lines that a page shows: all of them, unless they are many; then those from the line
    that was asked for, or all of them again if somebody says so."""
    if len(lines) <= LINES_SHOWN or asked == ALL_LINES:
        return lines
    is_place = asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= len(lines)
    first = (int(asked) - 1) // LINES_SHOWN * LINES_SHOWN if is_place else 0
    return lines[first : first + LINES_SHOWN]


def _part(declared: DocumentType, body: Any, shown: Sequence[Any]) -> pages.LinesPart | None:
    count, here = len(body.lines), addresses.document(declared.code, body.document.pk)
    if count <= LINES_SHOWN:
        return None
    if len(shown) == count:
        return pages.LinesPart(
            _("All %(count)s lines") % {"count": formats.number(count)}, all_url=""
        )
    before = body.lines.index(shown[0])
    last = before + len(shown)

    def at(place: int) -> str:
        return f"{here}?lines={place + 1}#lines"

    return pages.LinesPart(
        _("Lines %(first)s to %(last)s of %(count)s")
        % {"first": before + 1, "last": last, "count": formats.number(count)},
        before,
        previous_url=at(before - LINES_SHOWN) if before else "",
        next_url=at(last) if last < count else "",
        all_url=f"{here}?lines={ALL_LINES}#lines",
    )


def grid(
    declared: DocumentType,
    body: Any,
    *,
    is_paper: bool = False,
    shown: Sequence[Any] | None = None,
    chosen: Sequence[str] = (),
) -> pages.Grid:
    """The lines as they were written; columns that nobody filled are left out, unless they are
    `chosen`. The totals are of all lines, also where only some are `shown`."""
    fields = _shown_fields(declared, body.lines, chosen)
    may_open = frozenset() if is_paper else openable()
    unsummed = declared.screens.get("unsummed", ())
    words: LineWords | None = declared.screens.get("line_words")
    columns = [_column(f, n, at) for n, (f, at) in enumerate(_placed(fields))]
    rows = []
    for line in body.lines if shown is None else shown:
        cells = {f.name: _line_cell(f, line, may_open) for f in fields}
        if words is not None:
            cells["words"] = pages.Cell(str(words.of(body, line)))
        rows.append(pages.Row(str(line.pk), cells))
    if words is not None and any(row.cells["words"].value for row in rows):
        # after what the line is about
        columns.insert(1, pages.Column("words", str(words.title), keep=1, at="detail"))
    return pages.Grid(
        columns=tuple(columns),
        rows=tuple(rows),
        totals=_line_totals([f for f in fields if f.name not in unsummed], body.lines),
    )


def _shown_fields(
    declared: DocumentType, lines: Sequence[Any], chosen: Sequence[str] = ()
) -> list[Field]:
    every = (*declared.line_fields, *declared.told_fields)
    visible = values.without(every, hidden_fields(declared))
    if chosen:
        by_name = {field.name: field for field in visible}
        return [by_name[name] for name in dict.fromkeys(chosen) if name in by_name]
    has_quantity = any(f.kind == "quantity" for f in visible)
    shown = []
    for field in visible:
        if field.name == "unit" and has_quantity:
            continue  # it stands beside the quantity
        if field.target is not None and field.target not in references():
            continue  # a link that people have no name for
        is_empty = all(getattr(line, field.attribute) in (None, "") for line in lines)
        if is_empty and not field.is_required and lines:
            continue
        shown.append(field)
    return shown


def _placed(fields: Sequence[Field]) -> Iterable[tuple[Field, str]]:
    """Where each column stands on a phone: what, how many, at which price, and what it comes to.
    What else is counted, as on a receipt, takes the places that nothing else needs. It comes to
    its last money, and to its gross where what was taken off is told behind that."""
    money = [f.name for f in fields if f.kind == "money"]
    total = "gross" if "gross" in money else money[-1] if money else ""
    free = {"reference": "title", "quantity": "amount", "price": "state", "choice": "date",
            "decimal": "tag"}  # fmt: skip
    kinds = {f.kind for f in fields}
    spare = [free[kind] for kind in ("price", "choice", "decimal") if kind not in kinds]
    for field in fields:
        at = free.pop(field.kind, "")
        if not at and field.kind == "quantity" and spare:
            at = spare.pop(0)
        if field.name == total:
            at = "code" if "quantity" not in free else free.pop("quantity")
        yield field, at


def _column(field: Field, place: int, at: str) -> pages.Column:
    keep = 1 if place == 0 or field.kind == "quantity" else 2
    unit = "¥" if field.kind in ("money", "price") else ""
    return pages.Column(
        field.name,
        values.title_of(field),
        values.kind_of(field),
        keep,
        at,  # type: ignore[arg-type]
        unit=unit,
    )


def _line_cell(field: Field, line: Any, may_open: frozenset[Any]) -> pages.Cell:
    cell = values.cell(field, line, may_open=may_open)
    if field.target is not None and cell.value is not None:
        code = reference_of(field.target).code(getattr(line, field.name))
        after = "" if len(code) > 20 or code == cell.value else code
        return pages.Cell(cell.value, url=cell.url, after=after)
    if field.name == "quantity" and isinstance(cell.value, pages.Quantity):
        return pages.Cell(_in_base(line, cell.value))
    return cell


def _in_base(line: Any, written: pages.Quantity) -> pages.Quantity:
    """20 箱 = 240 盒, where a line was written in another unit than the ledger counts in."""
    base = getattr(line, "base_quantity", None)
    item = getattr(line, "item", None)
    unit = getattr(item, "base_unit", None)
    if base is None or unit is None or not line.unit_id or line.unit_id == unit.pk:
        return written
    packed = formats.quantity(written.amount, written.unit, written.places)
    return pages.Quantity(base, unit.name, values.places_of(unit.step), packed)


def _line_totals(fields: Sequence[Field], lines: Sequence[Any]) -> Mapping[str, pages.Cell]:
    if not lines:
        return {}
    totals: dict[str, pages.Cell] = {}
    if fields and fields[0].kind == "reference":
        told = ngettext("%(n)s line", "%(n)s lines", len(lines)) % {"n": len(lines)}
        totals[fields[0].name] = pages.Cell(told, is_strong=True)
    for field in fields:
        if field.kind == "quantity":
            totals[field.name] = pages.Cell(quantity_sum(field, lines), is_strong=True)
        elif field.kind == "money":
            amounts = [getattr(line, field.name) or ZERO for line in lines]
            totals[field.name] = pages.Cell(sum(amounts, ZERO), is_strong=True)
    return totals


def quantity_sum(field: Field, lines: Sequence[Any]) -> str:
    """The quantities of a column: pieces of whatever kind added up, weights beside them.

    9 件 + 0.368 kg; where all lines count alike, their own unit: 240 盒.
    """
    sums: dict[tuple[str, int, bool], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        amount, unit = _counted(field, line)
        if amount is not None:
            places = values.places_of(unit.step) if unit else 0
            is_count = getattr(unit, "dimension", "") == "count"
            sums[unit.name if unit else "", places, is_count] += amount
    counts = [key for key in sums if key[2]]
    if len(counts) > 1:
        pieces = sum((sums.pop(key) for key in counts), ZERO)
        rest = [formats.quantity(s, name, places) for (name, places, _count), s in sums.items()]
        return " + ".join([counted(_("{n:pc/pcs}"), n=formats.quantity(pieces)), *rest])
    return " + ".join(formats.quantity(s, n, places) for (n, places, _count), s in sums.items())


def _counted(field: Field, line: Any) -> tuple[Decimal | None, Any]:
    """What a line adds to the sum: in the item's base unit where it is known."""
    base = getattr(line, "base_quantity", None)
    if field.name == "quantity" and base is not None:
        return base, getattr(line.item, "base_unit", None)
    return getattr(line, field.name), values.unit_beside(line)


# -- what can be done --------------------------------------------------------------------------

Buttons = tuple[pages.Action | None, tuple[pages.Action, ...], tuple[pages.Action, ...]]


def deeds(
    declared: DocumentType,
    body: Any,
    follow: Sequence[pages.Action],
    *,
    is_form: bool = False,
    standing: Standing | None = None,
) -> Buttons:
    """The primary action, those beside it, and those in the menu."""
    offered = {a.code.rpartition(".")[2]: a for a in offered_actions(declared, body)}
    by_verb = {verb: _button(declared, body, a, is_form) for verb, a in offered.items()}
    first = next((v for v in ("post", "submit") if v in by_verb), None)
    beside = ["return"] if "return" in by_verb else []
    if "post" in by_verb and "submit" in by_verb:
        beside.append("submit")
    primary = _as_primary(by_verb[first]) if first else None
    usual = usually_next(declared, standing)
    if primary is None and usual:  # what is rare is not the blue one
        found = [a for a in follow if a.code == usual.code]
        primary = _as_primary(found[0]) if found else None
    actions = [by_verb[v] for v in beside if v != first]
    menu = [by_verb[v] for v in ("reverse", "amend", "void") if v in by_verb]
    if "post" not in by_verb and _may_be_authorised(declared, body):
        menu.insert(0, _authorised(declared, body, is_form))
    if values.begins_alone(declared) and may(declared.permission("save"), body.document.org_unit):
        menu.append(_copy(declared, body.document))
    rest = [a for a in follow if primary is None or a.url != primary.url]
    return primary, (*actions, *rest), tuple(menu)


def offered_actions(declared: DocumentType, body: Any) -> list[Action]:
    """The registered actions that suit the document's state and that the person may do to it."""
    document = body.document
    found = []
    for action in actions_of(declared.code):
        verb = action.code.rpartition(".")[2]
        if verb not in DEEDS or document.state not in action.states:
            continue
        amount = declared.amount(body) if verb == "post" else None
        if may(action.permission, document.org_unit, amount):
            found.append(action)
    return found


def _button(declared: DocumentType, body: Any, action: Action, is_form: bool) -> pages.Action:
    verb = action.code.rpartition(".")[2]
    sends_form = is_form and verb in ("post", "submit")
    request = f"?request={env.new_id()}"
    return pages.Action(
        str(action.title),
        addresses.act(declared.code, body.document.pk, verb) + request,
        method="post",
        icon=ICONS.get(verb, ""),
        tone="danger" if verb == "void" else "",
        code=action.code,
        is_form=sends_form,
        asks=reason_field() if action.needs_reason else (),
    )


def _as_primary(action: pages.Action) -> pages.Action:
    return pages.Action(
        action.title,
        action.url,
        method=action.method,
        key="Ctrl Enter",
        tone="primary",
        code=action.code,
        fields=action.fields,
        is_form=action.is_form,
        asks=action.asks,
    )


def _may_be_authorised(declared: DocumentType, body: Any) -> bool:
    """Whether a second person could post it here, on this screen."""
    document, here = body.document, who().at
    is_open = document.state in (State.DRAFT, State.SUBMITTED) and values.is_drafted(declared)
    return is_open and here is not None and here.pk == document.org_unit_id


def _authorised(declared: DocumentType, body: Any, is_form: bool) -> pages.Action:
    return pages.Action(
        _("Post with a second person"),
        addresses.act(declared.code, body.document.pk, "post") + f"?request={env.new_id()}",
        method="post",
        icon="badge",
        is_form=is_form,
        asks=second_person(),
    )


def second_person() -> tuple[pages.Field, ...]:
    """The fields with which somebody else puts their name to an action."""
    return (
        pages.Field("second", _("Their sign-in name"), "text", is_required=True),
        pages.Field("pin", _("Their PIN"), "pin", is_required=True),
    )


def _copy(declared: DocumentType, document: Document) -> pages.Action:
    url = addresses.copy(declared.code, document.pk)
    return pages.Action(_("Copy"), f"{url}?request={env.new_id()}", method="post", icon="copy")


def follow_actions(declared: DocumentType, document: Document) -> list[pages.Action]:
    """What may be drafted from this document, at the unit where it would be done."""
    if document.state != State.POSTED:
        return []
    request = f"?request={env.new_id()}"
    return [
        pages.Action(
            verb_of(following, declared),
            addresses.follow(declared.code, document.pk, following.code) + request,
            method="post",
            code=following.code,
        )
        for following in followers_of(declared.code)
        if values.is_drafted(following)
        and any(may(following.permission("save"), at) for at in _ends(following, document))
    ]


def _ends(following: DocumentType, document: Document) -> tuple[OrgUnit, ...]:
    """Where a document that follows would be done: at the other end, unless its type says so."""
    near, far = document.org_unit, document.other_unit or document.org_unit
    told = following.screens.get("ends", {}).get(document.type, "far")
    return {"near": (near,), "far": (far,), "either": (near, far)}[told]


def usually_next(declared: DocumentType, standing: Standing | None = None) -> DocumentType | None:
    """What usually follows a document that stands so: not a return, nor another way. What follows
    `seldom` is told once its standing asks for it."""
    never = standing.never if standing is not None else declared.screens.get("seldom", ())
    found = [t for t in followers_of(declared.code) if t.code not in never]
    said = standing.usually if standing is not None else ""
    return next((t for t in found if t.code == said), found[0] if found else None)


def next_steps(declared: DocumentType, standing: Standing | None = None) -> list[str]:
    """What usually comes after posting."""
    usual = usually_next(declared, standing)
    return [verb_of(usual, declared)] if usual is not None else []


def verb_of(following: DocumentType, declared: DocumentType) -> str:
    """What people call drafting the one type from the other."""
    said = following.screens.get("verbs", {}).get(declared.code)
    return str(said or following.screens.get("verb") or following.title)


def position(declared: DocumentType, around: Around) -> pages.Position:
    """The way to the documents above and below this one in the list."""
    return pages.Position(0, None, _url(declared, around.later), _url(declared, around.earlier))


def _url(declared: DocumentType, document_id: UUID | None) -> str:
    return addresses.document(declared.code, document_id) if document_id else ""

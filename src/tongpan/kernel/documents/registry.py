"""The registers: which types of document and master there are, and which actions may be done.

An area declares its types in its `documents.py` and its own actions in `actions.py`; the app's
`ready()` imports both. From a type come its permissions, events, standard actions, screens, API
resource, import and export, and the contract tests. No face can tell how a type was made.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import Field, Problem, fields_of
from tongpan.kernel.documents.models import Body, Document, State
from tongpan.kernel.ledger.posting import Move

Text = str | Promise
ON_EVERY = frozenset(
    {"save", "submit", "return", "post", "reverse", "amend", "void", "comment", "attach"}
)


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """One type of document: what is on it, what it moves and what it may follow.

    `header`, `columns` and `listed` select and order fields of the models; labels, help, choices
    and steps live there. `listed` may also name fields of the spine (number, state, total, ...).

    `complete(body)` fills what can be worked out (base quantities, totals) when a draft is saved.
    `check(body)` yields the problems that forbid posting, each with path, code and facts. One that
    names a `question` (a code with a sentence) only asks: the person may go on, if they hold the
    `permission` that it may name. One that `may_wait` forbids posting, not handing on.
    `moves(body)` is the posting rule: pure, and told about what is on the document alone.
    `leans_on(body)` names the earlier documents whose balances posting reads: they are locked, so
    that two documents which lean on the same one take turns. `freeze(body)` then works out what is
    fixed at that moment, and writes it into the line columns that `frozen` names; of a type
    without lines, columns of its body.
    `amount(body)` is what a person's limit is compared with when they post.
    `explain_short(body, short)` says of an account that would leave its bounds which line is
    short of what: a problem whose path is the line's and whose code has a sentence.
    `carry_out(doing)` does what posting means besides its moves, as prices that a document sets in
    a list; `take_back(doing)` undoes it when the document is reversed. See `do_along`.
    `undone_by(body, moves)` says by which moves a posting is undone, where some accounts have gone
    over to others since, or more has come of it; they come as the exact opposite.
    `keeps_its_day` says that it is undone on its own day and not on the day when that is done.
    `follows` maps the code of an earlier type to a function that drafts this one from it.
    `is_left_out(line)` says of a line that such a draft proposed and nobody filled in that it goes
    when the document is handed on or posted.
    """

    code: str
    title: Text
    plural: Text = ""  # what a list of them is called, where that differs
    job: str  # the rail entry it belongs to: stock, purchasing, ...
    body: type[Body]
    line: type[Any] | None  # a Line, or what a slip has that is cut by month
    numbering: str  # such as "DB-{unit}-{year:02}-{serial:05}"
    header: tuple[str, ...]
    columns: tuple[str, ...]
    listed: tuple[str, ...]
    moves: Callable[[Any], Iterable[Move]]
    help: Text = ""
    complete: Callable[[Any], None] = lambda body: None
    check: Callable[[Any], Iterable[Problem]] = lambda body: ()
    leans_on: Callable[[Any], Iterable[UUID]] = lambda body: ()
    freeze: Callable[[Any], None] = lambda body: None
    frozen: tuple[str, ...] = ()
    amount: Callable[[Any], Decimal | None] = lambda body: body.document.total
    follows: dict[str, Callable[[Any], dict[str, Any]]] = field(default_factory=dict)
    is_left_out: Callable[[Any], bool] = lambda line: False
    carry_out: Callable[[Any], None] = lambda doing: None
    take_back: Callable[[Any], None] = lambda doing: None
    undone_by: Callable[[Any, Sequence[Move]], Iterable[Move]] = lambda body, moves: moves
    keeps_its_day: bool = False
    verbs: frozenset[str] = ON_EVERY  # the standard actions that this type has
    reach: tuple[str, ...] = ()  # what loading a line brings along, as in select_related
    explain_short: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None
    screens: dict[str, Any] = field(default_factory=dict)  # hand-written ones, by face

    @property
    def titles(self) -> Text:
        return self.plural or self.title

    @property
    def header_fields(self) -> tuple[Field, ...]:
        return fields_of(self.body, self.header)

    @property
    def line_fields(self) -> tuple[Field, ...]:
        if self.line is None:
            return ()
        return fields_of(cast("type[models.Model]", self.line), self.columns)

    @property
    def told_fields(self) -> tuple[Field, ...]:
        """What is shown of each line besides what people wrote: amounts, what the books said."""
        if self.line is None:
            return ()
        return fields_of(cast("type[models.Model]", self.line), self.screens.get("told", ()))

    def permission(self, verb: str) -> str:
        return f"{self.code}.{verb}"


Rows = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of another kind that are written on a row's own form: the barcodes of an item.

    `name` is where the payload has the list of them, `type` the code of their kind, which refers
    to the row. `cell` names the fields that a cell of a sheet spells for each, as in 箱=24; without
    it a sheet has no column for the part. `together(rows)` looks at what will be there, in the
    order of the payload: it may set what one row means for another, and yields problems, whose
    `place` counts from 0. It is not asked where a row is refused anyway.
    """

    name: str
    title: Text
    type: str
    help: Text = ""
    cell: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    together: Callable[[Rows], Iterable[Problem]] = lambda rows: ()

    @property
    def master(self) -> "MasterType":
        return master_type(self.type)

    def link(self, whole: "MasterType") -> Field:
        """The field by which a row of the part names the row that it belongs to."""
        return next(f for f in self.master.form_fields if f.target is whole.model)

    def fields(self, whole: "MasterType") -> tuple[Field, ...]:
        """What is asked for in each row."""
        link = self.link(whole)
        return tuple(f for f in self.master.form_fields if f is not link)

    @property
    def column(self) -> Field:
        """The column of a sheet that spells all rows of the part."""
        return Field(self.name, "text", self.title, self.help, is_required=False)


@dataclass(frozen=True, kw_only=True)
class MasterType:
    """One kind of master data: what is on it, and by which field an import recognises a row.

    `complete(row)` fills what can be worked out; `check(row, before)` yields problems, `before`
    being the row as it was, or None for a new one. Rows are archived, never deleted; `leaving(row)`
    yields the problems that forbid it.
    """

    code: str
    title: Text
    plural: Text = ""  # what a list of them is called, where that differs
    job: str
    model: type[models.Model]
    key: str
    fields: tuple[str, ...]
    listed: tuple[str, ...]
    help: Text = ""
    complete: Callable[[Any], None] = lambda row: None
    complete_many: Callable[[Sequence[Any]], None] | None = None  # instead: all with one query
    check: Callable[[Any, Any], Iterable[Problem]] = lambda row, before: ()
    leaving: Callable[[Any], Iterable[Problem]] = lambda row: ()
    saved: Callable[[Any, bool], None] = lambda row, is_new: None
    saved_many: Callable[[Sequence[Any]], None] | None = None  # instead, where old or new is alike
    unit_of: Callable[[Any], UUID | None] = lambda row: None
    parts: tuple[Part, ...] = ()
    screens: dict[str, Any] = field(default_factory=dict)

    @property
    def titles(self) -> Text:
        return self.plural or self.title

    @property
    def form_fields(self) -> tuple[Field, ...]:
        return fields_of(self.model, self.fields)

    @property
    def sheet_fields(self) -> tuple[Field, ...]:
        """The columns of a sheet: the fields, and the parts that a cell can spell."""
        return (*self.form_fields, *(part.column for part in self.parts if part.cell))

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """Fill in what can be worked out, in all rows."""
        if self.complete_many is not None:
            self.complete_many(rows)
        else:
            for row in rows:
                self.complete(row)

    def saved_rows(self, rows: Sequence[Any], *, is_new: bool) -> None:
        """Carry on what saving these rows means for others."""
        if self.saved_many is not None:
            self.saved_many(rows)
        else:
            for row in rows:
                self.saved(row, is_new)

    def permission(self, verb: str) -> str:
        return f"{self.code}.{verb}"


@dataclass(frozen=True, kw_only=True)
class Action:
    """A named thing that can be done, by whomever and through whichever door.

    `run` decides and writes; the gate around it checks permission and scope, opens the
    transaction, recognises repeats, posts, and writes history and event.
    `states` says in which states of a document it is offered; empty for what needs no document.
    `ahead(doing)` are calls that only read, whose answers `run` finds in `doing.read`: they are
    made in the round trip by which the request is recognised.
    `is_one_statement` says that `run` only reads, and leaves in `doing.writing` all that it writes.
    Then there is no transaction around it but that one statement, and no lock waits for us.
    """

    code: str
    title: Text
    run: Callable[..., Any]
    permission: str
    type: DocumentType | MasterType | None = None
    states: frozenset[str] = frozenset()
    event: str | None = None
    needs_reason: bool = False
    ahead: Callable[[Any], Sequence[Call]] = lambda doing: ()
    is_one_statement: bool = False


_documents: dict[str, DocumentType] = {}
_masters: dict[str, MasterType] = {}
_actions: dict[str, Action] = {}


def document_types() -> Sequence[DocumentType]:
    return tuple(_documents.values())


def master_types() -> Sequence[MasterType]:
    return tuple(_masters.values())


def actions() -> Sequence[Action]:
    return tuple(_actions.values())


def document_type(code: str) -> DocumentType:
    return _documents[code]


def master_type(code: str) -> MasterType:
    return _masters[code]


def find_action(code: str) -> Action | None:
    return _actions.get(code)


def actions_of(code: str) -> Sequence[Action]:
    """The actions of one type, in the order in which they were declared."""
    return tuple(a for a in _actions.values() if a.type is not None and a.type.code == code)


def register_action(action: Action) -> Action:
    assert action.code not in _actions, f"{action.code} is declared twice."
    _actions[action.code] = action
    return action


def register_document(declared: DocumentType) -> DocumentType:
    """Put a document type into the register; `declare.register` adds its standard actions."""
    assert declared.code not in _documents, f"{declared.code} is declared twice."
    _documents[declared.code] = declared
    return declared


def register_master(declared: MasterType) -> MasterType:
    """Put a master type into the register; `declare.register` adds its standard actions."""
    assert declared.code not in _masters, f"{declared.code} is declared twice."
    _masters[declared.code] = declared
    return declared


OPEN = frozenset({State.DRAFT.value, State.SUBMITTED.value})
VERBS: dict[str, Text] = {
    "view": _("View"),
    "save": _("Save"),
    "submit": _("Submit"),
    "post": _("Post"),
    "return": _("Return"),
    "reverse": _("Reverse"),
    "amend": _("Reverse and edit a copy"),
    "void": _("Void"),
    "comment": _("Comment"),
    "attach": _("Attach a file"),
    "archive": _("Archive"),
    "restore": _("Restore"),
    "save_many": _("Save many"),
    "archive_many": _("Archive many"),
}
# What a person may do who holds a permission, in words for whoever makes roles.
MEANS: dict[str, Text] = {
    "view": _("Look: lists, search, print, export."),
    "save": _("Write and change, hand in for approval, take drafts away."),
    "post": _("Make it a fact that moves stock or money, up to an amount; or give it back."),
    "reverse": _("Take a fact back by its opposite."),
}  # fmt: skip

__all__ = [
    "MEANS", "OPEN", "VERBS", "Action", "Document", "DocumentType", "MasterType", "Part", "actions",
    "actions_of", "document_type", "document_types", "find_action", "master_type", "master_types",
    "register_action", "register_document", "register_master",
]  # fmt: skip

"""What a page shows, as plain frozen values: the templates need nothing else.

Whoever derives a screen from a registry, or writes one by hand, fills one of the seven pages
(`ListPage`, `DocumentPage`, `FormPage`, `MasterPage`, `HomePage`, `StepsPage`, `PrintPage`) and
hands it to `kit.show.page(request, page)`. Three habits hold everywhere:

- **Raw values in, formatted words out.** A cell carries a `Decimal`, a `date`, a `Quantity` or a
  `State`; its column's `kind` says how it is written (see `formats`). Text is already translated.
- **Masked is absent.** What a person may not see has no column, no fact, no action here. There is
  no way to say "hidden" on purpose.
- **Every number opens.** Give a figure its `url` whenever entries or documents stand behind it.

Nothing here queries, and nothing here decides who may do what.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

Tone = Literal["", "accent", "ok", "wait", "act", "way", "quiet"]
"""What a colour means: act now, a person is awaited, on its way, done; "" is ink."""


class Kind(StrEnum):
    """How a column's or a fact's value is written, aligned and sorted by eye."""

    TEXT = "text"
    CODE = "code"  # document numbers and barcodes: never broken, a click copies
    MONEY = "money"  # Decimal, two places; the currency sign stands in the head
    PRICE = "price"  # Decimal, two to four places
    QUANTITY = "quantity"  # Quantity, the unit beside the number
    NUMBER = "number"  # Decimal or int without a unit
    PERCENT = "percent"  # Decimal share: 0.302 is 30.2%
    DATE = "date"  # date
    TIME = "time"  # datetime, in the reader's zone
    STATE = "state"  # State
    PROGRESS = "progress"  # Decimal share 0 to 1, or None for "does not apply"
    SHARE = "share"  # Decimal share of a whole, as a bar: being all of it is nothing special
    CHANGE = "change"  # Decimal share by which it rose or fell: ▲ 6.2%
    LINK = "link"  # text that opens something; also the row's own address
    TAG = "tag"  # an exception worth a tint; at most one per row


# --- values ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with the unit that stands beside it: 240 盒, 0.368 kg.

    `places` are the unit's decimal places (0 for pieces, 3 for weights). `packed` is the same
    amount in the unit a person counted in, such as "20 箱".
    """

    amount: Decimal
    unit: str
    places: int = 0
    packed: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state: always a shape, a word and a colour together.

    `code` picks the shape and the colour: draft, submitted, posted, partly, transit, done,
    reversed, void, waiting, held, exception. `word` is the translated word, as the type says it
    (部分入库); it stands by itself, so it begins with a capital letter. `share` (0 to 1) fills the
    pie of `partly`.
    """

    code: str
    word: str
    share: Decimal | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "word", f"{self.word[:1].upper()}{self.word[1:]}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tinted word for an exception: 晚到 1 天, 少 2 盒."""

    text: str
    tone: Tone = "quiet"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in a row, with what a glance needs around it.

    `url` opens what the figure is made of. `after` is a quiet second text on the same line (a
    barcode behind a name). `becomes` shows "312 → 552". `is_struck` is for void amounts.
    """

    value: Any = None
    url: str = ""
    after: str = ""
    becomes: Any = None
    tone: Tone = ""
    is_struck: bool = False
    is_strong: bool = False
    picture_url: str = ""  # a small one before it
    depth: int = 0  # how far it is indented, in a list that is a tree


@dataclass(frozen=True, slots=True)
class Help:
    """The answer to "what is this for": one paragraph, and the chapter that says more."""

    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Asked only before what cannot be taken back, or what leaves the company."""

    title: str  # 结账 10 月?
    text: str  # what will follow
    deed: str  # the button names the deed, never "OK"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: a button or a link.

    A `post` action is sent with the CSRF token and `fields`; with `is_form` it submits the page's
    own form to `url` instead, so what was typed travels along. `key` is what the cap on the button
    shows and what the keyboard answers: "N", "Shift A", "Ctrl Enter". `select` batches: the ids
    of the ticked rows are sent as `ids`. `asks` are fields that a small dialog asks for first, and
    that are sent along: a reason, a second person's name and PIN (a field of kind "pin"), a new
    password ("secret").
    """

    title: str
    url: str = ""
    method: Literal["get", "post"] = "get"
    key: str = ""
    icon: str = ""
    tone: Literal["", "primary", "danger", "quiet"] = ""
    code: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    is_form: bool = False
    confirm: Confirm | None = None
    asks: "tuple[Field, ...]" = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule beside its field; `path` is the field's name, such as lines.3.quantity."""

    path: str
    text: str

    @property
    def line(self) -> int | None:
        """The line of a document that it is about, as people count."""
        found = re.match(r"lines\.(\d+)\.", self.path)
        return int(found[1]) + 1 if found else None


SAID_AT_ONCE = 8  # of what is wrong; the template cuts there too


@dataclass(frozen=True, slots=True)
class ErrorPanel:
    """Why something was not done: what and why, what was kept, and one or two ways out.

    `problems` are details that stand beside a field too; each leads to it. `code` is shown in
    small print only, where it says more than that something is `invalid`.
    """

    title: str
    kept: str = ""
    details: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    actions: tuple[Action, ...] = ()
    code: str = ""

    @property
    def more(self) -> int:
        """How many of each kind are folded away after the first."""
        return max(len(self.problems) - SAID_AT_ONCE, 0) + max(len(self.details) - SAID_AT_ONCE, 0)


@dataclass(frozen=True, slots=True)
class Toast:
    """A success whose result is not already in sight. With `undo`, seven seconds; else three."""

    text: str
    undo: Action | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty list: what it is for in one line, the first action, one other way in."""

    title: str
    text: str
    actions: tuple[Action, ...] = ()


# --- tables ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list or of a document's lines.

    `keep` is the order in which columns leave when the window is narrow: 1 stays to the last, 5
    goes first; 9 is never shown in a row, only on a phone or in an export. `at` is its place in
    the three lines of a phone row: title and amount (first line), detail (second), state, date,
    tag and code (third); "" leaves it out. `unit` stands in the head, as ¥ does for money.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    keep: int = 3
    at: Literal["", "title", "amount", "detail", "state", "date", "tag", "code"] = ""
    unit: str = ""
    sort_url: str = ""
    sorted: Literal["", "asc", "desc"] = ""
    is_quiet: bool = False
    is_long: bool = False  # its text goes on below instead of being cut
    is_told: bool = False  # on a phone, where there are no heads, its title stands before it

    @property
    def is_figure(self) -> bool:
        """Whether the column is right-aligned in tabular digits."""
        return self.kind in FIGURES


FIGURES = frozenset({Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.NUMBER, Kind.PERCENT, Kind.CHANGE})


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its id for ticking, its address for Enter, and a cell for each column name."""

    id: str
    cells: Mapping[str, Cell]
    url: str = ""
    tone: Tone = ""
    is_marked: bool = False  # the reader's own place, the line in question


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of the filtered set, under the list."""

    title: str
    value: str
    url: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of the table beside it: which columns, by which label, as `bars` that stand, as
    `rows` that lie, or as `lines`. It says nothing that the table does not say."""

    kind: Literal["bars", "rows", "lines"]
    label: str
    series: tuple[str, ...]

    @property
    def told(self) -> str:
        return json.dumps({"kind": self.kind, "label": self.label, "series": self.series})


# --- the list ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; the nth answers to the key n. `count` is None where counting would wait."""

    title: str
    url: str
    count: int | None = None
    is_current: bool = False
    drop_url: str = ""  # of one's own view: takes it away


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force; its × leads to the same list without it."""

    text: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen."""

    value: str
    title: str
    is_chosen: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that is offered and not yet in force. `kind` choices takes several of them, one a
    single one, dates takes <name>_from and _to, day one day, moment a day with a time; search
    finds one id through `search_url`, as a search field does."""

    name: str
    title: str
    kind: Literal["choices", "one", "dates", "day", "text", "search", "moment"] = "choices"
    choices: tuple[Choice, ...] = ()
    search_url: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """The list's own search field; `/` puts the cursor there."""

    hint: str
    value: str = ""
    name: str = "q"


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list of documents, items or people, paged by keyset: no page numbers, no waiting count.

    `kept` are the query parameters a filter form must send along (sort, view, other filters).
    `columns_choice` offers what may be shown; it is sent as repeated `columns` parameters.
    `totals` describe the filtered set, `rows` only what is on the page. Where they take long they
    may follow: the page asks for them when it is there.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    help: Help | None = None
    views: tuple[View, ...] = ()
    search: Search | None = None
    chips: tuple[Chip, ...] = ()
    filters: tuple[Filter, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    columns_choice: tuple[Choice, ...] = ()
    sorts: tuple[Action, ...] = ()
    totals: tuple[Total, ...] = ()
    totals_follow: bool = False
    next_url: str = ""
    previous_url: str = ""
    batch: tuple[Action, ...] = ()
    batch_sum: str = ""  # the money column that the batch bar adds up for the ticked rows
    primary: Action | None = None
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    note: str = ""
    problem: ErrorPanel | None = None
    back_url: str = ""
    listens: str = ""  # types whose events change what is shown; empty is the type of the address
    plot: Plot | None = None
    keep_view: Action | None = None  # names this way to look at it
    tour: str = "list"

    template = "kit/list.html"

    @property
    def is_filtered(self) -> bool:
        """Whether an empty list is empty because of its filters."""
        return bool(self.chips) or bool(self.search and self.search.value)


# --- the document ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A title and its value in a document's header or a card."""

    title: str
    cell: Cell
    kind: Kind = Kind.TEXT
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a document's life: done, now, or ahead."""

    title: str
    note: str = ""
    stage: Literal["done", "now", "ahead"] = "done"
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth a look that stops nothing: 少收 2 盒."""

    title: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where this document stands among those of the list it was opened from."""

    index: int
    count: int | None = None
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class LinesPart:
    """Which lines of a long document a page shows, and the way to the others."""

    text: str  # 第 1–200 行，共 2,000 行
    before: int = 0  # how many stand above
    previous_url: str = ""
    next_url: str = ""
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A document's lines as they were written. `totals` answers to column names."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, Cell] = field(default_factory=dict)
    note: str = ""  # 其中税额 …, under the lines at the right
    tag: Tag | None = None
    part: LinesPart | None = None  # where only some of the lines are shown


@dataclass(frozen=True, slots=True)
class End:
    """One end of a move: whose account it is, and its balance before and after."""

    title: str
    before: str = ""
    after: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """One move with both its ends. `ledger` is stock, promise, money or points."""

    ledger: Literal["stock", "promise", "money", "points"]
    amount: str
    source: End
    target: End
    note: str = ""  # 批次 20261030, 下限 0: 不会超收


@dataclass(frozen=True, slots=True)
class LineMoves:
    """The moves of one line; folded they are one row of `summary` texts."""

    title: str
    moves: tuple[Moved, ...]
    summary: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Postings:
    """What a document moved, or will move when it is posted (`lead` says which).

    `proof` is one line that says sources equal targets in each ledger; `more` says which moves are
    shown, when not all of them are; `empty` says why there are none.
    """

    lines: tuple[LineMoves, ...]
    lead: str = ""
    proof: str = ""
    more: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A document of the family that is drawn: below it stands what came of it."""

    title: str
    number: str
    url: str
    state: State
    note: str = ""
    is_current: bool = False  # the one whose page this is
    below: tuple["Related", ...] = ()

    @property
    def size(self) -> int:
        """How many documents it is with all that came of it."""
        return 1 + sum(one.size for one in self.below)


@dataclass(frozen=True, slots=True)
class Change:
    """A line of history: who did what when; `details` names each value before and after."""

    at: datetime
    person: str
    text: str
    details: tuple[str, ...] = ()
    via: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about a document."""

    at: datetime
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept with a document."""

    title: str
    url: str
    size: str
    person: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tabs:
    """The tabs under a document. None leaves a tab out; an empty tuple shows it empty.

    With `comment_url` a person may write a comment, with `file_url` add a file. `people_url` finds
    whom a comment may name; `comment` is what was written and not taken yet.
    """

    postings: Postings | None = None
    related: tuple[Related, ...] | None = None  # the first of the family, most often one
    history: tuple[Change, ...] | None = None
    comments: tuple[Comment, ...] | None = None
    files: tuple[Attachment, ...] | None = None
    comment_url: str = ""
    people_url: str = ""
    comment: str = ""
    file_url: str = ""

    @property
    def kin(self) -> int:
        """How many documents of the family there are besides this one."""
        return max(0, sum(one.size for one in self.related or ()) - 1)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document that is read: header, lines, life, and one tab each for what stands behind it.

    `primary` is the one next thing to do, always at the same place. `more` goes into the ⋯ menu.
    """

    title: str
    number: str
    state: State
    facts: tuple[Fact, ...]
    grid: Grid
    back_url: str = ""
    help: Help | None = None
    note: str = ""
    position: Position | None = None
    timeline: tuple[Step, ...] = ()
    notices: tuple[Notice, ...] = ()
    tabs: Tabs | None = None
    primary: Action | None = None
    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    print_url: str = ""
    problem: ErrorPanel | None = None

    template = "kit/document.html"


# --- the form ----------------------------------------------------------------------------------


FieldKind = Literal[
    "text", "note", "choice", "several", "search", "date", "quantity", "unit", "output", "fixed",
    "money", "pin", "secret",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form's header, or a column of its line grid.

    | kind     | value                                                          |
    | text     | text; `note` is the same with more lines                       |
    | choice   | one of `choices`                                               |
    | several  | some of `choices`, each with a box that is posted as `name:id` |
    | search   | an id, found through `search_url`; `shown` is its title        |
    | date     | a date as 2026-11-21                                           |
    | quantity | a decimal as text, with `places` and `unit`                    |
    | unit     | one of the line's own units (`choices`); U switches it         |
    | output   | not typed: written by the server or by what a search brought   |
    | fixed    | the same, and sent along                                       |

    A `search_url` answers `?q=` with JSON `{"results": [{"id", "title", "note", "cells"}]}`; in a
    line, `cells` maps other columns of the row to what they become: text for an output, a list of
    `{"value", "title"}` for a unit, a plain value for the rest.
    """

    name: str
    title: str
    kind: FieldKind = "text"
    value: str = ""
    shown: str = ""
    choices: tuple[Choice, ...] = ()
    search_url: str = ""
    places: int = 0
    unit: str = ""
    hint: str = ""
    is_required: bool = False
    is_figure: bool = False
    is_wide: bool = False
    keep: int = 1
    sample: str = ""
    only: str = ""  # asked where another field says so: "form=amount"


@dataclass(frozen=True, slots=True)
class EditRow:
    """A line being written: for each column name a Field with the line's own value.

    Only what differs from the column needs saying: value, shown, choices, unit.
    """

    id: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class EditGrid:
    """The lines of a form, for keyboard and scanner.

    Fields are posted as `<name>.<index>.<column>`, the same paths a refusal names, with
    `<name>.<index>.id` for a line that was saved before. `scan_url` answers `?code=` or `?q=` as a
    search does; a scan of an item that is already there adds one to `count_column`.
    `paste` names the columns, in order, that a paste from a sheet fills. With `is_fixed` no line
    can be added: they come from another document. A form with several grids gives each a `title`;
    the names of those on the page are posted as `parts`.
    """

    name: str
    columns: tuple[Field, ...]
    rows: tuple[EditRow, ...]
    scan_url: str = ""
    item_column: str = "item"
    count_column: str = "quantity"
    paste: tuple[str, ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    tag: Tag | None = None
    is_fixed: bool = False
    title: str = ""  # over the lines, where a form has several grids
    note: str = ""  # beside the title, or above the lines: what there is to know before writing

    @property
    def has_units(self) -> bool:
        return any(column.kind == "unit" for column in self.columns)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A draft that is being written. It saves itself: there is no save button.

    Master data is in use while it is changed, so its form (`is_draft` false) is kept only when the
    person says so, by its primary action.

    `save_url` takes the whole form by POST whenever the person pauses, with `version`, the version
    the page was made from. It answers `kit.show.saved(...)`: 200 with the new version and
    fragments, 409 when somebody else changed the draft meanwhile, 422 with problems (the draft is
    kept all the same). A first save of a new draft may answer with the address to go on under.
    When one of the fields `proposes_by` is chosen, the draft is saved and the page asked for again
    if there are lines to propose for what was chosen. Lines that were proposed for another choice
    before (`has_proposed`) make room for them; what somebody wrote stays, unless `are_owned`: then
    every line belongs to what was chosen, as bills do to their supplier.
    """

    title: str
    save_url: str
    fields: tuple[Field, ...]
    proposes_by: str = ""
    has_proposed: bool = False
    are_owned: bool = False
    number: str = ""
    state: State | None = None
    version: int = 0
    saved_note: str = ""
    grid: EditGrid | None = None
    parts: tuple[EditGrid, ...] = ()
    back_url: str = ""
    help: Help | None = None
    position: Position | None = None
    timeline: tuple[Step, ...] = ()
    notices: tuple[Notice, ...] = ()
    tabs: Tabs | None = None
    primary: Action | None = None
    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    print_url: str = ""
    problem: ErrorPanel | None = None
    problems: tuple[Problem, ...] = ()
    is_draft: bool = True

    @property
    def tour(self) -> str:
        """Drafts have one; a form of master data has no lines and nothing to post."""
        return "form" if self.is_draft else ""

    def title_at(self, path: str) -> str:
        """What the field of this path is called, in the header or in the lines."""
        name = path.rpartition(".")[2]
        columns = self.grid.columns if self.grid is not None else ()
        own = self.fields if "." not in path else ()  # other parts of a page say theirs
        among = columns if path.startswith("lines.") else own
        return next((field.title for field in among if field.name == name), "")

    template = "kit/form.html"


# --- masters, home, first steps -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of a chart: how much now, and how much then; None has not come yet."""

    label: str
    now: Decimal | None
    then: Decimal | None = None
    said: str = ""  # the whole in words, for a pointer and a reader
    url: str = ""  # what it is made of


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side. `marks` are the round figures at the left, the greatest first."""

    bars: tuple[Bar, ...]
    marks: tuple[str, ...] = ()
    most: Decimal = Decimal(1)
    now: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of a live ticker."""

    id: str
    at: datetime
    text: str
    note: str
    amount: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture among others, with what can be done with it; `url` shows it whole."""

    url: str
    title: str
    small_url: str
    note: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """Where pictures are sent to: `file`, one or several. The browser makes large ones smaller."""

    title: str
    url: str
    accept: str


@dataclass(frozen=True, slots=True)
class Card:
    """A sheet on a page: facts, a chart, a table, a text, or a picture; what is empty is left out.

    With a `code` it is fetched again whenever one of the types in `listens` has changed.
    """

    title: str
    note: str = ""
    tag: Tag | None = None
    link: Action | None = None
    facts: tuple[Fact, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    totals: Mapping[str, Cell] = field(default_factory=dict)
    text: str = ""
    empty: str = ""
    picture_url: str = ""  # opens it whole
    picture_small_url: str = ""
    has_picture: bool = False
    is_compact: bool = False
    code: str = ""
    listens: str = ""
    chart: Chart | None = None
    pictures: tuple[Picture, ...] = ()
    upload: Upload | None = None
    ticks: tuple[Tick, ...] | None = None
    foot: str = ""
    plot: Plot | None = None
    is_wide: bool = False  # among cards that stand in two columns
    is_folded: bool = False  # the table of the drawing is opened by who wants it


@dataclass(frozen=True, slots=True)
class MasterPage:
    """An item, a place, a unit or a person: narrow cards at the side, tables in the middle."""

    title: str
    side: tuple[Card, ...]
    main: tuple[Card, ...]
    tag: Tag | None = None
    codes: tuple[str, ...] = ()
    back_url: str = ""
    help: Help | None = None
    primary: Action | None = None
    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    problem: ErrorPanel | None = None

    template = "kit/master.html"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the home page. `change` is against `against`: ▲ 6.2%, 上周六此时 ¥45,505.00."""

    title: str
    value: str
    url: str = ""
    unit: str = ""
    change: Decimal | None = None
    against: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for this person: how many, what, since when. Act means today."""

    count: int
    title: str
    url: str
    note: str = ""
    since: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """What needs me now, and today so far. `listens` are the types that change the figures."""

    title: str
    note: str = ""
    help: Help | None = None
    figures: tuple[Figure, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    cards: tuple[Card, ...] = ()
    aside: tuple[Card, ...] = ()
    actions: tuple[Action, ...] = ()
    calm: str = ""  # said when nothing waits
    listens: str = ""
    waiting_listens: str = "*"

    template = "kit/home.html"


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Figures of some days, with what they are held against and what they are made of."""

    title: str
    note: str = ""
    help: Help | None = None
    back_url: str = ""
    views: tuple[View, ...] = ()
    chips: tuple[Chip, ...] = ()
    filters: tuple[Filter, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    cards: tuple[Card, ...] = ()
    aside: tuple[Card, ...] = ()
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    listens: str = ""

    template = "kit/board.html"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step towards opening: done, now (with its actions), or ahead."""

    title: str
    text: str
    stage: Literal["done", "now", "ahead"]
    note: str = ""
    url: str = ""
    hint: str = ""
    actions: tuple[Action, ...] = ()
    is_optional: bool = False  # the next one may be taken before it


@dataclass(frozen=True, slots=True)
class StepsPage:
    """A company on its first day."""

    title: str
    note: str
    steps: tuple[FirstStep, ...]
    cards: tuple[tuple[str, str, Action], ...] = ()
    hint: str = ""

    template = "kit/steps.html"


# --- paper -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintPage:
    """A document on paper: A4 and 241 mm needle paper in columns, 80 and 58 mm as a strip.

    Dates are written in full. `copy_note` says 重印 2 on a reprint. `above` and `below` are what
    a template says there, `logo` its picture; `warnings` stand beside the paper, not on it.
    `record_url` is told when it is printed.
    """

    company: str
    title: str
    number: str
    facts: tuple[Fact, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, Cell] = field(default_factory=dict)
    in_words: str = ""
    notes: tuple[str, ...] = ()
    signatures: tuple[tuple[str, str], ...] = ()
    foot: str = ""
    copy_note: str = ""
    paper: Literal["a4", "needle", "80", "58"] = "a4"
    above: str = ""
    below: str = ""
    logo: str = ""
    spacing: Literal["narrow", "usual", "wide"] = "usual"
    record_url: str = ""
    templates: tuple[View, ...] = ()
    papers: tuple[View, ...] = ()
    warnings: tuple[str, ...] = ()
    back_url: str = ""
    next: "tuple[PrintPage, ...]" = ()  # more documents that are printed after this one

    template = "kit/print.html"

    def followed_by(self, others: "Sequence[PrintPage]", *, back_url: str) -> "PrintPage":
        """This paper with others behind it, each beginning on a sheet of its own."""
        return replace(self, next=tuple(others), back_url=back_url)


Page = ListPage | DocumentPage | FormPage | MasterPage | HomePage | StepsPage | PrintPage

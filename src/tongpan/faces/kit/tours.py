"""Short tours of the main pages: which places of a page are pointed at, and what each is for.

A place is an element of the page's template with `data-stop="name"`; the help beside a title
offers the tour (`{% around "list" %}`), `frontend/tour.js` walks it. What is not on somebody's
page, or not at that width, is left out; that each place is there for somebody is what the walk of
every screen checks.
"""

import json
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of a page, in a sentence or two."""

    at: str
    title: str | Promise
    text: str | Promise


_FIND = Stop("find", _("Find anything"), _(
    "Ctrl K finds pages, documents, items and people, by a number, a name or pinyin initials."
))  # fmt: skip
_PRIMARY = Stop("primary", _("What comes next"), _(
    "The blue button is the next thing to do here. Its key is written in it."
))  # fmt: skip
_LINES = Stop("lines", _("The goods"), _(
    "One line for each item. Amounts, states and document numbers open what they are made of."
))  # fmt: skip
_POSTINGS = Stop("tabs", _("Postings"), _(
    "What it moves in stock and in money, each with the balance before and after. Beside it: "
    "related documents, who did what when, comments and files."
))  # fmt: skip
_VIEWS = Stop("views", _("Views"), _(
    "Ready ways of looking at this page, one digit key each. In lists you can keep your own."
))  # fmt: skip
_FIGURES = Stop("figures", _("Every figure opens"), _(
    "A click on a figure shows what it is made of, down to single documents and entries."
))  # fmt: skip

TOURS: dict[str, tuple[Stop, ...]] = {
    "home": (
        Stop("jobs", _("Your jobs"), _(
            "The parts of the program that you use. G and a letter goes there."
        )),
        _FIND,
        Stop("waiting", _("What waits for you"), _(
            "Documents to post, goods to receive, your drafts. One click opens each; begin here."
        )),
        _FIGURES,
        Stop("unit", _("Where you work"), _(
            "Choose one store, or a region with all its stores; every page speaks of that alone."
        )),
    ),
    "list": (
        _VIEWS,
        Stop("filters", _("Filters"), _(
            "Search with the slash key, add a filter with F. Each shows as a chip that you can "
            "take away."
        )),
        Stop("rows", _("Rows"), _(
            "J and K move, Enter opens, X ticks. What is ticked can be worked on all at once."
        )),
        Stop("totals", _("Totals"), _("Of everything that the filters let through, not only of "
            "what is on the screen."
        )),
        Stop("actions", _("New"), _("N begins a new one. Export and import stand beside it.")),
    ),
    "form": (
        Stop("head", _("The head"), _(
            "Who, where and when. Type a name, a code or pinyin initials, and Enter takes the "
            "first one found."
        )),
        Stop("scan", _("Scan"), _(
            "F2 comes here. Scan one after the other, or type; the same item again adds one."
        )),
        Stop("lines", _("The goods"), _(
            "Enter goes to the next cell. Lines can be pasted from Excel with Ctrl V."
        )),
        Stop("saved", _("Nothing is lost"), _(
            "A draft saves itself as you write. Close it, and go on later from Home."
        )),
        Stop("primary", _("Post"), _(
            "Ctrl Enter makes it count. If something is wrong, every line to mend is named and "
            "what you wrote stays."
        )),
    ),
    "document": (
        Stop("state", _("How far it is"), _("The state of the document, as a word and a shape.")),
        _LINES,
        _POSTINGS,
        Stop("life", _("Progress"), _("What happened so far, and what comes after it.")),
        _PRIMARY,
    ),
    "master": (
        Stop("side", _("What it is"), _(
            "The facts at one glance. What you may not see is not there."
        )),
        Stop("cards", _("What belongs to it"), _(
            "Each sheet is one matter, such as stock, prices or barcodes. Figures and names open."
        )),
        Stop("actions", _("Change it"), _(
            "Everything is changed on one form, with all that belongs to it."
        )),
    ),
    "stock": (
        Stop("modes", _("Which figure"), _(
            "What the cells show: on hand, available and more."
        )),
        Stop("filters", _("Filters"), _(
            "Search with the slash key, add a filter with F. Each shows as a chip that you can "
            "take away."
        )),
        Stop("matrix", _("Items and places"), _(
            "A row for each item, a column for each place. Arrow keys move, Space looks into a "
            "cell, T sends goods to it."
        )),
        Stop("totals", _("Totals"), _("Of everything that the filters let through, not only of "
            "what is on the screen."
        )),
    ),
    "board": (
        Stop("views", _("Which days"), _("Today, yesterday, a week, or days that you choose.")),
        Stop("filters", _("Filters"), _(
            "Search with the slash key, add a filter with F. Each shows as a chip that you can "
            "take away."
        )),
        _FIGURES,
        Stop("board", _("Drawings"), _(
            "A drawing and the table below it are the same figures. Names and figures open."
        )),
    ),
    "people": (
        Stop("tabs", _("People and rights"), _(
            "Beside people: roles, who may do what, org units, and the log of actions."
        )),
        _VIEWS,
        Stop("rows", _("A person"), _(
            "Open one to set the password and PIN, give a role at a unit, or switch them off."
        )),
        Stop("actions", _("A new colleague"), _(
            "N makes one. A role at a unit says what they may do, there and below."
        )),
    ),
    "import": (
        Stop("kinds", _("What is in the sheet?"), _(
            "Choose what the rows are. Goods with barcodes, cases and prices come first."
        )),
        Stop("blank", _("Empty sheet"), _(
            "A sheet with the right headings to fill in. Your own headings are mostly understood "
            "too."
        )),
        Stop("runs", _("Taken back whole"), _(
            "Your last imports stand here, and each can be undone as a whole."
        )),
    ),
    "till": (
        Stop("scan", _("Scan"), _(
            "The scanner works wherever you are. What has no barcode: type a name, a code or "
            "pinyin initials."
        )),
        Stop("basket", _("Basket"), _(
            "Arrow keys choose a line; plus and minus change how many, Delete takes it away."
        )),
        Stop("due", _("What is to be paid"), _("It grows with every scan, discounts included.")),
        Stop("pay", _("Take payment"), _(
            "Enter, then what you were given, then Enter. Exact cash is Enter twice."
        )),
        Stop("acts", _("The rest"), _(
            "Park a basket, take goods back, today's slips, what the till took; each has its key."
        )),
    ),
}  # fmt: skip


def told(code: str) -> str:
    """The stops of a tour as the script reads them."""
    stops = [{"at": s.at, "title": str(s.title), "text": str(s.text)} for s in TOURS[code]]
    return json.dumps(stops, ensure_ascii=False)

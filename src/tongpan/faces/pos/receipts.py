"""A slip as a receipt printer takes it: the same facts as its page, in bytes."""

import base64
import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from PIL import Image

from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.engines.prints.choosing import templates_for
from tongpan.engines.prints.escpos import Bitmap, Roll, width_of
from tongpan.faces.kit import formats
from tongpan.faces.pos.slips import STRIPS, as_wanted, slip_on_paper
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import visible

LOGO_DOTS = 120  # high; the picture of a print template is made for that
COPY_MAX = 99


def receipt_of(document: Document, width: int, *, copy: int = 1, opens: bool = False) -> bytes:
    """The bytes of a slip on paper of this width (58 or 80 mm), in the language that holds.

    `copy` is which print it is; from the second on the paper says so. `opens` kicks the drawer.
    """
    store = document.org_unit.parent
    assert store is not None, "A till stands in a store."
    with timezone.override(document.org_unit.zone):
        told = slip_on_paper(document) | {"copy": copy}
        strips = [t for t in templates_for(told["kind"], store) if t.paper in STRIPS]
        fitting = [t for t in strips if t.paper == str(width)] or strips
        wanted = as_wanted(told, store, next(iter(fitting), None))
        return written(told | wanted, width, opens=opens)


def slip(pk: UUID) -> Document:
    """A slip that the acting person may see, with what its paper needs.

    Errors: Refusal not_found.
    """
    rows = visible(Document, queries.SEE).filter(pk=pk, type__in=queries.SLIP_TYPES)
    found = rows.select_related("org_unit__parent", "created_by", "follows").first()
    if found is None:
        raise Refusal("not_found")
    return found


def written(told: Mapping[str, Any], width: int, *, opens: bool = False) -> bytes:
    """The paper of what is told of a slip; see `slips.slip_on_paper` and `slips.as_wanted`."""
    roll = Roll(width)
    if opens:  # first, so that the drawer is open while the paper still runs
        roll.kick()
    _head(roll, told)
    for line in told["lines"]:
        _line(roll, line, is_slim=width == 58)
    roll.rule()
    roll.pair(told["pieces"], told["gross"].lstrip("¥"))
    if told.get("saved"):
        roll.pair(_("Taken off in all"), told["saved"])
    roll.pair(_("Tax in it"), told["tax"])
    due = _("Paid back") if told["is_return"] else _("Due")
    roll.pair(due, told["gross"], is_large=True)
    for name, amount in told["payments"]:
        roll.pair(name, amount)
    if told["change"]:
        roll.pair(_("Change"), told["change"])
    roll.rule()
    if told.get("customer"):
        _signed(roll, told)
    _foot(roll, told)
    roll.feed(1)
    roll.cut()
    return roll.content


def _head(roll: Roll, told: Mapping[str, Any]) -> None:
    if told["logo"]:
        roll.picture(logo_bitmap(told["logo"], roll.dots))
    if told["copy"] > 1:
        roll.text(_copy(told["copy"]), "centre", is_bold=True)
    name = f"{told['company']} {told['store']}"
    roll.text(name, "centre", is_large=width_of(name) * 2 <= roll.columns, is_bold=True)
    if told["title"]:
        roll.text(told["title"], "centre", is_bold=True)
    for line in told["above"].splitlines():
        roll.text(line, "centre")
    roll.text(f"{formats.full_moment(told['at'])} {told['till']} {told['clerk']}", "centre")
    if told["is_return"]:
        roll.text(_("Return slip"), "centre", is_bold=True)
    if told["is_reversed"]:
        roll.text(_("reversed"), "centre", is_bold=True)
    roll.rule()


def _line(roll: Roll, line: Mapping[str, Any], *, is_slim: bool) -> None:
    """An item with what it costs; what was taken off stands indented below it."""
    if is_slim:
        roll.pair(line["name"], line["gross"])
        roll.pair(line["sum"], "", indent=2)
    else:
        roll.pair(line["name"], f"{line['sum']}  {line['gross']}")
    if line.get("remark"):
        roll.pair(line["remark"], "", indent=2)
    for title, amount in line.get("discounts", ()):
        roll.pair(title, amount, indent=2)


def _signed(roll: Roll, told: Mapping[str, Any]) -> None:
    """On whose account it goes, and where they sign for it."""
    roll.pair(_("Customer"), told["customer"])
    if not told["is_return"]:
        roll.feed(2)
        roll.pair(_("Signature"), "_" * (roll.columns // 2))
    roll.rule()


def _foot(roll: Roll, told: Mapping[str, Any]) -> None:
    if told["follows"]:
        roll.pair(_("Sold on slip"), told["follows"])
    if told.get("remark"):
        roll.pair(_("Remark"), told["remark"])
    if told["reason"]:
        roll.pair(_("Reason"), told["reason"])
    roll.code(told["number"])
    roll.text(told["number"], "centre")
    if told["invoice_code"]:
        roll.feed(1)
        roll.qr(told.get("invoice_url") or told["invoice_code"])
        roll.text(f"{_('Invoice code')} {told['invoice_code']}", "centre")
    if not told["is_return"]:
        roll.text(_("Bring this slip for returns and for an invoice."), "centre")
    for line in told["below"].splitlines():
        roll.text(line, "centre")
    if told["copy"] > 1:
        roll.text(_copy(told["copy"]), "centre", is_bold=True)


def _copy(copy: int) -> str:
    return _("COPY %(n)s") % {"n": min(copy, COPY_MAX)}


def logo_bitmap(url: str, dots: int) -> Bitmap:
    """The picture of a print template (an address that holds it) in black and white."""
    content = base64.b64decode(url.partition(",")[2])
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail((dots, LOGO_DOTS))
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    width = (picture.width + 7) // 8 * 8
    page = Image.new("L", (width, picture.height), 255)
    page.paste(white.convert("L"), ((width - picture.width) // 2, 0))
    black = bytes(b ^ 0xFF for b in page.convert("1").tobytes())
    return Bitmap(width, picture.height, black)


def in_language(code: str) -> Any:
    """Inside, paper is written in this language: zh or en."""
    return translation.override("zh-hans" if code == "zh" else "en")

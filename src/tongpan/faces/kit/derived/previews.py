"""What a print template that is being written makes of a real paper of the reader's.

A face whose papers are no derived ones declares how they are drawn:

declare_preview("money.statement", lambda template: ...)
"""

from collections.abc import Callable
from typing import cast

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from tongpan.engines.prints.kinds import Kind
from tongpan.engines.prints.models import PrintTemplate
from tongpan.faces.kit import pages
from tongpan.faces.kit.derived import prints
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import may_somewhere, visible

LINES_SHOWN = 12
Draw = Callable[[PrintTemplate], SafeString | None]
_declared: dict[str, Draw] = {}


def declare_preview(kind: str, draw: Draw) -> None:
    """Say how a paper of this kind is drawn; None where the reader has none."""
    assert kind not in _declared, f"{kind} is drawn twice."
    _declared[kind] = draw


def preview_of(kind: Kind, template: PrintTemplate) -> SafeString | None:
    """The latest paper of this kind that the person may see, with its first lines."""
    if not may_somewhere(kind.permission):
        return None
    if kind.code in _declared:
        return _declared[kind.code](template)
    rows = visible(Document, kind.permission).filter(type=kind.code).order_by("-pk")
    latest = rows.values_list("pk", flat=True).first()
    if latest is None:
        return None
    declared = document_type(kind.code)
    body = load(declared, latest)
    body.lines = body.lines[:LINES_SHOWN]
    paper = cast("prints.Paper", template.paper)
    return drawn(prints.print_page(declared, body, paper=paper, template=template))


def drawn(page: pages.PrintPage) -> SafeString:
    """A paper without the page around it."""
    part = "paper_strip" if page.paper in ("80", "58") else "paper_sheet"
    return SafeString(render_to_string(f"kit/parts/{part}.html", {"page": page}))

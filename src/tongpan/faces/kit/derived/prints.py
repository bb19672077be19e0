"""A document on paper, from its declaration: facts, lines, sums, signatures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import cn2an
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, round_to
from tongpan.engines.prints.kinds import of_type, party_field
from tongpan.engines.prints.models import PrintTemplate
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.documents import grid
from tongpan.faces.kit.derived.dressing import dressed, in_words, published, rows_in_words
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.faces.kit.derived.standings import standings_of
from tongpan.faces.kit.derived.tabs import people_of
from tongpan.faces.kit.frame import company_name
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.scope import who

Paper = Literal["a4", "needle", "80", "58"]


def print_page(
    declared: DocumentType,
    body: Any,
    *,
    paper: Paper = "a4",
    template: PrintTemplate | None = None,
    copy: int = 1,
) -> pages.PrintPage:
    """What is printed, as a template wants it. A role that may not see cost gets the same paper
    without it, whatever the template says."""
    document = body.document
    lines = grid(declared, body, is_paper=True, chosen=template.columns if template else ())
    names = people_of(document)
    page = pages.PrintPage(
        company=company_name(),
        title=str(declared.title),
        number=document.number or str(document.pk)[-12:],
        facts=tuple(_facts(declared, body)),
        columns=lines.columns,
        rows=lines.rows,
        totals=lines.totals,
        in_words=_in_words(declared, document),
        notes=tuple(_notes(document)),
        signatures=(
            (_("Made by"), names.get(document.created_by_id, "")),
            (_("Posted by"), names.get(document.posted_by_id, "")),
            *((title, "") for title in _hands(declared)),
        ),
        foot=printed(copy),
        copy_note=_copy_note(document, copy),
        paper=paper,
        record_url=addresses.paper(declared.code, document.pk),
        back_url=addresses.document(declared.code, document.pk),
    )
    if template is None:
        return page
    return dressed(page, template, lambda: _published(declared, body, page, names, copy))


def printed(copy: int) -> str:
    """Which copy it is, who printed it and when: the foot of a paper."""
    person = who().person
    which = _("Print %(n)s") % {"n": copy} if copy else ""
    said = (which, person.name if person else "", formats.full_moment(env.now()))
    return " · ".join(text for text in said if text)


def _published(
    declared: DocumentType, body: Any, page: pages.PrintPage, names: Mapping[Any, str], copy: int
) -> dict[str, Any]:
    """What a template may write of this document: what its reader may see, in words."""
    document, hidden = body.document, hidden_fields(declared)
    every = grid(declared, body, is_paper=True, chosen=list(of_type(declared).columns))
    header = {
        field.name: in_words(pages.Cell(values.cell(field, body).value), values.kind_of(field))
        for field in values.without(declared.header_fields, hidden)
    }
    total = None if "total" in hidden else document.total
    own = {
        "title": page.title, "number": page.number,
        "date": formats.full_day(document.business_date), "state": values.state(document).word,
        "from": document.follows.number or "" if document.follows else "", "note": document.note,
        "total": formats.money(total, document.currency) if total is not None else "",
        "in_words": _in_words(declared, document),
        "made_by": names.get(document.created_by_id, ""),
        "posted_by": names.get(document.posted_by_id, ""),
    }  # fmt: skip
    party = party_field(declared)
    whose = getattr(body, party.attribute) if party and party.name not in hidden else None
    return published(
        document.org_unit, header | own, rows_in_words(every.columns, every.rows),
        party=whose, copy=copy,
    )  # fmt: skip


def _hands(declared: DocumentType) -> list[str]:
    """Who else signs: those between whom goods go, where the type does not say it."""
    own = declared.screens.get("signed_by", (_("Handed over"), _("Received by")))
    return [str(title) for title in own]


def _facts(declared: DocumentType, body: Any) -> list[pages.Fact]:
    document = body.document
    facts = []
    for field in values.without(declared.header_fields, hidden_fields(declared)):
        cell = values.cell(field, body)
        if cell.value is not None:
            value = formats.full_day(cell.value) if field.kind == "date" else cell.value
            kind = pages.Kind.TEXT if field.kind == "date" else values.kind_of(field)
            facts.append(pages.Fact(values.title_of(field), pages.Cell(value), kind))
    day = formats.full_day(document.business_date)
    facts.append(pages.Fact(_("Business date"), pages.Cell(day)))
    if document.follows_id and document.follows is not None:
        facts.append(pages.Fact(_("Made from"), pages.Cell(document.follows.number or "")))
    word = values.state(document).word
    if document.posted_at:
        word = f"{word} {formats.full_moment(document.posted_at)}"
    standing = standings_of(declared, [body]).get(document.pk)
    if standing is not None:  # how far it has come since then
        word = f"{word} · {standing.word}"
    facts.append(pages.Fact(_("State"), pages.Cell(word)))
    return facts


def _in_words(declared: DocumentType, document: Document) -> str:
    """The sum in words, as a Chinese paper has it: 陆仟壹佰陆拾陆元整."""
    if document.total is None or document.currency != "CNY" or "total" in hidden_fields(declared):
        return ""
    return amount_in_words(document.total)


def amount_in_words(amount: Decimal) -> str:
    """An amount of yuan in capital numerals. Below nothing it begins with 负.

    >>> amount_in_words(Decimal("6166.00"))
    '陆仟壹佰陆拾陆元整'
    """
    rounded = round_to(abs(amount), MONEY_STEP)
    words: str = cn2an.an2cn(f"{rounded:.2f}", "rmb")
    return f"负{words}" if amount < 0 and rounded else words


def _notes(document: Document) -> list[str]:
    notes = [document.note] if document.note else []
    if document.state == State.DRAFT:
        notes.append(_("A draft: nothing was posted yet."))
    elif document.state == State.REVERSED:
        notes.append(_("Reversed on %(at)s.") % {"at": formats.full_moment(document.reversed_at)})
    elif document.state == State.VOID:
        notes.append(_("Void."))
    return notes


def _copy_note(document: Document, copy: int) -> str:
    if copy > 1:
        return _("Reprint %(n)s") % {"n": copy}
    is_chinese = (get_language() or "zh").startswith("zh")
    return "" if document.number or is_chinese else _("Draft")

"""Lists of documents: filtered, searched, paged by key, never counted to the end.

A page costs two statements, whatever the length of the list: rows come with their spine and
references, then the units of them all, and the next page begins after the last row's key.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.expressions import RawSQL

from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible, who

PAGE_MAX = 200
COUNT_MAX = 10_000  # a longer list says "10,000+"; nobody needs the rest of the number

ORDERS = {
    "latest": ("-document__business_date", "-document_id"),
    "oldest": ("document__business_date", "document_id"),
}

say("cursor_invalid", "This page link is no longer valid. Start at the first page.")
say("filter_not_allowed", "There is no filter {name} here.")


@dataclass(frozen=True)
class Wanted:
    """Which documents of a type to list. Every part narrows; empty parts do not."""

    text: str = ""  # the beginning of a number, or a word of the note
    states: Sequence[str] = ()
    units: Sequence[UUID] = ()
    since: date | None = None
    until: date | None = None
    by: UUID | None = None
    fields: dict[str, Any] = field(default_factory=dict)  # references of the body, by name
    within: Q = field(default_factory=Q)  # what a view of the type's own lets through


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_cursor: str | None


@dataclass(frozen=True)
class Totals:
    """Of everything that the filters let through; `is_capped` when there is even more."""

    count: int
    total: Decimal | None
    is_capped: bool


def page_of(
    declared: DocumentType,
    wanted: Wanted,
    *,
    cursor: str | None = None,
    size: int = 50,
    order: Literal["latest", "oldest"] = "latest",
) -> Page:
    """One page, the latest business date first, or the oldest."""
    size = max(1, min(size, PAGE_MAX))
    links = links_of(declared.header_fields)
    of_units = [*UNITS_OF_SPINE, *(link for link in links if _leads_to_a_unit(declared, link))]
    joined = [link for link in links if link not in of_units]
    rows = wanted_rows(declared, wanted).select_related("document__created_by", *joined)
    if cursor:
        rows = rows.filter(_beyond(*_decode(cursor), order))
    found = list(rows.order_by(*ORDERS[order])[: size + 1])
    _put_units_beside(found, of_units)
    if len(found) <= size:
        return Page(found, None)
    last_row = found[size - 1].document
    return Page(found[:size], _encode(last_row.business_date, last_row.pk))


# Units are few and stand behind much of a row: joined, planning the statement took fifteen times as
# long as carrying it out. So they are read once for the page.
UNITS_OF_SPINE = ("document__org_unit", "document__other_unit")


def _leads_to_a_unit(declared: DocumentType, link: str) -> bool:
    model: Any = declared.body
    for step in link.split("__"):
        model = model._meta.get_field(step).related_model
    return model is OrgUnit


def _put_units_beside(rows: list[Any], links: list[str]) -> None:
    """Put the units that these links lead to beside each row, in one statement."""
    ends: list[tuple[Any, str]] = []
    for link in links:
        *way, name = link.split("__")
        for holder in rows:
            for step in way:
                holder = getattr(holder, step, None)
            if holder is not None and getattr(holder, f"{name}_id") is not None:
                ends.append((holder, name))
    units = OrgUnit.objects.in_bulk({getattr(holder, f"{name}_id") for holder, name in ends})
    for holder, name in ends:
        setattr(holder, name, units[getattr(holder, f"{name}_id")])


def _beyond(day: date, last: UUID, order: str) -> Q:
    """What comes after this row in the order."""
    than = "lt" if order == "latest" else "gt"
    same_day = Q(**{"document__business_date": day, f"document_id__{than}": last})
    return Q(**{f"document__business_date__{than}": day}) | same_day


@dataclass(frozen=True)
class Around:
    """What a document came from and what came of it, the oldest first, without the document
    itself; what stands beside it; and those of its type after and before it in the list."""

    kin: list[Document]
    beside: list[Document]
    later: UUID | None
    earlier: UUID | None


def around(declared: DocumentType, document: Document, *beside: QuerySet[Document]) -> Around:
    """What stands around a document, as far as it is seen, in one statement with what its type
    knows to stand `beside` it."""
    wanted = (_family(document), _neighbours(declared, document), *beside)
    kin, near, *others = read_at_once(*wanted)
    sides = dict(near)
    found = [one for several in others for one in several]
    return Around(kin, found, sides.get("later"), sides.get("earlier"))


def _neighbours(declared: DocumentType, document: Document) -> QuerySet[Any]:
    rows = wanted_rows(declared, Wanted())
    key = (document.business_date, document.pk)
    later = rows.filter(_beyond(*key, "oldest")).order_by(*ORDERS["oldest"])
    earlier = rows.filter(_beyond(*key, "latest")).order_by(*ORDERS["latest"])
    first, second = (
        rows.annotate(side=Value(side)).values_list("side", "document_id")[:1]
        for side, rows in (("later", later), ("earlier", earlier))
    )
    both: QuerySet[Any] = first.union(second, all=True)
    return both


@dataclass(frozen=True)
class Waiting:
    """How many of a type are submitted, and how many drafts are the acting person's own."""

    submitted: int
    my_drafts: int


def waiting_counts(declared: DocumentType) -> Waiting:
    """In one statement, through the index of what is not yet posted."""
    person = who().person
    mine = Q(document__state=State.DRAFT, document__created_by=person)
    counted = wanted_rows(declared, Wanted(states=(State.DRAFT, State.SUBMITTED))).aggregate(
        submitted=Count("pk", filter=Q(document__state=State.SUBMITTED)),
        my_drafts=Count("pk", filter=mine),
    )
    return Waiting(**counted)


def totals_of(declared: DocumentType, wanted: Wanted) -> Totals:
    """How many there are and what they come to, in one statement that stops at a cap."""
    within = wanted_rows(declared, wanted).values("document__total")[: COUNT_MAX + 1]
    added = within.aggregate(count=Count("*"), total=Sum("document__total"))
    return Totals(min(added["count"], COUNT_MAX), added["total"], added["count"] > COUNT_MAX)


def wanted_rows(declared: DocumentType, wanted: Wanted) -> QuerySet[Any]:
    """The bodies that are wanted and may be seen, in no order yet."""
    rows: QuerySet[Any] = visible(declared.body, declared.permission("view"))
    conditions = Q(document__type=declared.code)
    if text := wanted.text.replace("\0", "").strip():
        number = Q(document__number__istartswith=text)
        conditions &= number | Q(document__note__icontains=text)
    if wanted.states:
        conditions &= Q(document__state__in=wanted.states)
    if wanted.units:
        conditions &= Q(document__org_unit__in=wanted.units) | Q(
            document__other_unit__in=wanted.units
        )
    if wanted.since:
        conditions &= Q(document__business_date__gte=wanted.since)
    if wanted.until:
        conditions &= Q(document__business_date__lte=wanted.until)
    if wanted.by:
        conditions &= Q(document__created_by=wanted.by)
    allowed = {f.name for f in declared.header_fields if f.target is not None}
    for name, value in wanted.fields.items():
        if name not in allowed:
            raise Refusal("filter_not_allowed", name=name)
        conditions &= Q(**{name: value})
    return rows.filter(conditions & wanted.within)


# What it came from, up to the first, and all that came of those. If there are too many, what it
# came from is kept.
FAMILY_MAX = 200
FAMILY = """
with recursive above as (
    select id, follows_id, replaces_id from document where id = %s
    union
    select d.id, d.follows_id, d.replaces_id
      from above a join document d on d.id in (a.follows_id, a.replaces_id)
), below as (
    select id from above
    union
    select d.id from below b cross join lateral (
        select id from document where follows_id = b.id
        union all select id from document where replaces_id = b.id
    ) d
)
select id from (
    select id, 0 as far from above union all select id, 1 from below limit %s
) found
"""


def _family(document: Document) -> QuerySet[Document]:
    near = RawSQL(FAMILY, [document.pk, 2 * FAMILY_MAX])
    rows = Document.objects.filter(pk__in=near).exclude(pk=document.pk)
    return rows.select_related("org_unit").order_by("created_at")[:FAMILY_MAX]


def _encode(day: date, last: UUID) -> str:
    return base64.urlsafe_b64encode(f"{day} {last}".encode()).decode()


def _decode(cursor: str) -> tuple[date, UUID]:
    try:
        day, last = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        return date.fromisoformat(day), UUID(last)
    except ValueError:
        raise Refusal("cursor_invalid") from None

"""The year's close (年结): income and costs of a legal entity go to its equity, once a year."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.finance.periods import units_of
from tongpan.business.treasury import queries
from tongpan.business.treasury.models import YearClose
from tongpan.business.treasury.postings import year_moves
from tongpan.business.treasury.trial import entities
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, document_types, find_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import LegalEntity, OrgUnit, business_date
from tongpan.kernel.org.scope import units_where, visible

say("year_is_carried", noop("{year} is carried over already, by {number}."))
say(
    "later_year_is_carried",
    noop("{year} is carried over already, by {number}: reverse that first."),
)
say("nothing_to_carry", noop("No account of income or costs holds anything at the end of {year}."))
say("not_whole_books", noop("Only who sees the money and the costs of all units of {name} may."))


def complete_year(body: YearClose) -> None:
    """It is of the highest unit of its legal entity, on the last day of its year."""
    document = body.document
    document.org_unit = units_of(document.org_unit.entity)[0]
    if body.year is not None:
        document.business_date = date(body.year, 12, 31)
        read_year(body)


def read_year(body: YearClose) -> None:
    """Read what is to be carried over; the document comes to what the year earned."""
    assert body.year is not None, "What is frozen is complete."
    body.carried = queries.to_carry(body.document.org_unit.entity_id, body.year)
    body.document.total = -sum((Decimal(amount) for *_of, amount in body.carried), ZERO)


def check_year(body: YearClose) -> Iterator[Problem]:
    assert body.year is not None, "What is checked is complete."
    unit = body.document.org_unit
    if unit.entity_id not in {entity.pk for entity in entities()}:
        yield {"path": "year", "code": "not_whole_books", "name": unit.entity.name}
    yield from _carried(body, body.year)
    if not body.carried:
        yield {"path": "year", "code": "nothing_to_carry", "year": body.year}


def _carried(body: YearClose, since: int) -> Iterator[Problem]:
    """That this year, or a later one, is carried over: what a later one took would be missed."""
    done = queries.years_carried(body.document.org_unit.entity_id)
    for year in sorted(n for n in done if n >= since)[:1]:
        code = "later_year_is_carried" if year > (body.year or 0) else "year_is_carried"
        yield {"path": "year", "code": code, "year": year, "number": done[year]}


# What the years of most companies are made of: by the index of documents, in no time.
EARNING = ("till.sale", "sales.delivery", "franchise.supply", "treasury.expense", "treasury.income")


def not_carried(year: int, units: Sequence[OrgUnit]) -> QuerySet[LegalEntity]:
    """The legal entities of these units that sold or spent something in a year which nobody carried
    over, if the acting person may do it."""
    days = (date(year, 1, 1), date(year, 12, 31))
    mine = units_where("treasury.year_close.save").filter(pk__in=[unit.pk for unit in units])
    later = YearClose.unscoped.filter(
        document__org_unit__entity=OuterRef("pk"), document__state=State.POSTED, year__gte=year
    )
    earned = Document.unscoped.filter(
        org_unit__entity=OuterRef("pk"), type__in=EARNING, business_date__range=days,
        state=State.POSTED,
    )  # fmt: skip
    rows = LegalEntity.objects.filter(~Exists(later), Exists(earned), pk__in=mine.values("entity"))
    return rows.order_by("pk")


# Of what people write: slips of tills are of their day. Days that are closed take nothing any more.
_LATE = """exists (
    select from document c join org_unit u on u.id = c.org_unit_id
      left join period_close p on p.entity = u.entity_id
      join org_unit o on o.entity_id = u.entity_id
      join document d on d.org_unit_id = o.id and d.type = any(%s)
        and d.business_date > coalesce(p.through, c.business_date - 366)
        and d.business_date <= c.business_date and d.posted_at > c.posted_at
      where c.id = document.id and exists (
        select from entry e join account a on a.id = any(array[e.source, e.target])
          where e.posting = d.id and e.business_date = d.business_date and a.role = any(%s)
      )
)"""


def posted_since(units: Sequence[OrgUnit]) -> QuerySet[Document]:
    """The last years' closes of the legal entities of these units after which income or costs were
    posted into their year, while it is open: they stay on their accounts, or the close is made
    anew. For who may make it."""
    closes = {"type": YEAR_CLOSE.code, "state": State.POSTED}
    later = Document.unscoped.filter(
        org_unit__entity=OuterRef("org_unit__entity"),
        business_date__gt=OuterRef("business_date"), **closes,
    )  # fmt: skip
    written = [t.code for t in document_types() if find_action(t.permission("save")) is not None]
    late = RawSQL(_LATE, [written, list(queries.EVERY)], output_field=BooleanField())
    rows = visible(Document, YEAR_CLOSE.permission("save")).select_related("org_unit")
    rows = rows.filter(org_unit__entity__in={unit.entity_id for unit in units}, **closes)
    return rows.filter(~Exists(later)).filter(late).order_by("pk")


def since_carried(body: YearClose, _standing: Any = None) -> Iterator[tuple[Any, Decimal]]:
    """What was earned in the year by what was posted after it was carried over."""
    assert body.year is not None, "What is posted is complete."
    held = queries.to_carry(body.document.org_unit.entity_id, body.year)
    if held:
        yield _("Posted since"), -sum((Decimal(amount) for *_of, amount in held), ZERO)


def refuse_before_later(doing: Doing) -> None:
    """Years are taken back from the last one."""
    for problem in _carried(doing.body, doing.body.year + 1):
        raise Refusal(problem["code"], year=problem["year"], number=problem["number"])


def explain_carried(body: Any, _short: dict[str, Any]) -> Problem:
    """That somebody else carried the year over at the same moment."""
    number = queries.years_carried(body.document.org_unit.entity_id).get(body.year, "")
    return {"path": "year", "code": "year_is_carried", "year": body.year, "number": number}


def last_year(unit: OrgUnit) -> dict[str, Any]:
    """The year that is over is the one to carry over."""
    return {"year": business_date(unit, env.now()).year - 1}


YEAR_CLOSE = register(
    DocumentType(
        code="treasury.year_close",
        title=_("Year's close"),
        plural=_("Year's closes"),
        help=_(
            "What a legal entity earned in a year goes from its accounts of income and costs to"
            " equity, on the last day of the year: they begin the next one at nothing. Post it"
            " before the last month is closed; while that is open it can be reversed and made anew."
        ),
        job="money",
        body=YearClose,
        line=None,
        numbering="NJ-{unit}-{year:02}-{serial:05}",
        header=("year",),
        columns=(),
        listed=("number", "year", "org_unit", "total", "state", "created_by"),
        complete=complete_year,
        check=check_year,
        freeze=read_year,
        frozen=("carried",),
        amount=lambda body: None,
        moves=year_moves,
        take_back=refuse_before_later,
        keeps_its_day=True,
        explain_short=explain_carried,
        screens={
            "begin": last_year,
            "names_unit": True,
            "dates_itself": True,
            "figures": since_carried,
            "signed_by": (_("Made by"), _("Checked by")),
        },
    )
)

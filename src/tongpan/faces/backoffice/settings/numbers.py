"""Document numbers (单号规则): how each type writes them, and what the next ones are."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import values
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import fields_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import NumberingRule, Series
from tongpan.kernel.documents.numbering import declared_rule, rule_of, series_of
from tongpan.kernel.documents.numbering_actions import (
    CHOOSE,
    DIGITS_LEAST,
    DIGITS_MOST,
    subject_of,
)
from tongpan.kernel.documents.registry import DocumentType, document_types
from tongpan.kernel.documents.setting_actions import EDIT
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import units_where, who


@entry(permission=EDIT, scope="company", field_policy="open")
def numbers(request: HttpRequest) -> HttpResponse:
    """Every type with its rule, and the number that its next document would get here."""
    declared = sorted(document_types(), key=lambda one: rule_of(one).letters)
    following = _next_numbers(declared)
    return show.page(
        request,
        pages.ListPage(
            title=_("Document numbers"),
            help=pages.Help(
                _(
                    "How the numbers of each type of document are written. They count on without a"
                    " gap, by type and unit; what has its number keeps it."
                )
            ),
            columns=(
                pages.Column("title", _("Document"), pages.Kind.LINK, 1, "title"),
                pages.Column("letters", _("Letters"), pages.Kind.CODE, 2, "code"),
                pages.Column("begins", _("Counts anew"), keep=3),
                pages.Column("digits", _("Digits"), pages.Kind.NUMBER, 3),
                pages.Column("next", _("The next one here"), pages.Kind.CODE, 1, "detail"),
            ),
            rows=tuple(_row(one, following[one.code]) for one in declared),
        ),
    )


def _row(declared: DocumentType, following: str) -> pages.Row:
    rule, url = rule_of(declared), reverse("settings-number", args=[declared.code])
    is_own = rule != declared_rule(declared.numbering)
    cells = {
        "title": pages.Cell(str(declared.title), url=url, after=_("chosen") if is_own else ""),
        "letters": pages.Cell(rule.letters),
        "begins": pages.Cell(str(NumberingRule.Begins(rule.begins).label)),
        "digits": pages.Cell(rule.digits),
        "next": pages.Cell(following),
    }
    return pages.Row(declared.code, cells, url=url)


@entry(permission=EDIT, scope="company", field_policy="open", methods=("GET", "POST"))
def number(request: HttpRequest, code: str) -> HttpResponse:
    """Choose how the numbers of a type are written from now on."""
    declared = next((one for one in document_types() if one.code == code), None)
    if declared is None:
        raise Http404
    back, rule = reverse("settings-numbers"), rule_of(declared)

    def build(typed: parts.Typed) -> pages.FormPage:
        given = {**{name: str(value) for name, value in rule._asdict().items()}, **typed}
        own = declared_rule(declared.numbering)
        titles = {f.name: values.title_of(f) for f in fields_of(NumberingRule, rule._fields)}
        fields = (
            pages.Field(
                "letters", titles["letters"], "text", given["letters"], is_required=True,
                hint=_("One to four capital letters that no other type has; at first %(letters)s")
                % {"letters": own.letters},
            ),
            parts.choice(
                "begins", titles["begins"], NumberingRule.Begins.choices, given["begins"]
            ),
            parts.choice(
                "digits", titles["digits"],
                [(str(n), str(n)) for n in range(DIGITS_LEAST, DIGITS_MOST + 1)], given["digits"],
                hint=_next_one(declared),
            ),
        )  # fmt: skip
        return parts.form_page(
            _("Numbers: %(title)s") % {"title": declared.title},
            reverse("settings-number", args=[code]), fields, back_url=back,
            tabs=histories.history_tabs(subject_of(declared)),
        )  # fmt: skip

    def act(typed: parts.Typed) -> HttpResponse:
        run(CHOOSE, None, {"type": code, **{name: typed.get(name, "") for name in rule._fields}})
        return show.go(request, back, toast=pages.Toast(_next_one(declared)))

    return parts.form(request, build, act)


def _next_one(declared: DocumentType) -> str:
    number = _next_numbers([declared])[declared.code]
    return _("The next one here is %(number)s.") % {"number": number}


def _next_numbers(declared: list[DocumentType]) -> dict[str, str]:
    """What the next document of each of these types would be called where the person works."""
    unit = who().at or units_where(EDIT).order_by("path").first()
    assert unit is not None, "Whoever may choose it may do so somewhere."
    series = {one.code: series_of(one, unit, _today(unit)) for one in declared}
    keys = [one.key for one in series.values()]
    last = dict(Series.objects.filter(key__in=keys).values_list("key", "last"))
    return {code: one.number(last.get(one.key, 0) + 1) for code, one in series.items()}


def _today(unit: OrgUnit) -> date:
    return business_date(unit, env.now())

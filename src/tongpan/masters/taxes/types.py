"""The kinds of master data about taxes."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.fields import State
from tongpan.masters.references import reference
from tongpan.masters.taxes.models import TaxCategory, TaxRate, Treatment
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

say("tax_rate_missing", noop("{name} has no tax rate on {on}."))


def check_category(row: TaxCategory, before: TaxCategory | None) -> Iterator[Problem]:
    yield from invalid_columns(row, CATEGORY.fields)


CATEGORY: MasterType = register(
    MasterType(
        code="taxes.category",
        title=_("Tax category"),
        plural=_("Tax categories"),
        help=_("Goods or services that the tax office treats alike, apart from today's rate."),
        job="settings",
        model=TaxCategory,
        key="code",
        fields=("code", "name", "treatment"),
        listed=("code", "name", "treatment", "state"),
        complete=fill_defaults,
        check=check_category,
    )
)


def check_rate(row: TaxRate, before: TaxRate | None) -> Iterator[Problem]:
    yield from invalid_columns(row, RATE.fields)
    yield from taken(row, ("category", "valid_from"), path="valid_from")


RATE = register(
    MasterType(
        code="taxes.rate",
        title=_("Tax rate"),
        plural=_("Tax rates"),
        help=_("The rate of a tax category from a day on. 0.13 is 13 %."),
        job="settings",
        model=TaxRate,
        key="id",
        fields=("category", "rate", "valid_from"),
        listed=("category", "rate", "valid_from", "state"),
        complete=fill_defaults,
        check=check_rate,
    )
)

_by_code = reference(TaxCategory)


def find_categories(texts: Iterable[str]) -> Mapping[str, Any]:
    """Tax categories by code, id or name; or by the rate, as sheets have it, if only one has it."""
    wanted = list(texts)
    found = dict(_by_code.find(wanted))
    rates = {text: rate for text in wanted if text not in found and (rate := _rate(text))}
    if rates:
        active = nameable(TaxCategory).filter(state=State.ACTIVE, treatment=Treatment.TAXABLE)
        newest = TaxRate.objects.filter(category__in=active, valid_from__lte=env.now().date())
        newest = newest.order_by("category_id", "-valid_from").distinct("category_id")
        rows = list(newest.select_related("category"))
        for text, rate in rates.items():
            named = [row.category for row in rows if row.rate == rate]
            if len(named) == 1:
                found[text] = named[0]
    return found


def _rate(text: str) -> Decimal | None:
    """13 %, 13 and 0.13 are the same rate."""
    digits = text.strip().removesuffix("%").removesuffix("％").strip()
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 < number < 100:
        return None
    return number if number < 1 and "%" not in text else number / 100


refer(Reference(TaxCategory, find_categories, str, _by_code.search, _by_code.code))

"""The kinds of master data about taxes."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, refer
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.references import reference
from tongpan.masters.taxes.models import TaxCategory, TaxRate
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

say("tax_rate_missing", noop("{name} has no tax rate on {on}."))


def check_category(row: TaxCategory, before: TaxCategory | None) -> Iterator[Problem]:
    yield from invalid_columns(row, CATEGORY.fields)


CATEGORY: MasterType = register(
    MasterType(
        code="taxes.category",
        title=_("Tax category"),
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

refer(reference(TaxCategory))

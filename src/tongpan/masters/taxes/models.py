"""What is taxed how: a category says the treatment, its rates say how much and since when."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.masters.fields import code_column, id_column, state_column


class Treatment(models.TextChoices):
    """Four different things that all print as no tax, or as some: the law keeps them apart."""

    TAXABLE = "taxable", _("taxable")
    ZERO_RATED = "zero_rated", _("zero-rated")  # 零税率: input tax is refunded
    EXEMPT = "exempt", _("exempt")  # 免税: input tax goes into cost
    NOT_TAXABLE = "not_taxable", _("not taxable")  # 不征税: outside the tax, such as a top-up


class TaxCategory(models.Model):
    """A kind of goods or service in the eyes of the tax office, apart from today's rate."""

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=80)
    treatment = models.CharField(
        _("treatment"), max_length=12, choices=Treatment, default=Treatment.TAXABLE, blank=True
    )
    state = state_column()

    class Meta:
        ordering = ["code"]
        verbose_name = _("tax category")
        verbose_name_plural = _("tax categories")

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    """The rate of a category from one date until the next row's date. 0.13 is 13 %."""

    id = id_column()
    category = models.ForeignKey(
        TaxCategory,
        on_delete=models.CASCADE,
        related_name="rates",
        verbose_name=_("tax category"),
    )
    rate = models.DecimalField(
        _("rate"),
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    valid_from = models.DateField(_("valid from"))
    state = state_column()

    class Meta:
        ordering = ["category", "-valid_from"]
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "valid_from"], name="one_rate_per_category_and_day"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="rate_is_a_share"),
        ]
        indexes = [models.Index(F("category"), F("valid_from").desc(), name="taxes_rate_on_a_day")]

    def __str__(self) -> str:
        return f"{self.rate.normalize():%}" if self.rate is not None else ""

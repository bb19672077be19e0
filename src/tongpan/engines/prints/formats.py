"""Label formats: the sizes that a company's rolls have, and what stands on each."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.engines.prints.labels import SIZES, Size
from tongpan.engines.prints.models import LabelFormat
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.fields import State
from tongpan.masters.validity import fill_defaults, invalid_columns

# What a format may leave out: the flag, and the fields of a label.
LEAVES_OUT = {
    "shows_origin": ("origin",),
    "shows_code": ("code",),
    "shows_barcode": ("barcode",),
    "shows_member_price": ("member_price",),
    "shows_more_prices": ("each", "quantity_price"),
}
LEAST, MOST = {"width": 30, "height": 20, "gap": 0}, {"width": 200, "height": 280, "gap": 20}  # mm

say("label_measure", noop("{label}: {least} to {most} mm."))


def check_format(row: LabelFormat, before: LabelFormat | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    labels = {"width": _("width, mm"), "height": _("height, mm"), "gap": _("gap, mm")}
    for name, label in labels.items():
        value = getattr(row, name)
        if value is not None and not LEAST[name] <= value <= MOST[name]:
            facts = {"least": str(LEAST[name]), "most": str(MOST[name])}
            yield {"path": name, "code": "label_measure", "label": label, **facts}


FORMAT = register(
    MasterType(
        code="prints.label_format",
        title=_("Label format"),
        plural=_("Label formats"),
        help=_(
            "Sizes of labels besides the usual ones: as wide and high as the roll has them, and"
            " what stands on them."
        ),
        job="settings",
        model=LabelFormat,
        key="code",
        fields=("code", "name", "width", "height", "gap", *LEAVES_OUT),
        listed=("code", "name", "width", "height", "gap", "state"),
        complete=fill_defaults,
        check=check_format,
    )
)


def sizes() -> dict[str, Size]:
    """The sizes that can be chosen, by code: a company's own come first."""
    own = LabelFormat.objects.filter(state=State.ACTIVE)
    return {row.code: size_of(row) for row in own} | {
        code: size for code, size in SIZES.items() if code not in {row.code for row in own}
    }


def size_of(row: LabelFormat) -> Size:
    left_out = (names for flag, names in LEAVES_OUT.items() if not getattr(row, flag))
    without = frozenset(name for names in left_out for name in names)
    return Size(row.code, row.width, row.height, row.gap, row.name, without)

"""A tab for every declared type, in the job that its area names."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpan.business.stock.queries import SEE as SEE_STOCK
from tongpan.faces.kit import menu
from tongpan.kernel.documents.fields import references
from tongpan.kernel.documents.integrity import SEE as SEE_BOOKS
from tongpan.kernel.documents.registry import MasterType, document_types, master_types

# Where the rail has another name for an area.
JOBS = {"purchasing": "buying", "finance": "money", "membership": "members"}

SETTINGS = (
    ("people", _("People"), "org.person.edit"),
    ("roles", _("Roles"), "org.role.edit"),
    ("units", _("Units"), "org.unit.edit"),
    ("entities", _("Legal entities"), "org.entity.edit"),
    ("tokens", _("API tokens"), "org.token.edit"),
    ("choices", _("Choices"), "org.setting.edit"),
)


def add_tabs() -> None:
    """Overviews come first, then documents, then the master data that they name."""
    menu.tab("stock", "overview", _("Stock overview"), "/stock/", SEE_STOCK, order=10)
    menu.tab("reports", "integrity", _("Integrity of the books"), "/integrity/", SEE_BOOKS)
    for order, (code, title, permission) in enumerate(SETTINGS, start=10):
        menu.tab("settings", code, title, f"/settings/{code}/", permission, order=order)
    for order, declared in enumerate(document_types(), start=30):
        _tab(declared.job, declared.code, declared.title, f"/d/{declared.code}/", order)
    for order, master in enumerate(master_types(), start=60):
        if _stands_alone(master):
            _tab(master.job, master.code, master.title, f"/m/{master.code}/", order)


def _tab(job: str, code: str, title: str | Promise, url: str, order: int) -> None:
    menu.tab(JOBS.get(job, job), code, title, url, f"{code}.view", order=order)


def _stands_alone(master: MasterType) -> bool:
    """Whether people look for it by itself; an item's barcodes are found on the item's page."""
    has_name = any(f.name == "name" for f in master.model._meta.concrete_fields)
    return has_name and master.model in references()

"""A tab for every declared type, in the job that its area names."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.periods import SEE as SEE_MONTHS
from tongpan.business.finance.queries import SEE as SEE_MONEY
from tongpan.business.pricing.types import LABELS
from tongpan.business.shifts.queries import LOOK as SEE_TILLS
from tongpan.business.stock.queries import SEE as SEE_STOCK
from tongpan.business.till.parking import SEE as SEE_BASKETS
from tongpan.business.till.sold import SEE as SEE_SALES
from tongpan.engines.payments.actions import EDIT as EDIT_PAYMENTS
from tongpan.engines.payments.actions import VIEW as SEE_PAYMENTS
from tongpan.faces.backoffice.in_force import SEE as SEE_IN_FORCE
from tongpan.faces.backoffice.in_force import TITLE as IN_FORCE
from tongpan.faces.backoffice.item_prices import links_of
from tongpan.faces.kit import menu
from tongpan.kernel.documents.fields import references
from tongpan.kernel.documents.integrity import SEE as SEE_BOOKS
from tongpan.kernel.documents.registry import (
    MasterType,
    document_type,
    document_types,
    master_types,
)

# Where the rail has another name for an area. The till itself fills the screen and has no tabs, so
# its slips stand with the sales, the ways to pay with the money, what customers are shown with what
# is promoted.
JOBS = {"purchasing": "buying", "finance": "money", "membership": "members"}
OF_DOCUMENTS = JOBS | {"till": "sales"}
OF_MASTERS = JOBS | {"till": "money", "till.display_page": "items"}
# What has no name, or is named by nothing, and people look for all the same.
ALONE = (
    "items.barcode_layout", "items.item_at_unit", "items.supplier_item", "membership.earn_rule",
    "membership.wallet_rule", "membership.top_up_rule", "selfservice.page", "coupons.gift",
    "prices.level", "prices.band", "till.display_page",
)  # fmt: skip
FIRST = (
    "items.item",
    "membership.member",
)  # the master data that a job's link in the rail leads to

SEE_COUPONS = "coupons.issue.view"
SEE_REQUESTS = "selfservice.request.view"
TRY_TIERS = "membership.tier.save"

SETTINGS = (
    ("people", _("People"), "org.person.edit"),
    ("roles", _("Roles"), "org.role.edit"),
    ("access", _("Who may do what"), "org.access.view"),
    ("sessions", _("Sessions"), "org.person.edit"),
    ("personal", _("Personal data"), "org.personal.handle"),
    ("units", _("Units"), "org.unit.edit"),
    ("entities", _("Legal entities"), "org.entity.edit"),
    ("tokens", _("API tokens"), "org.token.edit"),
    ("webhooks", _("Webhooks"), "webhooks.endpoint.edit"),
    ("payments", _("Payment providers"), EDIT_PAYMENTS),
    ("prints", _("Print templates"), "prints.template.edit"),
    ("printers", _("Printers"), "printers.printer.edit"),
    ("choices", _("Choices"), "org.setting.edit"),
    ("numbers", _("Document numbers"), "org.setting.edit"),
    ("audit", _("Log of actions"), "org.audit.view"),
)


def add_tabs() -> None:
    """Overviews come first, then documents, then the master data that they name."""
    menu.tab("stock", "overview", _("Stock overview"), "/stock/", SEE_STOCK, order=10)
    menu.tab("stock", "board", _("Stock dashboard"), "/stock-board/", SEE_STOCK, order=15)
    menu.tab("items", "labels", _("Labels"), "/labels/", LABELS, order=90)
    menu.tab("items", "in-force", IN_FORCE, "/in-force/", SEE_IN_FORCE, order=35)
    for code in ("prices.change", "purchasing.receipt"):
        document_type(code).screens["page_links"] = links_of
    menu.tab("sales", "board", _("Sales dashboard"), "/sales/board/", SEE_SALES, order=5)
    menu.tab("sales", "day", _("Sales of the day"), "/sales/day/", SEE_SALES, order=40)
    menu.tab("sales", "payments", _("Payments to clear up"), "/payments/", SEE_PAYMENTS, order=46)
    menu.tab(
        "sales", "taken-off", _("Taken off baskets"), "/sales/taken-off/", SEE_BASKETS, order=46
    )
    menu.tab("sales", "tills", _("Tills of the day"), "/sales/tills/", SEE_TILLS, order=45)
    menu.tab("money", "money", _("Money overview"), "/money/overview/", SEE_MONEY, order=10)
    menu.tab("money", "results", _("Results"), "/money/results/", SEE_MONEY, order=20)
    menu.tab("money", "trial", _("Trial balance"), "/money/trial/", SEE_MONEY, order=22)
    menu.tab("money", "ageing", _("Ageing"), "/money/ageing/", SEE_MONEY, order=25)
    menu.tab("money", "months", _("Closed months"), "/money/months/", SEE_MONTHS, order=27)
    menu.tab("members", "coupons", _("Coupons"), "/members/coupons/", SEE_COUPONS, order=28)
    menu.tab("members", "requests", _("Requests"), "/members/requests/", SEE_REQUESTS, order=29)
    menu.tab("members", "between", _("Between stores"), "/members/between/", SEE_MONEY, order=80)
    menu.tab("members", "tiers", _("Tiers tried out"), "/members/tiers/", TRY_TIERS, order=85)
    menu.tab("reports", "integrity", _("Integrity of the books"), "/integrity/", SEE_BOOKS)
    for order, (code, title, permission) in enumerate(SETTINGS, start=10):
        menu.tab("settings", code, title, f"/settings/{code}/", permission, order=order)
    for order, declared in enumerate(document_types(), start=30):
        job = OF_DOCUMENTS.get(declared.job, declared.job)
        _tab(job, declared.code, declared.titles, f"/d/{declared.code}/", order)
    for order, master in enumerate(master_types(), start=60):
        if _stands_alone(master):
            job = OF_MASTERS.get(master.code) or OF_MASTERS.get(master.job, master.job)
            at = 25 if master.code in FIRST else order
            _tab(job, master.code, master.titles, f"/m/{master.code}/", at)


def _tab(job: str, code: str, title: str | Promise, url: str, order: int) -> None:
    menu.tab(job, code, title, url, f"{code}.view", order=order)


def _stands_alone(master: MasterType) -> bool:
    """Whether people look for it by itself; an item's barcodes are found on the item's page."""
    has_name = any(f.name == "name" for f in master.model._meta.concrete_fields)
    return (has_name and master.model in references()) or master.code in ALONE

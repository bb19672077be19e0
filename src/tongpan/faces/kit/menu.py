"""The rail and the job tabs: which pages there are, by job, and who is shown them.

A face says `tab("stock", "transfers", _("Transfers"), "/stock/transfers/", "stock.transfer.view")`
in its app's `ready()`. A job without a tab that the person may use is not in the rail.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Job:
    """A place in the rail. `letter` goes there after G."""

    code: str
    title: str | Promise
    icon: str
    letter: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a job. `permission` is a code, or "signed-in"."""

    job: str
    code: str
    title: str | Promise
    url: str
    permission: str
    order: int


JOBS: tuple[Job, ...] = (
    Job("home", _("Home"), "home", "H"),
    Job("till", _("Tills"), "till", "I"),
    Job("items", _("Items"), "items", "M"),
    Job("buying", _("Buying"), "buying", "B"),
    Job("stock", _("Stock"), "stock", "S"),
    Job("sales", _("Sales"), "sales", "A"),
    Job("orders", _("Orders"), "orders", "O"),
    Job("members", _("Members"), "members", "E"),
    Job("money", _("Money"), "money", "Y"),
    Job("reports", _("Reports"), "reports", "R"),
    Job("settings", _("Settings"), "settings", ","),
)
_tabs: list[Tab] = []


def tab(
    job: str, code: str, title: str | Promise, url: str, permission: str, *, order: int = 50
) -> None:
    """Add a page to a job; the rail leads to the one with the lowest order. Said once each."""
    assert any(j.code == job for j in JOBS), f"No job is called {job!r}."
    assert not any(t.job == job and t.code == code for t in _tabs), f"{job}.{code} is there."
    _tabs.append(Tab(job, code, title, url, permission, order))
    _tabs.sort(key=lambda t: t.order)


def tabs(job: str | None = None) -> tuple[Tab, ...]:
    """All tabs, or those of one job, in their order."""
    return tuple(t for t in _tabs if job is None or t.job == job)

"""The permissions of a role as boxes to tick: by job, kind by kind, with what each lets one do."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.faces.backoffice.tabs import JOBS as OF_AREAS
from tongpan.faces.kit import menu
from tongpan.kernel.documents.registry import (
    MEANS,
    VERBS,
    DocumentType,
    MasterType,
    document_types,
    master_types,
)
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import PersonContact
from tongpan.kernel.org.permissions import Permission
from tongpan.kernel.org.rules import EVERYTHING, covers
from tongpan.kernel.org.scope import fields_of_class, permissions

SEE = "see"
# Areas that no document or master of theirs places: where their permissions stand.
PLACED = {"org": "settings", "ledger": "reports", "masters": "items", "taxes": "settings"}
PARTIES = {"parties": "buying"}


@dataclass(frozen=True)
class Tick:
    """One box. `by` is the wider code through which it is held, if it is not ticked itself.

    `limit` is the amount up to which it holds; None where no amount can be said.
    """

    code: str
    title: str
    help: str = ""
    is_held: bool = False
    by: str = ""
    limit: str | None = None
    is_wide: bool = False  # covers others
    is_wrong: bool = False


@dataclass(frozen=True)
class Line:
    """The boxes of one kind of document or master data; or one permission with its own words."""

    title: str
    ticks: tuple[Tick, ...]
    help: str = ""


@dataclass(frozen=True)
class Group:
    """A job, with the boxes that give everything of an area, and its lines."""

    title: str
    wide: tuple[Tick, ...]
    lines: tuple[Line, ...]
    held: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the role holds something here."""
        return self.held > 0


Held = Mapping[str, str]  # the codes of a role, each with its limit as text


def groups(held: Held) -> tuple[Group, ...]:
    """Every permission there is, with what this role holds."""
    by_job: dict[str, list[Permission]] = {}
    for one in permissions():
        by_job.setdefault(_job(one.code), []).append(one)
    order = [SEE, *(job.code for job in menu.JOBS)]
    return tuple(_group(job, by_job[job], held) for job in order if job in by_job)


def groups_within(own: Collection[str], held: Held) -> tuple[Group, ...]:
    """The permissions that these codes cover, to be ticked without limits."""

    def kept(ticks: Iterable[Tick]) -> tuple[Tick, ...]:
        there = (tick for tick in ticks if any(covers(code, tick.code) for code in own))
        return tuple(replace(tick, limit=None) for tick in there)

    found = []
    for group in groups(held):
        lines = (replace(line, ticks=kept(line.ticks)) for line in group.lines)
        some = tuple(line for line in lines if line.ticks)
        if some:
            found.append(replace(group, wide=kept(group.wide), lines=some))
    return tuple(found)


def everything(held: Held, help: str) -> Tick:
    """The box that gives all there is, and all that will come."""
    return Tick(EVERYTHING, _("everything"), help, is_held=EVERYTHING in held, is_wide=True)


def ticked(typed: Mapping[str, str]) -> dict[str, str]:
    """The boxes that were ticked: holds.<code>, each with its limit.<code>."""
    codes = [name.removeprefix("holds.") for name in typed if name.startswith("holds.")]
    return {code: typed.get(f"limit.{code}", "").strip() for code in codes}


def title_of(code: str) -> str:
    """What a code is called that a role holds: a permission, or all of something."""
    if code == EVERYTHING:
        return _("everything")
    if not code.endswith(".*"):
        return next((str(one.title) for one in permissions() if one.code == code), code)
    kind = _kinds().get(code[:-2])
    what = str(kind.titles) if kind is not None else area_title(code[:-2])
    return _("%(what)s: everything") % {"what": what}


# Areas of the program that have neither documents nor master data.
WITHOUT_KINDS = {
    "org": gettext_lazy("People and access"),
    "payments": gettext_lazy("Payment providers"),
    "printers": gettext_lazy("Printers"),
    "prints": gettext_lazy("Print templates"),
    "webhooks": gettext_lazy("Webhooks"),
}


def area_title(area: str) -> str:
    """The name of an area of permissions, such as stock: what its kinds are called, if few."""
    if area == SEE:
        return _("What may be seen")
    if area in WITHOUT_KINDS:
        return str(WITHOUT_KINDS[area])
    kinds = [kind for kind in _kinds().values() if kind.code.startswith(f"{area}.")]
    job = OF_AREAS.get(area, area)
    known = next((str(one.title) for one in menu.JOBS if one.code == job), "")
    return known or listed(str(kind.titles) for kind in kinds) or area


def means() -> tuple[tuple[str, str], ...]:
    """What the four words over most boxes mean."""
    return tuple((str(VERBS[verb]), str(text)) for verb, text in MEANS.items())


def _kinds() -> dict[str, DocumentType | MasterType]:
    found: dict[str, DocumentType | MasterType] = {t.code: t for t in document_types()}
    return found | {t.code: t for t in master_types()}


def _job(code: str) -> str:
    area = code.partition(".")[0]
    if area in PLACED or area == SEE:
        return PLACED.get(area, area)
    if area in PARTIES:
        return PARTIES[area]
    kind = _kinds().get(code.rpartition(".")[0])
    jobs = {k.code.partition(".")[0]: k.job for k in _kinds().values()}
    job = kind.job if kind is not None else jobs.get(area, area)
    job = OF_AREAS.get(job, job)
    return job if any(one.code == job for one in menu.JOBS) else "settings"


def _group(job: str, known: list[Permission], held: Held) -> Group:
    areas = list(dict.fromkeys(one.code.partition(".")[0] for one in known))
    counts = Counter(one.code.partition(".")[0] for one in known)
    wide = tuple(  # one box says it where an area has no more
        _wide(f"{area}.*", held) for area in areas if counts[area] > 1 or f"{area}.*" in held
    )
    lines = tuple(_lines(known, held))
    count = sum(tick.is_held or bool(tick.by) for line in lines for tick in line.ticks)
    title = area_title(SEE) if job == SEE else _job_title(job)
    return Group(title, wide, lines, count)


def _job_title(job: str) -> str:
    return next(str(one.title) for one in menu.JOBS if one.code == job)


def _lines(known: list[Permission], held: Held) -> Iterator[Line]:
    kinds = _kinds()
    of_kind: dict[str, list[Permission]] = {}
    alone = []
    for one in known:
        kind, _dot, verb = one.code.rpartition(".")
        if kind in kinds and verb in MEANS:
            of_kind.setdefault(kind, []).append(one)
        else:
            alone.append(one)
    order = {kind: place for place, kind in enumerate(kinds)}
    for kind in sorted(of_kind, key=lambda code: order[code]):
        verbs = {one.code.rpartition(".")[2]: one for one in of_kind[kind]}
        ticks = [_tick(verbs[v].code, str(VERBS[v]), held) for v in MEANS if v in verbs]
        yield Line(str(kinds[kind].titles), (_wide(f"{kind}.*", held), *ticks))
    for one in alone:
        text = str(one.help)
        if one.code.startswith(f"{SEE}."):
            text = f"{text} {_fields(one.code.partition('.')[2])}"
        yield Line("", (replace(_tick(one.code, str(one.title), held), help=text.strip()),))


def _tick(code: str, title: str, held: Held) -> Tick:
    takes_amount = code.endswith(".post") or bool(held.get(code))
    by = next((wide for wide in held if wide != code and covers(wide, code)), "")
    return Tick(
        code, title, is_held=code in held, by="" if code in held else by,
        limit=held.get(code, "") if takes_amount else None,
    )  # fmt: skip


def _wide(code: str, held: Held) -> Tick:
    area = code[:-2]
    title = _("everything") if area in _kinds() else title_of(code)
    return replace(_tick(code, title, held), is_wide=True)


def _fields(kind: str) -> str:
    """The fields of a class, by what the papers are called that have them."""
    titles: dict[object, str] = {PersonContact: _("People")}
    for one in _kinds().values():
        tables = (one.body, one.line) if isinstance(one, DocumentType) else (one.model,)
        titles |= {table: str(one.titles) for table in tables if table is not None}
    found: dict[str, list[str]] = {}
    for field in fields_of_class(kind):
        if field.model in titles:
            found.setdefault(titles[field.model], []).append(str(field.verbose_name))
    said = [f"{title} ({', '.join(names)})" for title, names in found.items()]
    return _("That is: %(fields)s.") % {"fields": "; ".join(said)} if said else ""

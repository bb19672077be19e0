"""What stands around every page: rail, top bar, job tabs. Values only; `frame.py` fills them."""

from dataclasses import dataclass, field
from typing import Literal

from tongpan.faces.kit.pages import Toast


@dataclass(frozen=True, slots=True)
class JobLink:
    """A job in the rail; `waiting` is how much of it waits for this person."""

    code: str
    title: str
    icon: str
    url: str
    letter: str
    is_current: bool = False
    waiting: int = 0
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class TabLink:
    """A page of the current job."""

    title: str
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class UnitLink:
    """A unit the person may work at; `depth` indents it under its parent."""

    id: str
    title: str
    note: str = ""
    depth: int = 0
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """Whether stores and headquarters hear each other: 4 店已同步 · 1 店离线."""

    text: str
    tone: Literal["ok", "wait", "act"] = "ok"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the frame around a page shows."""

    jobs: tuple[JobLink, ...] = ()
    tabs: tuple[TabLink, ...] = ()
    units: tuple[UnitLink, ...] = ()
    unit_title: str = ""
    unit_note: str = ""
    person: str = ""  # an id
    person_name: str = ""
    person_face: str = ""
    theme: Literal["", "light", "dark"] = ""
    connection: Connection | None = None
    notices: int = 0
    notices_url: str = ""
    live_after: int | None = None  # where the feed stood when the page was drawn
    search_url: str = ""
    company_name: str = ""
    toast: Toast | None = None
    languages: tuple[tuple[str, str], ...] = field(default=(("zh-hans", "中"), ("en", "EN")))

    @property
    def job(self) -> JobLink | None:
        """The job the page belongs to."""
        return next((job for job in self.jobs if job.is_current), None)

    @property
    def foot(self) -> tuple[JobLink, ...]:
        """The three jobs a phone shows at its foot besides scan and more: home, this one, stock."""
        by_code = {job.code: job for job in self.jobs}
        middle = self.job if self.job and self.job.code not in ("home", "stock") else None
        chosen = [by_code.get("home"), middle or by_code.get("items"), by_code.get("stock")]
        return tuple(job for job in chosen if job)


def face_of(name: str) -> str:
    """What stands in the round: the first character of a Chinese name, else two initials.

    >>> face_of("周敏"), face_of("Zhou Min")
    ('周', 'ZM')
    """
    name = name.strip()
    if not name:
        return "?"
    if ord(name[0]) > 0x2E80:
        return name[0]
    return "".join(part[0] for part in name.split()[:2]).upper()

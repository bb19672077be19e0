"""Short ways to draft, approve and look at promotions in a test."""

from typing import Any
from uuid import UUID

from tests.contracts.examples import Stage
from tongpan.business.promotions import queries
from tongpan.business.promotions.rules.values import Promotion
from tongpan.kernel.documents.gate import run

P = "promotions.promotion"
Row = dict[str, Any]


def draft(kind: str, *lines: Row, unit: str = "HQ", **header: Any) -> UUID:
    """A draft from the 20th of November on, for all goods where no line says another thing."""
    said = {"title": "活动", "kind": kind, "begins_on": "2026-11-20", **header}
    payload = {"header": said, "lines": list(lines) or [{"part": "all"}], "unit": unit}
    return run(f"{P}.save", payload=payload).subject


def approved(kind: str, *lines: Row, **header: Any) -> UUID:
    one = draft(kind, *lines, **header)
    run(f"{P}.post", one)
    return one


def live(stage: Stage, store: str = "north") -> tuple[Promotion, ...]:
    return queries.live(stage.units[store], queries.version())


def titles(stage: Stage, store: str = "north") -> list[str]:
    return [one.title for one in live(stage, store)]

"""How the program says no: with a code, the facts, and a sentence in the reader's language.

A `Refusal` is a no. A `Question` is a no that a person with the right may overrule, remembered by
its code in the answers they send along. Faces turn both into a message in one place; nothing
returns False to say no.
"""

from typing import Any


class Refusal(Exception):
    """A hard no: `code` names the rule, `facts` name the field, the line and the amounts.

    `problems` lists every broken rule at once, each a dict with `path` (such as
    "lines.3.quantity"), `code` and its own facts, so nobody mends one line to meet the next.
    """

    def __init__(
        self, code: str, *, problems: list[dict[str, Any]] | None = None, **facts: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.problems = problems or []

    def __str__(self) -> str:
        return f"{self.code} {self.facts or ''} {self.problems or ''}".strip()


class Question(Refusal):
    """A no that a person may overrule by sending `code` back among their answers."""


class Forbidden(Refusal):
    """The acting person may not do this here. Faces answer as if the thing were not there."""

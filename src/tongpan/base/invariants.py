"""What must hold at every moment, and what a check of it found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """What was checked, how often, and every place where it does not hold."""

    code: str
    checked: int
    violations: tuple[str, ...]

"""The name of an account, and the 16 bytes that stand for it on every node."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

Ledger = Literal["stock", "promise", "money", "points"]

NOBODY = UUID(int=0)
"""The holder of an account that belongs to its unit as a whole."""


def currency(code: str) -> UUID:
    """The unit that a money account counts in, the same on every node."""
    return uuid5(NAMESPACE_URL, f"currency:{code}")


@dataclass(frozen=True, slots=True, eq=False)
class AccountKey:
    """Which account: the eight names that tell it from all others.

    `holder` is the place, party, member or chart account; `unit` the item, currency or programme;
    `owner` the party whose goods these are, when not ours; `line` the claim or order line.
    `key` is made from the names alone, so it is the same in SQL and on every node.
    """

    ledger: Ledger
    org_unit: UUID
    role: str
    holder: UUID
    unit: UUID
    lot: str = ""
    owner: UUID | None = None
    line: UUID | None = None
    key: UUID = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = (
            f"{self.ledger}|{self.org_unit}|{self.role}|{self.holder}|{self.unit}|{self.lot}"
            f"|{self.owner or ''}|{self.line or ''}"
        )
        digest = hashlib.md5(names.encode(), usedforsecurity=False).digest()
        object.__setattr__(self, "key", UUID(bytes=digest))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccountKey) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

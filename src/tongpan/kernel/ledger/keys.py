"""The name of an account, and the 16 bytes that stand for it on every node."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
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
    hex: str = field(init=False, repr=False)  # the key as text, which is compared faster

    def __post_init__(self) -> None:
        owner, line = self.owner, self.line
        key, text = _key_of(
            self.ledger, self.org_unit.int, self.role, self.holder.int, self.unit.int, self.lot,
            None if owner is None else owner.int, None if line is None else line.int,
        )  # fmt: skip
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "hex", text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccountKey) and self.hex == other.hex

    def __hash__(self) -> int:
        return hash(self.hex)


@lru_cache(maxsize=16384)
def _key_of(
    ledger: str, org_unit: int, role: str, holder: int, unit: int, lot: str, owner: int | None,
    line: int | None,
) -> tuple[UUID, str]:  # fmt: skip
    """The same as the column `account.key`. Kept: a till names the same accounts all day."""
    names = [
        ledger, UUID(int=org_unit), role, UUID(int=holder), UUID(int=unit), lot,
        "" if owner is None else UUID(int=owner), "" if line is None else UUID(int=line),
    ]  # fmt: skip
    text = "|".join(map(str, names))
    key = UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest())
    return key, key.hex

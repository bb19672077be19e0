"""What kinds of account there are: each business area declares its own in its `accounts.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tongpan.kernel.ledger.keys import AccountKey, Ledger


class Companions(NamedTuple):
    """The accounts of a cost pool that keep stock and money together, to the cent.

    `mirror` is the money account that always equals the pool's value. What the pool holds without
    goods to carry it leaves at once: in stock to `residue`, in money from `mirror` to `difference`.
    """

    residue: AccountKey
    mirror: AccountKey
    difference: AccountKey


@dataclass(frozen=True, slots=True)
class AccountRole:
    """A kind of account: its bounds, and whether it carries value or mirrors one that does."""

    ledger: Ledger
    role: str
    floor: Decimal | None
    ceiling: Decimal | None
    is_mirror: bool
    companions: Callable[[AccountKey], Companions] | None

    @property
    def is_valued(self) -> bool:
        return self.companions is not None


_roles: dict[tuple[str, str], AccountRole] = {}


def declare_role(
    ledger: Ledger,
    role: str,
    *,
    floor: Decimal | int | None = None,
    ceiling: Decimal | int | None = None,
    companions: Callable[[AccountKey], Companions] | None = None,
    is_mirror: bool = False,
) -> None:
    """Declare a kind of account, once, at import.

    `floor` and `ceiling` bound the balance of each new account; None is no bound. With
    `companions` it is a cost pool. `is_mirror` marks the money account of such pools: it moves
    only by as much as their value does.
    """
    declared = AccountRole(
        ledger=ledger,
        role=role,
        floor=None if floor is None else Decimal(floor),
        ceiling=None if ceiling is None else Decimal(ceiling),
        is_mirror=is_mirror,
        companions=companions,
    )
    assert role, "A role has a name."
    assert "|" not in role, "A bar parts the names of a key."
    assert companions is None or ledger == "stock", "Only stock carries value."
    assert not is_mirror or (ledger == "money" and floor is None and ceiling is None), (
        "A mirror is a money account without bounds: it could not refuse what stock has done."
    )
    assert _roles.get((ledger, role), declared) == declared, f"{ledger} {role} is declared twice."
    _roles[ledger, role] = declared


def role_of(key: AccountKey) -> AccountRole:
    """The declared role of an account."""
    found = _roles.get((key.ledger, key.role))
    assert found is not None, f"Nobody declared the role {key.role} of the {key.ledger} ledger."
    return found


def roles() -> list[AccountRole]:
    """Every declared role, by ledger and name."""
    return [_roles[name] for name in sorted(_roles)]

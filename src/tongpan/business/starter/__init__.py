"""What every new company has: roles that fit most chains, units of measure, taxes, ways to pay.

A company changes or archives them; nothing refers to them by name. The demonstration uses the same.
"""

from tongpan.business.starter.give import give_masters, give_roles
from tongpan.business.starter.masters import (
    EARN_RULE,
    METHODS,
    PROGRAMME,
    PURPOSES,
    SINCE,
    TAXES,
    WALLET_RULE,
)
from tongpan.business.starter.roles import ROLES

__all__ = [
    "EARN_RULE", "METHODS", "PROGRAMME", "PURPOSES", "ROLES", "SINCE", "TAXES", "WALLET_RULE",
    "give_masters", "give_roles",
]  # fmt: skip

"""What every new company has: roles that fit most chains, units of measure, taxes, ways to pay.

A company changes or archives them; nothing refers to them by name. The demonstration uses the same.
"""

from tongpan.business.starter.give import give_masters, give_roles
from tongpan.business.starter.masters import METHODS, PURPOSES, SINCE, TAXES
from tongpan.business.starter.roles import ROLES

__all__ = ["METHODS", "PURPOSES", "ROLES", "SINCE", "TAXES", "give_masters", "give_roles"]

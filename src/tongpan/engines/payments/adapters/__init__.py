"""Providers: what each must be able to do, and the register of those that are there.

To add one, copy a module of this folder, and name it in `PROVIDERS` at the end of `known.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from django.utils.functional import Promise

State = Literal[
    "charged",  # the customer's money is ours
    "declined",  # it is certain that it is not, and with this number it never will be
    "waiting",  # the customer must confirm it
    "cancelled",  # closed, and whatever had been paid went back
    "missing",  # nobody there knows the number
    "refunded",  # this refund is done
    "refused",  # it is certain that this refund will not be done
    "unknown",  # anything else: nobody guesses
]


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider said. `amount` is the money that it speaks of, where it names any."""

    state: State
    amount: Decimal | None = None
    number: str = ""  # under which the provider keeps it
    reason: str = ""
    text: str = ""  # the answer itself, without secrets


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a provider sent by itself, once its signature was found right."""

    id: str
    number: str  # ours, of the attempt
    said: Said
    is_ours: bool = True  # False where it names another merchant


class Forged(Exception):
    """A message whose signature is not the provider's."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """One account at a provider, with its keys open; for the moment of one call."""

    facts: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    url: str = ""  # empty: the provider's own
    may_be_private: bool = False
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the provider is asked about: amounts are in yuan, numbers are ours and never reused."""

    number: str
    amount: Decimal
    title: str = ""
    code: str = field(default="", repr=False)
    store: str = ""
    till: str = ""
    refund_number: str = ""
    refund_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of an account: a fact that is shown, or a secret that is not."""

    name: str
    title: str | Promise
    help: str | Promise = ""
    is_long: bool = False
    is_required: bool = True


class Provider(Protocol):
    """A provider. Whatever it does not understand it answers with "unknown"; it never raises.

    Sent again with the same number, `charge` must charge nothing more and `refund` give back
    nothing more: all providers promise that, and the simulator is held to it.
    """

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str | Promise: ...
    @property
    def facts(self) -> tuple[Wanted, ...]: ...
    @property
    def secrets(self) -> tuple[Wanted, ...]: ...
    @property
    def is_by_hand(self) -> bool:
        """Whether no program can ask it, and a person says what became of each attempt."""
        ...

    def charge(self, merchant: Merchant, asked: Asked) -> Said: ...
    def query(self, merchant: Merchant, asked: Asked) -> Said: ...
    def cancel(self, merchant: Merchant, asked: Asked) -> Said: ...
    def refund(self, merchant: Merchant, asked: Asked) -> Said: ...

    def read_notice(self, merchant: Merchant, headers: Mapping[str, str], body: bytes) -> Notice:
        """Errors: Forged."""
        ...

    def is_key(self, name: str, text: str) -> bool:
        """Whether a text can be the secret of this name."""
        ...

    def thanks(self) -> tuple[str, str]:
        """What the provider wants to hear for a notice: the kind of text, and the text."""
        ...


SAID_MAX = 1000


def cut(text: str) -> str:
    """As much of an answer as is kept."""
    return text.replace("\0", "")[:SAID_MAX]

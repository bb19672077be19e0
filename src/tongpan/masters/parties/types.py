"""The kinds of master data about parties."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, refer
from tongpan.kernel.documents.personal import Subject, declare_subject, refuse_set_aside
from tongpan.kernel.documents.personal_actions import declare_reveal
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.rules import HIDDEN, phone_of
from tongpan.kernel.org.scope import declare_permission, forms_in_part
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults, invalid_columns

say("party_without_part", noop("Say whether {name} is a supplier, a customer, or both."))
say("customers_alone", noop("{name} is no customer: this is for customers alone."))
say("only_a_part", noop("{given} is only a part of what it stands for. Write it whole."))
say("main_contact_exists", noop("{party} has a main contact already."))


def complete_party(row: Party) -> None:
    fill_defaults(row)
    row.tax_number = row.tax_number.replace(" ", "").upper()
    row.search_text = row.searched()


def check_party(row: Party, before: Party | None) -> Iterator[Problem]:
    yield from invalid_columns(row, PARTY.fields)
    if not (row.is_supplier or row.is_customer):
        yield {"path": "is_supplier", "code": "party_without_part", "name": row.name}
    if not row.is_customer:
        for name in ("is_wholesale", "price_list", "credit_limit", "customer_of"):
            if getattr(row, name) not in (None, False):
                yield {"path": name, "code": "customers_alone", "name": row.name}


PARTY = register(
    MasterType(
        code="parties.party",
        title=_("Party"),
        plural=_("Parties"),
        help=_("A supplier, a customer, or both."),
        job="purchasing",
        model=Party,
        key="code",
        fields=(
            "code",
            "name",
            "short_name",
            "is_supplier",
            "is_customer",
            "invoice_title",
            "tax_number",
            "bank_name",
            "bank_account",
            "due_days",
            "due_from",
            "is_wholesale",
            "price_list",
            "credit_limit",
            "customer_of",
            "entity",
            "supply_percent",
            "note",
        ),
        listed=("code", "name", "short_name", "is_supplier", "is_customer", "state"),
        complete=complete_party,
        check=check_party,
    )
)


def complete_contact(row: PartyContact) -> None:
    fill_defaults(row)
    with suppress(Refusal):  # the check says so
        row.phone = phone_of(row.phone)


def check_contact(row: PartyContact, before: PartyContact | None) -> Iterator[Problem]:
    refuse_set_aside(row.pk)
    yield from invalid_columns(row, CONTACT.fields)
    for name in forms_in_part(PartyContact):
        if HIDDEN in getattr(row, name):
            yield {"path": name, "code": "only_a_part", "given": getattr(row, name)}
    if "*" not in row.phone and (before is None or row.phone != before.phone):
        try:
            phone_of(row.phone)
        except Refusal as wrong:
            yield {"path": "phone", "code": wrong.code, **wrong.facts}
    others = PartyContact.objects.filter(party=row.party, is_main=True).exclude(pk=row.pk)
    if row.is_main and others.exists():
        yield {"path": "is_main", "code": "main_contact_exists", "party": row.party.name}


CONTACT = register(
    MasterType(
        code="parties.contact",
        title=_("Contact"),
        plural=_("Contacts"),
        help=_("A person at a party. All that is personal about them stands here and only here."),
        job="purchasing",
        model=PartyContact,
        key="id",
        fields=("party", "name", "position", "phone", "email", "address", "is_main"),
        listed=("party", "name", "position", "phone", "is_main", "state"),
        complete=complete_contact,
        check=check_contact,
    )
)

PARTS = {"supplier": Q(is_supplier=True), "customer": Q(is_customer=True)}
refer(reference(Party, offered_as=PARTS))


def contact_in_words(row: PartyContact) -> dict[str, Any]:
    """What a copy of a contact's personal data says beside it."""
    return {"party": f"{row.party.code} {row.party.name}", "main_contact": row.is_main}


def put_away(row: PartyContact) -> None:
    """A contact that was erased is chosen no more."""
    PartyContact.objects.filter(pk=row.pk).update(state="archived", is_main=False)


PERSON_THERE = declare_subject(
    Subject(
        code=CONTACT.code,
        title=CONTACT.title,
        model=PartyContact,
        table=PartyContact,
        named=lambda row: (row.name or "…", row.party.name),
        sought=lambda text: (
            Q(name__icontains=text) | Q(party__name__icontains=text) | Q(phone=text)
        ),
        erase=put_away,
        more=contact_in_words,
    )
)
declare_permission(
    "parties.contact.reveal",
    _("See how contacts are reached"),
    _("Phone, e-mail and address whole, one at a time and with a reason; else in part."),
)
declare_reveal(PERSON_THERE)

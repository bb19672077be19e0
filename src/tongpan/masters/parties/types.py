"""The kinds of master data about parties."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, refer
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults, invalid_columns

say("party_without_part", noop("Say whether {name} is a supplier, a customer, or both."))
say("customers_alone", noop("{name} is no customer: this is for customers alone."))
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
        for name in ("is_wholesale", "price_list", "credit_limit"):
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
            "entity",
            "supply_percent",
            "note",
        ),
        listed=("code", "name", "short_name", "is_supplier", "is_customer", "state"),
        complete=complete_party,
        check=check_party,
    )
)


def check_contact(row: PartyContact, before: PartyContact | None) -> Iterator[Problem]:
    yield from invalid_columns(row, CONTACT.fields)
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
        complete=fill_defaults,
        check=check_contact,
    )
)

refer(reference(Party))

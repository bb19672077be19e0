"""Parties, and who may see what about them."""

import pytest

from tests.chain import Chain
from tests.masters.making import problems_of, saved
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system, visible
from tongpan.kernel.org.visibility import MaskedField
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.parties.queries import search_customers, search_parties, search_suppliers


def a_supplier() -> Party:
    supplier = saved(
        "parties.party", code="V1", name="厦门銮江贸易有限公司", short_name="銮江",
        is_supplier="是",
        tax_number="9135 0200 ma31xxxx12", bank_name="农行", bank_account="6228480402564890018",
    )  # fmt: skip
    saved("parties.contact", party="V1", name="陈十一", phone="13812345678", is_main="是")
    assert isinstance(supplier, Party)
    return supplier


def test_a_party_is_found_by_name_short_name_and_pinyin(as_zhou: Chain) -> None:
    supplier = a_supplier()

    for text in ("V1", "銮江", "厦门", "xiamen", "xmlj", "lj"):
        assert search_parties(text) == [supplier], text
    assert (search_suppliers("V1"), search_customers("V1")) == ([supplier], [])
    assert supplier.tax_number == "91350200MA31XXXX12"


def test_a_party_is_a_supplier_a_customer_or_both(as_zhou: Chain) -> None:
    problems = problems_of(lambda: saved("parties.party", code="V2", name="无", tax_number="123"))

    assert problems == [("tax_number", "not_valid"), ("is_supplier", "party_without_part")]


def test_a_party_has_one_main_contact(as_zhou: Chain) -> None:
    a_supplier()

    problems = problems_of(lambda: saved("parties.contact", party="V1", name="李", is_main="是"))

    assert problems == [("is_main", "main_contact_exists")]


def test_a_buyer_without_the_right_sees_no_phone_and_no_account(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        a_supplier()
    with system(reason="a role"):
        buyer = Role.objects.create(code="buyer", name="采购")
        RoleAction.objects.create(role=buyer, code="parties.*")
        Grant.objects.create(person=chain.people["lin"], role=buyer, unit=chain.units["hq"])

    with chain.as_("lin", "hq"):
        party, contact = visible(Party).get(), visible(PartyContact).get()

        assert party.name == "厦门銮江贸易有限公司"
        for row, field in ((party, "bank_account"), (contact, "phone"), (contact, "name")):
            with pytest.raises(MaskedField):
                getattr(row, field)
        with pytest.raises(MaskedField):
            visible(PartyContact).filter(phone__startswith="138").count()


def test_a_cashier_sees_no_parties(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        a_supplier()

    with chain.as_("lin", "north"):
        assert search_parties("V1") == []

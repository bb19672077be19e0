"""Whose customers whom sees: each legal entity its own, and everybody the suppliers."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest

from tests.chain import NOON, Chain, a_chain
from tests.masters.making import problems_of, saved
from tongpan.base import env
from tongpan.business.finance.accounts import deposit, receivable
from tongpan.kernel.documents.fields import reference_of
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.ledger.posting import Fact, Move, post
from tongpan.kernel.org.models import Grant, ModuleOff, Role, RoleAction
from tongpan.kernel.org.scope import system, visible
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.parties.queries import search_customers, search_parties

SEES = {"zhou": "all", "chen": "ours", "zhao": "theirs"}  # whose customers each of them sees
AT = {"zhou": "hq", "chen": "north", "zhao": "west"}


@pytest.fixture
def whose(staged: Callable[[Callable[[], Chain]], Chain]) -> Chain:
    """Chen sees parties in North, Zhao in West: a manager of ours and a franchise owner."""
    return staged(_a_chain_with_parties)


def _a_chain_with_parties() -> Chain:
    chain = a_chain()
    with system(reason="the cast of a test"), env.frozen(NOON):
        role = Role.objects.create(code="looks", name="看往来单位")
        RoleAction.objects.create(role=role, code="parties.party.view")
        for person in ("chen", "zhao"):
            Grant.objects.filter(person=chain.people[person]).delete()
            Grant.objects.create(
                person=chain.people[person], role=role, unit=chain.units[AT[person]]
            )
        ours, theirs = (chain.units[name].entity for name in ("hq", "west"))
        entities = {"": None, "ours": ours, "theirs": theirs}
        dealings: tuple[set[str], ...] = (set(), {"ours"}, {"theirs"}, {"ours", "theirs"})
        moves = []
        for n, (is_supplier, of, dealt) in enumerate(product((False, True), entities, dealings)):
            party = Party(
                code=f"P{n:02}", name=f"{is_supplier:d}|{of}|{'+'.join(sorted(dealt))}",
                is_supplier=is_supplier, is_customer=True, customer_of=entities[of],
            )  # fmt: skip
            party.search_text = party.searched()
            party.save()
            PartyContact.objects.create(party=party)
            for whom in dealt:
                unit, paper = chain.units["south" if whom == "ours" else "west"].pk, env.new_id()
                ends = (deposit(unit, party.pk, paper), receivable(unit, party.pk, paper))
                moves.append(Move(*ends, amount=Decimal(1)))
        for move in moves:
            post([Fact(env.new_id(), env.new_id(), NOON.date(), (move,))])
        Party.objects.create(code="SELF", name="西门便利店", entity=entities["theirs"],
                             is_customer=True)  # fmt: skip
    return chain


def _is_seen(name: str, whose: str) -> bool:
    """As it is said in words: suppliers by all; a customer by whose it is and who deals with it."""
    is_supplier, of, dealt = name.split("|")
    return whose == "all" or is_supplier == "1" or whose in (of or "ours", *dealt.split("+"))


@pytest.mark.parametrize("person", SEES)
def test_a_customer_is_seen_by_its_own_entity_and_by_who_deals_with_it(
    whose: Chain, person: str
) -> None:
    all_names = set(Party.objects.exclude(code="SELF").values_list("name", flat=True))

    with whose.as_(person, AT[person]):
        seen = {row.name for row in visible(Party).exclude(code="SELF")}
        there = {row.party.name for row in visible(PartyContact).select_related("party")}

    assert len(all_names) == 24
    assert seen == there == {name for name in all_names if _is_seen(name, SEES[person])}


def test_nobody_else_s_customer_can_be_searched_or_named(whose: Chain) -> None:
    hidden, own = (Party.objects.get(name=name) for name in ("0||ours", "0|theirs|"))
    with whose.as_("zhao", "west"):
        for text in (hidden.code, hidden.name, str(hidden.pk)):
            assert hidden not in [*search_customers(text), *search_parties(text)]
            assert reference_of(Party).find([text]) == {}
        assert search_customers(own.code) == [own]
        assert reference_of(Party).find([own.code]) == {own.code: own}
        assert not nameable(Party).filter(name="0||ours").exists()
        assert visible(Party).filter(code="SELF").exists()


def test_headquarters_sees_them_all_where_a_module_is_off_at_a_store(whose: Chain) -> None:
    with system(reason="a switch"):
        ModuleOff.objects.create(unit=whose.units["west"], module="parties")

    with whose.as_("zhou", "hq"):
        assert visible(Party).count() == 25
    with whose.as_("zhao", "west"):
        assert not visible(Party).exists()


def test_only_customers_are_somebody_s(whose: Chain) -> None:
    with whose.as_("zhou", "hq"):
        own = saved("parties.party", code="W1", name="西门食堂", is_customer=True,
                    customer_of="西门便利店")  # fmt: skip
        problems = problems_of(
            lambda: saved("parties.party", code="W2", name="西门乳业", is_supplier=True,
                          customer_of="西门便利店")
        )  # fmt: skip
    with whose.as_("chen", "north"):
        assert not visible(Party).filter(pk=own.pk).exists()

    assert problems == [("customer_of", "customers_alone")]

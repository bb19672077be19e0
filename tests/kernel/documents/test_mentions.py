"""Whom a remark names with an @: who is told, who may be proposed, and what nobody is called."""

import string
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import Chain, a_transfer
from tongpan.base import env
from tongpan.base.refusals import Question, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.mentions import (
    named_in,
    names_of_people,
    people_to_tell,
    spoken,
    who_may_see,
)
from tongpan.kernel.documents.models import Comment, Document, Notice
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.people import who_may
from tongpan.kernel.org.scope import person_may, system

LIN, WANG, LINDA = (frozenset({env.new_id()}) for _ in range(3))
NAMES = {"林小雨": LIN, "lin": LIN, "王芳": WANG, "lin.wang": WANG, "ann lee": LINDA, "ann": WANG}


@pytest.fixture
def draft(chain: Chain) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject


def said(chain: Chain, draft: UUID, text: str, **more: Any) -> Comment:
    with chain.as_("wang", "warehouse"):
        made: Comment = run("stock.transfer.comment", draft, {"text": text}, **more).result
    return made


# -- reading a text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told", "unknown"),
    [
        ("@林小雨 四箱", LIN, ()),
        ("请@林小雨，今天盘", LIN, ()),
        ("＠林小雨、@王芳", LIN | WANG, ()),
        ("@LIN.", LIN, ()),
        ("@lin.wang please", WANG, ()),
        ("@lin-", LIN, ()),
        ("@Ann Lee please", LINDA, ()),
        ("@Ann please", WANG, ()),
        ("@linda @林小雨们", frozenset(), ("linda", "林小雨们")),
        ("@lin.wu", frozenset(), ("lin.wu",)),
        ("@Wu @Wu @lin", LIN, ("Wu",)),
        ("write to wu@shop.cn, 3@5.50 a kilo, @5.50, @ lin, @", frozenset(), ()),
        ("", frozenset(), ()),
    ],
)
def test_a_name_is_meant_where_it_stands_whole_behind_an_at_sign(
    text: str, told: frozenset[UUID], unknown: tuple[str, ...]
) -> None:
    assert named_in(text, NAMES) == (told, unknown)


PLAIN = st.text(string.ascii_lowercase + "林王小雨芳 ,。@5.-", max_size=30)


@given(before=PLAIN, name=st.sampled_from(sorted(NAMES)), after=PLAIN)
def test_whoever_is_written_as_the_picking_writes_is_told_whatever_stands_around(
    before: str, name: str, after: str
) -> None:
    text = f"{before} @{name} {after}"
    longer = [n for n in NAMES if n.startswith(f"{name} ") and f"{name} {after}".startswith(n)]

    told, _unknown = named_in(text, NAMES)

    assert longer or NAMES[name] <= told


@given(text=PLAIN)
def test_nobody_is_told_whose_name_is_not_written_behind_an_at_sign(text: str) -> None:
    told, unknown = named_in(text, NAMES)

    assert all(any(f"@{n}" in text and NAMES[n] <= told for n in NAMES) for _one in told)
    assert all(f"@{word}" in text and word.casefold() not in NAMES for word in unknown)


# -- telling them --------------------------------------------------------------------------------


def test_whoever_is_named_is_told(chain: Chain, draft: UUID) -> None:
    made = said(chain, draft, "@林小雨 and @zhou: by noon")

    assert set(made.mentions) == {chain.people["lin"].pk, chain.people["zhou"].pk}
    assert Notice.objects.filter(kind="mention").count() == 2


def test_a_name_that_nobody_has_is_asked_about_and_may_stand(chain: Chain, draft: UUID) -> None:
    with pytest.raises(Question) as asked:
        said(chain, draft, "@林小雨 and @吴经理, @nobody")
    assert (asked.value.code, asked.value.facts) == (
        "mention_unknown", {"names": "@吴经理, @nobody"},
    )  # fmt: skip
    assert not Comment.unscoped.exists()

    made = said(chain, draft, "@林小雨 and @吴经理", answers=["mention_unknown"])

    assert (made.text, made.mentions) == ("@林小雨 and @吴经理", [chain.people["lin"].pk])


def test_whoever_is_switched_off_is_nobody(chain: Chain, draft: UUID) -> None:
    Person.objects.filter(username="lin").update(is_active=False)

    with pytest.raises(Question):
        said(chain, draft, "@林小雨")


def test_who_may_not_see_the_document_is_not_told_of_it(chain: Chain, draft: UUID) -> None:
    with pytest.raises(Refusal) as no:
        said(chain, draft, "@zhao")  # who manages another store

    assert [p["code"] for p in no.value.problems] == ["cannot_see"]


def test_ids_that_a_program_sends_count_and_not_the_text(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        payload = {"text": "@nobody @林小雨", "mentions": [chain.people["zhou"].pk]}
        made = run("stock.transfer.comment", draft, payload).result

    assert made.mentions == [chain.people["zhou"].pk]


# -- proposing them ------------------------------------------------------------------------------


def test_those_who_may_see_it_are_proposed_and_first_those_who_had_to_do_with_it(
    chain: Chain, draft: UUID
) -> None:
    with chain.as_("lin", "north"):
        run("stock.transfer.comment", draft, {"text": "by noon"})
    document = Document.unscoped.get(pk=draft)

    proposed = [p.username for p in people_to_tell(document, but=chain.people["zhou"].pk)]

    assert proposed[:2] in (["lin", "wang"], ["wang", "lin"])
    assert "zhou" not in proposed
    assert "zhao" not in proposed


def test_who_sees_a_document_is_who_holds_it_at_one_of_its_ends(chain: Chain, draft: UUID) -> None:
    document = Document.unscoped.get(pk=draft)
    with chain.as_("zhou", "hq"):
        units = (document.org_unit, document.other_unit)
        sighted = {
            person.pk
            for person in chain.people.values()
            for unit in units
            if person_may(person.held_permissions(), "stock.transfer.view", unit)
        }
        assert who_may_see(document) == sighted
        assert chain.people["lin"].pk not in who_may("stock.transfer.view", document.org_unit)


def test_of_two_with_one_name_each_is_written_by_the_sign_in_name(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        other = Person.objects.create(username="lin2", name="林小雨")
    lin, zhou = chain.people["lin"], chain.people["zhou"]

    assert spoken([lin, zhou, other], names_of_people()) == {
        lin.pk: "lin", zhou.pk: zhou.name, other.pk: "lin2",
    }  # fmt: skip

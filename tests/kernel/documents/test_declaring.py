"""What comes with declaring a type, and what an area tells the screens and the reader."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from tests.chain import Chain, a_transfer
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.books import CNY
from tongpan.kernel.documents import registry, sentences
from tongpan.kernel.documents.columns import MoneyField
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.following import followers_of, prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load_any
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import (
    actions_of,
    document_type,
    find_action,
    master_type,
    register_action,
)
from tongpan.kernel.documents.sentences import explain, say, sentence
from tongpan.kernel.documents.showing import currency_of, words_of_account
from tongpan.kernel.events.registry import events
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.permissions import is_known
from tongpan.kernel.org.scope import system

# -- declaring -----------------------------------------------------------------------------------


def test_a_document_type_brings_its_actions_permissions_and_events() -> None:
    codes = [action.code for action in actions_of("stock.transfer")]

    assert codes == [
        f"stock.transfer.{verb}"
        for verb in (
            "save", "submit", "return", "post", "reverse", "amend", "void", "comment", "attach",
            "print",  # which the prints add to every type
        )
    ]  # fmt: skip
    assert all(is_known(f"stock.transfer.{verb}") for verb in ("view", "save", "post", "reverse"))
    assert not is_known("stock.transfer.amend")  # who may reverse and save may amend
    assert "stock.transfer.posted" in events()


def test_a_type_has_only_the_verbs_it_asks_for() -> None:
    assert find_action("till.sale.save") is None
    assert find_action("till.sale.reverse") is not None
    assert not is_known("till.sale.save")


@pytest.mark.parametrize(
    "again",
    [
        lambda: register(document_type("stock.transfer")),
        lambda: register(master_type("items.item")),
        lambda: register_action(registry.actions()[0]),
    ],
)
def test_nothing_is_declared_twice(again: Any) -> None:
    with pytest.raises(AssertionError, match="declared twice"):
        again()


def test_a_number_on_a_document_is_written_the_same_in_every_migration() -> None:
    _, path, _, more = MoneyField("amount", null=True).deconstruct()

    assert path.endswith("columns.MoneyField")
    assert more == {"null": True, "verbose_name": "amount"}


def test_a_document_is_named_by_its_number_or_by_what_it_is(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "1"}).document
        assert str(draft) == "stock.transfer draft"
        assert draft is not None
        assert str(run("stock.transfer.post", draft.pk).document) == "DB-W01-26-00001"


# -- following -----------------------------------------------------------------------------------


def test_the_types_that_may_follow_are_known() -> None:
    assert [t.code for t in followers_of("stock.transfer")] == ["stock.transfer_receipt"]
    assert followers_of("stock.count") == []


def test_what_follows_is_proposed_from_what_went_before(chain: Chain) -> None:
    with chain.as_("zhou", "warehouse"):
        sent = a_transfer(chain, "warehouse", "north", {"milk": "4", "cola": "6"}).subject
        run("stock.transfer.post", sent)
        proposed = prefill("stock.transfer_receipt", sent)

    assert proposed["follows"] == sent
    assert proposed["unit"] == chain.units["north"]
    assert [(n["sent"], n["received"]) for n in proposed["lines"]] == [(4, 4), (6, 6)]


def test_what_is_not_there_or_may_not_be_followed_proposes_nothing(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "south", {"milk": "4"}).subject
    for who, at, code, earlier in (
        ("zhou", "hq", "stock.transfer_receipt", env.new_id()),
        ("zhou", "hq", "stock.transfer", draft),
        ("lin", "north", "stock.transfer_receipt", draft),
    ):
        with chain.as_(who, at), pytest.raises(Refusal) as no:
            prefill(code, earlier)
        assert no.value.code == "not_found"


def test_a_document_of_whatever_type_is_read_whole(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "4", "cola": "6"}).subject
        with django_assert_num_queries(3):
            declared, body = load_any(draft)
            assert [line.item.base_unit.name for line in body.lines] == ["盒", "瓶"]
            assert body.to_place.unit.name == "北门店"
        with pytest.raises(Refusal, match="not_found"):
            load_any(env.new_id())
    lin = chain.people["lin"]
    with system(reason="the cast of the tests"):
        counts = Role.objects.create(code="counts", name="counts")
        RoleAction.objects.create(role=counts, code="stock.count.view")
        Grant.objects.create(person=lin, role=counts, unit=chain.units["hq"])
        Grant.objects.filter(person=lin, unit=chain.units["north"]).delete()
    for stranger, at in (("zhao", "south"), ("lin", "warehouse")):  # elsewhere; with another right
        with chain.as_(stranger, at), pytest.raises(Refusal, match="not_found"):
            load_any(draft)

    assert declared.code == "stock.transfer"
    assert isinstance(body.document, Document)


def test_a_type_says_what_is_told_of_its_lines_besides_what_was_written() -> None:
    written, told = (
        [f.name for f in fields]
        for fields in (
            document_type("stock.count").line_fields,
            document_type("stock.count").told_fields,
        )
    )

    assert told == ["book", "difference", "value"]
    assert not {*written} & {*told}
    assert document_type("finance.supplier_payment").told_fields == ()


# -- sentences and words -------------------------------------------------------------------------


def test_a_refusal_is_told_in_the_reader_s_language_with_its_facts() -> None:
    problem = {"path": "note", "code": "too_long", "label": "note", "max_length": 9}
    refusal = Refusal("invalid", problems=[problem])

    with override("en"):
        told = explain(refusal)
    with override("zh-hans"):
        chinese = explain(refusal)

    assert told["detail"] == "Some fields need another look."
    assert told["problems"] == [{**problem, "message": "note is longer than 9 characters."}]
    assert chinese["detail"] != told["detail"]
    assert sentence("no_such_code", {}) == "no_such_code"
    with override("en"):
        assert sentence("too_long", {}) == "… is longer than … characters."


def test_a_code_has_one_sentence() -> None:
    say("not_found", sentences.sentences()["not_found"])

    with pytest.raises(AssertionError, match="another sentence"):
        say("not_found", "Look elsewhere.")


def test_accounts_and_currencies_have_names() -> None:
    assert words_of_account("money", "payable").holder is not None
    assert words_of_account("stock", "no_such_role").title == "no such role"
    assert currency_of(CNY) == "CNY"
    assert currency_of(env.new_id()) == ""


def test_a_step_of_nothing_is_never_asked_of_money() -> None:
    assert MoneyField.step == Decimal("0.01")

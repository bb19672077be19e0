"""Taking money by a code: charged once, whatever happens on the way; nothing is guessed."""

import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.translation import override

from tests.chain import Chain
from tests.engines.payments.conftest import Counter, Wire
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.engines.payments.models import Account, Answer, Attempt, Refund
from tongpan.engines.payments.reasons import in_words
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import History

pytestmark = pytest.mark.usefixtures("company")
each_provider = pytest.mark.parametrize("provider", ["wechat", "alipay"])
OWED = Decimal("12.90")


@each_provider
def test_a_code_is_charged_and_pays_for_one_sale(counter: Counter, provider: str) -> None:
    attempt = counter.charge("00", provider)
    sold = counter.sell(attempt)

    assert (attempt.state, attempt.amount) == ("charged", OWED)
    assert attempt.code == b""
    assert sold.document is not None
    assert counter.charged() == OWED
    assert Attempt.unscoped.get(pk=attempt.pk).used_at is not None


def test_an_aggregator_charges_where_there_is_no_account_at_the_provider(counter: Counter) -> None:
    with counter.chain.as_("zhou", "hq"):
        wechat = Account.unscoped.get(provider="wechat")
        run("payments.account.switch", wechat.pk, {"is_active": ""})

    attempt = counter.charge("00")

    assert (attempt.state, attempt.account.provider) == ("charged", "aggregator")


@pytest.mark.parametrize("end", ["12", "17", "19"])
@each_provider
def test_no_answer_after_a_charge_is_unknown_and_asked_for_not_charged_again(
    counter: Counter, wire: Wire, provider: str, end: str
) -> None:
    attempt = counter.charge(end, provider)
    before = attempt.state
    again = counter.charge(end, provider, id=attempt.pk, sale=attempt.sale)

    assert before == ("charged" if end == "19" else "unknown")  # the notice was there first
    assert again.state == "charged"
    assert counter.charged() == OWED
    assert sum("codepay" in path for path in wire.asked) <= 1


@each_provider
def test_what_nobody_heard_of_is_sent_again_under_its_number(
    counter: Counter, provider: str
) -> None:
    lost = counter.charge("18", provider)
    with counter.chain.as_("lin", "till"):
        kept = Attempt.unscoped.get(pk=lost.pk)
        kept.lock_code(kept.open_code()[:-2] + "00")  # the network is there again
        kept.save()
    again = counter.charge("00", provider, id=lost.pk, sale=lost.sale)

    assert (lost.state, again.state, again.sends) == ("unknown", "charged", 2)
    assert [t["number"] for t in counter.wire.simulator.book()] == [lost.out_number]


@each_provider
def test_what_nobody_heard_of_is_called_off_by_the_worker(counter: Counter, provider: str) -> None:
    attempt = counter.charge("18", provider)
    counter.clear(after_s=10)
    early = Attempt.unscoped.get(pk=attempt.pk).state
    for _nth in range(2):
        counter.clear(after_s=60)
    after = Attempt.unscoped.get(pk=attempt.pk)

    assert (early, after.state) == ("unknown", "declined")
    assert counter.wire.simulator.book()[0]["state"] == "cancelled"  # a late charge finds it closed


@each_provider
def test_the_customer_confirms_after_a_while(counter: Counter, provider: str) -> None:
    attempt = counter.charge("11", provider)
    after = counter.ask(attempt)

    assert (attempt.state, after.state) == ("waiting", "charged")


@each_provider
def test_who_never_confirms_is_called_off(counter: Counter, provider: str) -> None:
    attempt = counter.charge("22", provider)
    counter.clear(after_s=30)
    early = Attempt.unscoped.get(pk=attempt.pk)
    for _nth in range(2):
        counter.clear(after_s=90)

    assert (early.state, early.cancel_asked_at) == ("waiting", None)
    assert Attempt.unscoped.get(pk=attempt.pk).state == "declined"


@pytest.mark.parametrize("end", ["13", "16"])
@each_provider
def test_declined_is_declined_with_a_reason(counter: Counter, provider: str, end: str) -> None:
    attempt = counter.charge(end, provider)
    after = counter.ask(attempt)

    assert after.state == "declined"
    assert after.reason
    with pytest.raises(Refusal):
        counter.sell(after)


def test_without_a_network_nothing_was_sent_and_nothing_is_unknown(
    counter: Counter, wire: Wire
) -> None:
    wire.is_cut = True

    attempt = counter.charge("00")

    assert (attempt.state, attempt.reason) == ("declined", "not_sent")


def test_a_second_code_waits_until_the_first_is_cleared_up(counter: Counter) -> None:
    first = counter.charge("12")
    with pytest.raises(Refusal) as no:
        counter.charge("00", sale=first.sale)
    with pytest.raises(DatabaseError), transaction.atomic():  # whoever gets past that, too
        Attempt.unscoped.create(
            id=env.new_id(), sale=first.sale, till=first.till, store=first.store,
            account=first.account, method=first.method, amount=1, begun_at=first.begun_at,
            sent_at=first.sent_at,
        )  # fmt: skip

    assert no.value.code == "attempt_open"


def test_no_more_is_charged_than_the_sale_comes_to(counter: Counter) -> None:
    first = counter.charge("00", total="12.90")
    with pytest.raises(Refusal) as no:
        counter.charge("00", sale=first.sale, total="12.90")

    assert no.value.code == "charged_too_much"


def test_a_charge_pays_for_its_own_sale_alone_and_once(counter: Counter) -> None:
    attempt, other = counter.charge("00"), counter.charge("00")
    milk = {"item": counter.chain.items["milk"].pk, "quantity": "2"}
    row = {"method": "CODE", "amount": "12.90", "attempt": str(attempt.pk)}
    foreign = row | {"attempt": str(other.pk)}
    codes = []
    for payments in ([row, row], [row, foreign], [row, {"method": "CODE", "amount": "12.90"}]):
        payload = {"lines": [milk], "payments": payments}
        with pytest.raises(Refusal) as no, counter.chain.as_("lin", "till"):
            run("till.sale.ring_up", payload=payload, request_id=attempt.sale)
        codes.append([(p["path"], p["code"]) for p in no.value.problems])

    assert codes == [
        [("payments.2", "charged_otherwise")],
        [("payments.2", "charged_otherwise")],
        [("payments.2", "not_charged")],
    ]


def test_a_charge_that_is_called_off_meanwhile_pays_for_nothing(counter: Counter) -> None:
    """Whatever the till saw: the statement that posts the sale looks again."""
    attempt = counter.charge("00")
    with counter.chain.as_("chen", "north"):
        run("payments.refund.begin", env.new_id(), {"attempt": str(attempt.pk), "why": "left"})

    with pytest.raises(Refusal) as no:
        counter.sell(attempt)

    assert no.value.problems[0]["code"] == "charged_otherwise"


def test_the_statement_that_posts_a_sale_uses_a_charge_once(counter: Counter) -> None:
    """Two tills that both saw it free: the later one's statement fails, and is tried again."""
    attempt = counter.charge("00")
    one = {
        "attempt": str(attempt.pk), "sale": str(attempt.sale), "store": str(attempt.store_id),
        "method": str(attempt.method), "amount": str(attempt.amount),
    }  # fmt: skip
    take = "select payments_take(%s, %s)"

    with connection.cursor() as cursor:
        cursor.execute(take, [json.dumps([one]), env.now()])
        with pytest.raises(OperationalError) as no, transaction.atomic():
            cursor.execute(take, [json.dumps([one]), env.now()])

    assert getattr(no.value.__cause__, "sqlstate", None) == "40001"


def test_calling_off_what_was_charged_unseen_gives_the_money_back(counter: Counter) -> None:
    from tongpan.engines.payments import asking

    attempt = counter.charge("12")
    with counter.chain.as_("lin", "till"):
        after = asking.call_off(attempt.pk)

    assert after.state == "declined"
    assert counter.charged() == 0
    counter.wire.tell()  # "charged" crossed it on the way
    assert Attempt.unscoped.get(pk=attempt.pk).state == "declined"


def test_a_person_says_what_became_of_it_with_evidence(counter: Counter) -> None:
    attempt = counter.charge("18")
    said = {"outcome": "declined", "evidence": "商户平台查无此单"}
    with pytest.raises(Forbidden), counter.chain.as_("lin", "till"):
        run("payments.attempt.resolve", attempt.pk, said)
    with pytest.raises(Refusal), counter.chain.as_("chen", "north"):
        run("payments.attempt.resolve", attempt.pk, said | {"evidence": " "})
    with counter.chain.as_("chen", "north"):
        run("payments.attempt.resolve", attempt.pk, said)

    assert Attempt.unscoped.get(pk=attempt.pk).state == "declined"
    assert Answer.unscoped.filter(kind="person").get().person == counter.chain.people["chen"]


def test_what_was_charged_in_vain_goes_back_once(counter: Counter) -> None:
    attempt = counter.charge("21")
    with counter.chain.as_("chen", "north"):
        refund = env.new_id()
        for _nth in range(2):
            run("payments.refund.begin", refund, {"attempt": str(attempt.pk), "why": "left"})
        with pytest.raises(Refusal):
            run("payments.refund.begin", env.new_id(), {"attempt": str(attempt.pk), "amount": "1"})
    states = []
    for _nth in range(2):  # the first answer is lost
        counter.clear(after_s=30)
        states.append(Refund.unscoped.get(pk=refund).state)

    assert states == ["unknown", "done"]
    assert counter.charged() == 0


@each_provider
def test_goods_that_come_back_give_back_what_was_charged(counter: Counter, provider: str) -> None:
    attempt = counter.charge("00", provider)
    sold = counter.sell(attempt)
    from tongpan.business.till.models import SaleLine

    line = SaleLine.unscoped.get(document=sold.subject)
    back = {"sale": str(sold.subject), "lines": [{"sold": str(line.pk), "quantity": "1"}],
            "payments": [{"method": "CODE", "amount": "12.90"}]}  # fmt: skip
    with pytest.raises(Refusal), counter.chain.as_("chen", "north"):
        run("payments.refund.begin", env.new_id(), {"attempt": str(attempt.pk)})
    with counter.chain.as_("lin", "till"):
        returned = run("till.return.take_back", payload=back, request_id=env.new_id())
    asked = Refund.unscoped.get(slip=returned.subject)
    counter.clear(after_s=30)

    assert (asked.state, asked.amount) == ("begun", OWED)
    assert Refund.unscoped.get(pk=asked.pk).state == "done"
    assert counter.charged() == 0


def test_what_no_provider_charged_does_not_go_back_through_one(
    counter: Counter, chain: Chain
) -> None:
    milk = chain.items["milk"].pk
    with chain.as_("lin", "till"):
        sold = run("till.sale.ring_up", request_id=env.new_id(), payload={
            "lines": [{"item": milk, "quantity": "1"}],
            "payments": [{"method": "CASH", "amount": "12.90"}],
        })  # fmt: skip
    from tongpan.business.till.models import SaleLine

    line = SaleLine.unscoped.get(document=sold.subject)
    back = {"sale": str(sold.subject), "lines": [{"sold": str(line.pk), "quantity": "1"}],
            "payments": [{"method": "CODE", "amount": "12.90"}]}  # fmt: skip
    with pytest.raises(Refusal) as no, chain.as_("zhou", "till"):
        run("till.return.take_back", payload=back, request_id=env.new_id(),
            answers=["paid_another_way"])  # fmt: skip

    assert no.value.problems[0]["code"] == "nothing_to_give_back"


def test_answers_are_only_added_and_no_secret_is_kept_readable(counter: Counter) -> None:
    attempt = counter.charge("12")
    answer = Answer.unscoped.filter(attempt=attempt).earliest("at")
    with pytest.raises(DatabaseError), transaction.atomic():
        answer.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.unscoped.filter(pk=answer.pk).update(said="charged")
    account = Account.unscoped.get(pk=attempt.account_id)
    secrets = account.merchant().secrets
    kept = bytes(Attempt.unscoped.get(pk=attempt.pk).code) + bytes(account.sealed)
    told = "".join(str(row.changes) for row in History.objects.all())

    assert b"1300000000000000" not in kept
    assert all(text.encode() not in kept and text not in told for text in secrets.values())
    assert "1300000000000000" not in told
    assert secrets["private_key"] not in repr(account.merchant())


def test_programs_alone_say_what_providers_answered(counter: Counter) -> None:
    attempt = counter.charge("12")
    told = {"kind": "query", "said": "charged", "amount": OWED}
    for code, payload in (("attempt.note", told), ("refund.note", told), ("notice.take", told)):
        with pytest.raises(Forbidden), counter.chain.as_("zhou", "hq"):
            run(f"payments.{code}", attempt.pk, payload)


def test_an_attempt_of_a_till_that_died_is_found_by_the_worker(counter: Counter) -> None:
    class Died(Exception):
        pass

    def die() -> None:
        raise Died

    pk = env.new_id()
    with env.failing("payments.sent", die), pytest.raises(Died):
        counter.charge("00", id=pk)
    counter.clear(after_s=10)

    assert Attempt.unscoped.get(pk=pk).state == "charged"
    assert counter.charged() == OWED


def test_a_manager_finds_what_needs_somebody_and_asks_again(counter: Counter, wire: Wire) -> None:
    attempt = counter.charge("12")
    wire.client.force_login(counter.chain.people["chen"])
    listed = wire.client.get("/payments/").content.decode()
    page = wire.client.get(f"/payments/{attempt.pk}/")
    asked = wire.client.post(f"/payments/{attempt.pk}/ask")

    assert f"/payments/{attempt.pk}/" in listed
    assert page.status_code == 200
    assert asked.status_code in (200, 302)
    assert Attempt.unscoped.get(pk=attempt.pk).state == "charged"


def test_an_account_shows_no_key_and_can_be_tested(counter: Counter, wire: Wire) -> None:
    account = Account.unscoped.get(provider="wechat")
    wire.client.force_login(counter.chain.people["zhou"])
    shown = [
        wire.client.get(f"/settings/payments/{account.pk}/{page}").content.decode()
        for page in ("", "edit")
    ]
    tested = wire.client.post(f"/settings/payments/{account.pk}/do/test", follow=True)

    assert tested.status_code == 200
    assert "/v3/pay/transactions/out-trade-no/" in wire.asked[-1]
    for secret in account.merchant().secrets.values():
        assert all(secret[:40] not in page for page in shown)
        assert all(secret.splitlines()[-2][:40] not in page for page in shown if "\n" in secret)


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_why_nobody_was_charged_is_said_in_the_language_of_who_reads(
    counter: Counter, provider: str
) -> None:
    attempt = counter.charge("13", provider)

    assert attempt.state == "declined"
    with override("en"):
        assert in_words(attempt.reason) == "There is not enough money for it (balance too low)."
    with override("zh-hans"):
        assert in_words(attempt.reason) == "顾客账户余额不足。"

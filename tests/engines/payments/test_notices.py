"""What providers tell by themselves: forged, doubled, early, and about other money."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engines.payments.conftest import Counter, Wire
from tongpan.base import env
from tongpan.engines.payments.models import Account, Answer, Attempt, NoticeIn
from tongpan.kernel.documents.gate import run

pytestmark = pytest.mark.usefixtures("company")
each_provider = pytest.mark.parametrize("provider", ["wechat", "alipay", "aggregator"])


def a_charge(counter: Counter, end: str, provider: str) -> Attempt:
    if provider == "aggregator":
        with counter.chain.as_("zhou", "hq"):
            run("payments.account.switch", Account.unscoped.get(provider="wechat").pk, {})
    return counter.charge(end, "alipay" if provider == "alipay" else "wechat")


@each_provider
def test_a_notice_closes_what_was_unknown(counter: Counter, wire: Wire, provider: str) -> None:
    attempt = a_charge(counter, "12", provider)

    wire.tell()

    assert attempt.state == "unknown"
    assert Attempt.unscoped.get(pk=attempt.pk).state == "charged"
    assert wire.simulator.told == {"200": 1}


@each_provider
def test_the_same_notice_counts_once(counter: Counter, wire: Wire, provider: str) -> None:
    attempt = a_charge(counter, "14", provider)

    wire.tell()

    assert wire.simulator.told == {"200": 3}  # each of them is thanked for
    assert Answer.unscoped.filter(attempt=attempt, kind="notice").count() == 1


@each_provider
def test_a_forged_notice_leaves_no_trace(counter: Counter, wire: Wire, provider: str) -> None:
    attempt = a_charge(counter, "20", provider)

    wire.tell()

    assert wire.simulator.told == {"forged 401": 1, "200": 1}
    assert NoticeIn.unscoped.get().attempt == attempt.pk


@each_provider
def test_another_amount_is_listed_and_changes_nothing(
    counter: Counter, wire: Wire, provider: str
) -> None:
    attempt = a_charge(counter, "15", provider)
    trade = wire.simulator.trades[attempt.out_number]
    wire.simulator._send(trade, Decimal("1.00"))

    listed = NoticeIn.unscoped.get()
    with counter.chain.as_("zhou", "hq"):
        run("payments.notice.see", listed.pk, {"outcome": "charged", "evidence": "查过账单"})

    assert (listed.state, listed.why, listed.amount) == ("mismatch", "amount", Decimal(1))
    assert not Answer.unscoped.filter(attempt=attempt, kind="notice").exists()
    assert NoticeIn.unscoped.get().state == "seen"


@each_provider
def test_a_notice_before_its_attempt_waits_for_it(
    counter: Counter, wire: Wire, provider: str
) -> None:
    pk = env.new_id()
    code = "280000000000000012" if provider == "alipay" else "130000000000000012"
    with counter.chain.as_("zhou", "hq"):
        if provider == "aggregator":
            run("payments.account.switch", Account.unscoped.get(provider="wechat").pk, {})
    trade, _known = wire.simulator.charge(provider, pk.hex, Decimal("12.90"), code, "")
    wire.simulator._send(trade, trade.amount)
    parked = NoticeIn.unscoped.get().state

    attempt = counter.charge("12", "alipay" if provider == "alipay" else "wechat", id=pk)

    assert parked == "parked"
    assert NoticeIn.unscoped.get().state == "applied"
    assert attempt.state == "charged"
    assert trade.charges == 1


@each_provider
def test_another_merchants_notice_is_listed(counter: Counter, wire: Wire, provider: str) -> None:
    attempt = a_charge(counter, "12", provider)
    facts: dict[str, str] = wire.simulator.keys[provider]["facts"]
    name = "app" if provider == "alipay" else "merchant"
    before = facts[name]
    facts[name] = "somebody-else"
    wire.tell()
    facts[name] = before

    assert NoticeIn.unscoped.get().why == "merchant"
    assert Attempt.unscoped.get(pk=attempt.pk).state == "unknown"


def test_the_door_knows_its_accounts_alone(wire: Wire) -> None:
    nobody = wire.client.post(f"/pay/notify/{env.new_id()}/", b"{}", content_type="text/plain")
    account = Account.unscoped.get(provider="wechat").pk
    looking = wire.client.get(f"/pay/notify/{account}/")
    long = wire.client.post(f"/pay/notify/{account}/", b" " * 70_000, content_type="text/plain")
    odd = [
        wire.client.post(f"/pay/notify/{account}/", body, content_type="application/json")
        for body in (b"", b"[]", b"{", b'{"resource":1}', b"\xff")
    ]

    assert (nobody.status_code, looking.status_code, long.status_code) == (404, 405, 413)
    assert {answer.status_code for answer in odd} == {401}


# -- published vectors ---------------------------------------------------------------------------

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "signatures.json").read_text()
)


def test_wechat_pays_published_notice_is_read() -> None:
    from tongpan.engines.payments.adapters.signing import opened, rsa_is_right

    vector = VECTORS["wechat_pay_v3_notify"]
    told = json.loads(vector["body"])["resource"]
    heads = {name.lower(): value for name, value in vector["headers"].items()}
    message = f"{heads['wechatpay-timestamp']}\n{heads['wechatpay-nonce']}\n{vector['body']}\n"
    inside = opened(
        vector["apiv3_key_for_test"], told["nonce"], told["associated_data"], told["ciphertext"]
    )

    key, signature = vector["platform_certificate_pem"], heads["wechatpay-signature"]
    assert rsa_is_right(key, message, signature)
    assert not rsa_is_right(key, message + " ", signature)
    assert inside == vector["expected_plaintext"]
    assert opened("0" * 32, told["nonce"], "", told["ciphertext"]) is None


def test_wechat_pays_published_signature_is_right() -> None:
    from tongpan.engines.payments.adapters.signing import rsa_is_right

    vector = VECTORS["wechat_pay_v3_rsa_verify"]
    key, signature = vector["public_key_pem"], vector["signature"]

    assert rsa_is_right(key, vector["message"], signature)
    assert not rsa_is_right(key, vector["negative_message"], signature)


def test_alipays_published_notice_is_right_without_sign_and_sign_type() -> None:
    from tongpan.engines.payments.adapters.signing import joined, rsa_is_right

    vector = VECTORS["alipay_async_notify"]
    fields, key = vector["form_fields"], vector["public_key_pem"]
    right = joined(fields, without=("sign", "sign_type"))

    assert rsa_is_right(key, right, fields["sign"])
    assert not rsa_is_right(key, joined(fields), fields["sign"])

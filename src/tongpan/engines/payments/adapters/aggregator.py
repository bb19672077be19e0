"""An aggregator (聚合支付): one contract for the codes of all wallets.

Aggregators in use differ in names and agree in shape: JSON, a merchant number, one shared key, an
HMAC over what was sent. This is that shape, and the simulator's own protocol: no company's. To use
one, copy this module and change names and paths. The protocol is in docs/internals/payments.md.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.engines.payments.adapters import (
    Asked,
    Forged,
    Merchant,
    Notice,
    Said,
    State,
    Wanted,
    cut,
)
from tongpan.engines.payments.adapters.signing import hmac_of, is_same

OFF_S = 300
KEY_MIN = 16
STATES: dict[str, State] = {
    "charged": "charged", "declined": "declined", "waiting": "waiting", "missing": "missing",
    "cancelled": "cancelled", "refunded": "refunded", "refused": "refused",
}  # fmt: skip


class Aggregator:
    is_by_hand = False
    code = "aggregator"
    title = _("Aggregated payments")
    facts = (
        Wanted("merchant", _("Merchant number")),
        Wanted("url", _("Address of the aggregator")),
        Wanted("notify_url", _("Address for notices"), is_required=False),
    )
    secrets = (Wanted("key", _("Key")),)

    def charge(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(
            merchant, "/v1/charge",
            {
                "amount": f"{asked.amount:.2f}", "code": asked.code, "title": asked.title[:120],
                "store": asked.store, "till": asked.till, "number": asked.number,
                "notify_url": merchant.facts.get("notify_url", ""),
            },
        )  # fmt: skip

    def query(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(merchant, "/v1/query", {"number": asked.number})

    def cancel(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(merchant, "/v1/cancel", {"number": asked.number})

    def refund(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(
            merchant, "/v1/refund",
            {
                "number": asked.number, "refund": asked.refund_number,
                "amount": f"{asked.refund_amount:.2f}",
            },
        )  # fmt: skip

    def _ask(self, merchant: Merchant, path: str, sent: dict[str, Any]) -> Said:
        body = json.dumps({"merchant": merchant.facts["merchant"], **sent}, ensure_ascii=False)
        address = (merchant.url or merchant.facts.get("url", "")).rstrip("/")
        try:
            answer = env.post(
                address + path, body.encode(), signed(merchant, body),
                timeout_s=merchant.timeout_s, may_be_private=merchant.may_be_private,
            )  # fmt: skip
        except env.Unreachable as why:
            return Said("unknown", reason="" if why.was_sent else "not_sent", text=cut(str(why)))
        if answer.status != 200 or not is_of_provider(merchant, answer.headers, answer.text):
            return Said("unknown", reason="signature", text=cut(f"{answer.status} {answer.text}"))
        return read(answer.text)

    def read_notice(self, merchant: Merchant, headers: Mapping[str, str], body: bytes) -> Notice:
        text = body.decode(errors="replace")
        if not is_of_provider(merchant, headers, text):
            raise Forged("signature")
        try:
            told = json.loads(text)
            return Notice(
                str(told["id"])[:64], str(told["number"])[:64], read(text),
                is_ours=told.get("merchant") == merchant.facts["merchant"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as why:
            raise Forged(type(why).__name__) from why

    def is_key(self, name: str, text: str) -> bool:
        return len(text) >= KEY_MIN

    def thanks(self) -> tuple[str, str]:
        return "application/json", '{"taken":true}'


def signed(merchant: Merchant, body: str) -> dict[str, str]:
    """The headers of a message: who sent it when, and the proof. Both sides sign like this."""
    stamp, nonce = str(int(env.now().timestamp())), env.token(8)
    return {
        "content-type": "application/json",
        "x-time": stamp,
        "x-nonce": nonce,
        "x-sign": hmac_of(merchant.secrets.get("key", ""), stamp, nonce, body),
    }


def is_of_provider(merchant: Merchant, headers: Mapping[str, str], text: str) -> bool:
    stamp, key = headers.get("x-time", ""), merchant.secrets.get("key", "")
    if not key or not stamp.isdecimal() or len(stamp) > 12:
        return False
    if abs(int(stamp) - env.now().timestamp()) > OFF_S:
        return False
    right = hmac_of(key, stamp, headers.get("x-nonce", ""), text)
    return is_same(right, headers.get("x-sign", ""))


def read(text: str) -> Said:
    try:
        said = json.loads(text)
        amount = Decimal(said["amount"]) if said.get("amount") else None
    except (ValueError, TypeError, AttributeError, InvalidOperation):
        return Said("unknown", text=cut(text))
    return Said(
        STATES.get(str(said.get("state")), "unknown"), amount,
        str(said.get("provider_number", ""))[:64], str(said.get("reason", ""))[:100], cut(text),
    )  # fmt: skip

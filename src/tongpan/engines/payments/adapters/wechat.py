"""WeChat Pay, API v3, code payment (付款码支付) of a direct merchant.

Used: POST /v3/pay/transactions/codepay, GET /v3/pay/transactions/out-trade-no/{number},
POST /v3/pay/transactions/out-trade-no/{number}/reverse, POST /v3/refund/domestic/refunds.
API v3 has code payment since 2024; the older v2 `micropay` (XML, MD5) is another, not used here.
Source: the merchant documentation of WeChat Pay, APIv3; tried against the simulator only.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.engines.payments import reasons
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
from tongpan.engines.payments.adapters.signing import (
    BadKey,
    is_rsa_key,
    opened,
    rsa_is_right,
    rsa_sign,
)

HOST = "https://api.mch.weixin.qq.com"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
API_KEY_LENGTH = 32
OFF_S = 300  # how far the provider's clock may be away
TRADE_STATES: dict[str, State] = {
    "SUCCESS": "charged",
    "REFUND": "charged",  # paid, and something of it went back
    "NOTPAY": "waiting",
    "USERPAYING": "waiting",
    "CLOSED": "cancelled",
    "REVOKED": "cancelled",
    "PAYERROR": "declined",
}
REFUND_STATES: dict[str, State] = {"SUCCESS": "refunded", "CLOSED": "refused"}
# What is certain not to have been charged, written without underscores. All other codes are
# "unknown": the provider's own advice for them is to ask again.
DECLINED = frozenset({
    "NOTENOUGH", "AUTHCODEEXPIRE", "AUTHCODEEXPIRED", "AUTHCODEERROR", "AUTHCODEINVALID",
    "NOTSUPORTCARD", "NOTSUPPORTCARD", "BUYERMISMATCH", "RULELIMIT", "PARAMERROR", "NOAUTH",
    "ORDERCLOSED", "ORDERREVERSED", "MCHNOTEXISTS", "APPIDMCHIDNOTMATCH", "TRADEERROR",
})  # fmt: skip
MISSING = frozenset({"ORDERNOTEXIST", "ORDERNOTEXISTS", "RESOURCENOTEXISTS"})


class WeChat:
    is_by_hand = False
    code = "wechat"
    title = _("WeChat Pay")
    facts = (
        Wanted("merchant", _("Merchant number (mchid)")),
        Wanted("app", _("AppID")),
        Wanted("serial", _("Serial number of the merchant's certificate")),
        Wanted("provider_serial", _("Id of WeChat Pay's public key, or its certificate's serial")),
    )
    secrets = (
        Wanted("private_key", _("Merchant's private key"), is_long=True),
        Wanted("provider_key", _("WeChat Pay's public key or certificate"), is_long=True),
        Wanted("api_key", _("APIv3 key")),
    )

    def charge(self, merchant: Merchant, asked: Asked) -> Said:
        sent = {
            "appid": merchant.facts["app"],
            "mchid": merchant.facts["merchant"],
            "description": asked.title[:127],
            "out_trade_no": asked.number,
            "payer": {"auth_code": asked.code},
            "amount": {"total": fen(asked.amount), "currency": "CNY"},
            "scene_info": {
                "device_id": asked.till[:32],
                "store_info": {"out_id": asked.store[:32]},
            },
        }
        return self._ask(merchant, "POST", "/v3/pay/transactions/codepay", sent)

    def query(self, merchant: Merchant, asked: Asked) -> Said:
        path = f"/v3/pay/transactions/out-trade-no/{asked.number}"
        return self._ask(merchant, "GET", f"{path}?mchid={merchant.facts['merchant']}", None)

    def cancel(self, merchant: Merchant, asked: Asked) -> Said:
        """If the customer had paid, the money goes back; else the number is closed for ever."""
        sent = {"appid": merchant.facts["app"], "mchid": merchant.facts["merchant"]}
        path = f"/v3/pay/transactions/out-trade-no/{asked.number}/reverse"
        said = self._ask(merchant, "POST", path, sent, fine="cancelled")
        return Said("cancelled", text=said.text) if said.reason == "ORDERREVERSED" else said

    def refund(self, merchant: Merchant, asked: Asked) -> Said:
        assert asked.refund_amount is not None, "A refund has an amount."
        sent = {
            "out_trade_no": asked.number,
            "out_refund_no": asked.refund_number,
            "amount": {
                "refund": fen(asked.refund_amount), "total": fen(asked.amount), "currency": "CNY",
            },
        }  # fmt: skip
        return self._ask(merchant, "POST", "/v3/refund/domestic/refunds", sent)

    def _ask(
        self, merchant: Merchant, method: str, path: str, sent: dict[str, Any] | None,
        *, fine: State = "unknown",
    ) -> Said:  # fmt: skip
        body = "" if sent is None else json.dumps(sent, ensure_ascii=False)
        try:
            headers = {
                "Authorization": authorization(merchant, method, path, body),
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "Tongpan",
            }
            answer = env.ask(
                method, (merchant.url or HOST) + path, body.encode(), headers,
                timeout_s=merchant.timeout_s, may_be_private=merchant.may_be_private,
            )  # fmt: skip
            is_signed = is_of_provider(merchant, answer.headers, answer.text)
        except env.Unreachable as why:
            return Said("unknown", reason="" if why.was_sent else "not_sent", text=cut(str(why)))
        except BadKey as why:
            return Said("unknown", reason="not_sent", text=cut(f"key: {why}"))
        if not is_signed:
            return Said("unknown", reason="signature", text=cut(f"{answer.status} {answer.text}"))
        return read_answer(answer.status, answer.text, fine)

    def read_notice(self, merchant: Merchant, headers: Mapping[str, str], body: bytes) -> Notice:
        text = body.decode(errors="replace")
        try:
            if not is_of_provider(merchant, headers, text):
                raise Forged("signature")
            told = json.loads(text)
            kept = told["resource"]
            aside = kept.get("associated_data") or ""
            inside = opened(merchant.secrets["api_key"], kept["nonce"], aside, kept["ciphertext"])
            if inside is None:
                raise Forged("sealed with another key")
            said = json.loads(inside)
            return Notice(
                str(told["id"])[:64], str(said["out_trade_no"])[:64], _of_trade(said, inside),
                is_ours=said.get("mchid") == merchant.facts["merchant"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as why:
            raise Forged(f"{type(why).__name__}") from why

    def is_key(self, name: str, text: str) -> bool:
        return len(text) == API_KEY_LENGTH if name == "api_key" else is_rsa_key(name, text)

    def thanks(self) -> tuple[str, str]:
        return "application/json", '{"code":"SUCCESS"}'


def fen(amount: Decimal) -> int:
    """Yuan in fen.

    >>> fen(Decimal("12.30"))
    1230
    """
    return int(amount * 100)


def yuan(total: object) -> Decimal | None:
    return Decimal(total) / 100 if isinstance(total, int) else None


def authorization(merchant: Merchant, method: str, path: str, body: str) -> str:
    """Source: WeChat Pay API v3, "making a signature": method, path, time, nonce, body by lines."""
    stamp, nonce = str(int(env.now().timestamp())), env.token(16)
    lines = "".join(f"{part}\n" for part in (method, path, stamp, nonce, body))
    signature = rsa_sign(merchant.secrets.get("private_key", ""), lines)
    return (
        f'{SCHEME} mchid="{merchant.facts["merchant"]}",nonce_str="{nonce}",'
        f'signature="{signature}",timestamp="{stamp}",serial_no="{merchant.facts["serial"]}"'
    )


def is_of_provider(merchant: Merchant, headers: Mapping[str, str], text: str) -> bool:
    """Whether the provider signed this, a short while ago. Errors: BadKey.

    Source: WeChat Pay API v3, "verifying a signature": time, nonce, body by lines.
    """
    stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
    if (
        headers.get("wechatpay-serial") != merchant.facts["provider_serial"]
        or not stamp.isdecimal()
    ):
        return False
    if abs(int(stamp[:12]) - env.now().timestamp()) > OFF_S:
        return False
    message = f"{stamp}\n{nonce}\n{text}\n"
    key = merchant.secrets.get("provider_key", "")
    return rsa_is_right(key, message, headers.get("wechatpay-signature", ""))


def read_answer(status: int, text: str, fine: State) -> Said:
    """What an answer means. `fine` is what success without a word means, for calls like that."""
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return Said("unknown", text=cut(f"{status} {text}"))
    if not isinstance(said, dict):
        return Said("unknown", text=cut(f"{status} {text}"))
    if status in (200, 204):
        if "trade_state" in said:
            return _of_trade(said, text)
        if "status" in said:
            amount = yuan((said.get("amount") or {}).get("refund"))
            state = REFUND_STATES.get(str(said["status"]), "unknown")
            number = str(said.get("refund_id", ""))[:64]
            return Said(state, amount, number, str(said["status"])[:100], cut(text))
        return Said(fine, text=cut(f"{status} {text}"))
    code = str(said.get("code", "")).replace("_", "").upper()
    reason = str(said.get("message") or code)[:100]
    if code in MISSING and status in (400, 404):
        return Said("missing", reason=reason, text=cut(text))
    if code == "USERPAYING":
        return Said("waiting", reason=reason, text=cut(text))
    if code == "ORDERREVERSED":
        return Said("declined", reason=code, text=cut(text))
    if status < 500 and code in DECLINED:
        return Said("declined", reason=reasons.kept(code, reason), text=cut(text))
    return Said("unknown", reason=reason, text=cut(f"{status} {text}"))


def _of_trade(said: dict[str, Any], text: str) -> Said:
    state = TRADE_STATES.get(str(said.get("trade_state")), "unknown")
    amount = yuan((said.get("amount") or {}).get("total"))
    number = str(said.get("transaction_id", ""))[:64]
    trade = str(said.get("trade_state") or "")
    reason = reasons.kept(trade, str(said.get("trade_state_desc") or trade)[:100])
    return Said(state, amount, number, reason, cut(text))

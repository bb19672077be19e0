"""Alipay, open platform: alipay.trade.pay (条码支付), .query, .cancel, .refund, signed with RSA2.

Source: the open platform's documentation of these calls; tried against the simulator only.
"""

import json
from collections.abc import Mapping
from datetime import timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode

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
    joined,
    rsa_is_right,
    rsa_sign,
)

HOST = "https://openapi.alipay.com/gateway.do"
BEIJING = timezone(timedelta(hours=8))
TRADE_STATES: dict[str, State] = {
    "TRADE_SUCCESS": "charged",
    "TRADE_FINISHED": "charged",
    "WAIT_BUYER_PAY": "waiting",
    "TRADE_CLOSED": "cancelled",
}
# Business failures (code 40004) after which it is certain that nothing was charged. All others
# are "unknown".
DECLINED = frozenset({
    "ACQ.PAYMENT_AUTH_CODE_INVALID", "ACQ.BUYER_BALANCE_NOT_ENOUGH",
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH", "ACQ.ERROR_BALANCE_PAYMENT_DISABLE",
    "ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT", "ACQ.BUYER_ENABLE_STATUS_FORBID",
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR",
    "ACQ.BEYOND_PAY_RESTRICTION", "ACQ.BEYOND_PER_RECEIPT_RESTRICTION", "ACQ.PAYMENT_FAIL",
    "ACQ.SOUNDWAVE_PARSER_FAIL", "ACQ.TOTAL_FEE_EXCEED", "ACQ.INVALID_PARAMETER",
    "ACQ.PARTNER_ERROR", "ACQ.ACCESS_FORBIDDEN", "ACQ.BUYER_SELLER_EQUAL",
    "ACQ.TRADE_HAS_CLOSE", "ACQ.PULL_MOBILE_CASHIER_FAIL",
})  # fmt: skip
MISSING = frozenset({"ACQ.TRADE_NOT_EXIST"})
REFUSED = frozenset({
    "ACQ.SELLER_BALANCE_NOT_ENOUGH", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.TRADE_HAS_FINISHED", "ACQ.TRADE_STATUS_ERROR", "ACQ.NOT_ALLOW_PARTIAL_REFUND",
})  # fmt: skip


class Alipay:
    is_by_hand = False
    code = "alipay"
    title = _("Alipay")
    facts = (
        Wanted("app", _("AppID")),
        Wanted(
            "notify_url", _("Address for notices"),
            _("where Alipay sends its notices; empty: it sends none"), is_required=False,
        ),
    )  # fmt: skip
    secrets = (
        Wanted("private_key", _("Application's private key"), is_long=True),
        Wanted("provider_key", _("Alipay's public key"), is_long=True),
    )

    def charge(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(
            merchant, "alipay.trade.pay",
            {
                "out_trade_no": asked.number, "scene": "bar_code", "auth_code": asked.code,
                "subject": asked.title[:256], "total_amount": f"{asked.amount:.2f}",
                "store_id": asked.store[:32], "terminal_id": asked.till[:32],
            },
            fine="charged",
        )  # fmt: skip

    def query(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(merchant, "alipay.trade.query", {"out_trade_no": asked.number})

    def cancel(self, merchant: Merchant, asked: Asked) -> Said:
        """If the customer had paid, the money goes back; else the number is closed for ever."""
        sent = {"out_trade_no": asked.number}
        return self._ask(merchant, "alipay.trade.cancel", sent, fine="cancelled")

    def refund(self, merchant: Merchant, asked: Asked) -> Said:
        return self._ask(
            merchant, "alipay.trade.refund",
            {
                "out_trade_no": asked.number, "refund_amount": f"{asked.refund_amount:.2f}",
                "out_request_no": asked.refund_number,
            },
            fine="refunded",
        )  # fmt: skip

    def _ask(
        self, merchant: Merchant, method: str, sent: dict[str, Any], *, fine: State = "unknown"
    ) -> Said:
        try:
            form = urlencode(signed_form(merchant, method, sent)).encode()
            answer = env.post(
                merchant.url or HOST, form,
                {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
                timeout_s=merchant.timeout_s, may_be_private=merchant.may_be_private,
            )  # fmt: skip
            inside, sign = taken_apart(answer.text, method)
            key = merchant.secrets.get("provider_key", "")
            is_signed = bool(sign) and rsa_is_right(key, inside, sign)
        except env.Unreachable as why:
            return Said("unknown", reason="" if why.was_sent else "not_sent", text=cut(str(why)))
        except BadKey as why:
            return Said("unknown", reason="not_sent", text=cut(f"key: {why}"))
        if answer.status != 200 or not is_signed:
            return Said("unknown", reason="signature", text=cut(f"{answer.status} {answer.text}"))
        return read_answer(inside, fine)

    def read_notice(self, merchant: Merchant, headers: Mapping[str, str], body: bytes) -> Notice:
        fields = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        try:
            message = joined(fields, without=("sign", "sign_type"))
            is_signed = rsa_is_right(
                merchant.secrets.get("provider_key", ""), message, fields.get("sign", "")
            )
        except BadKey as why:
            raise Forged("key") from why
        if not is_signed or not fields.get("out_trade_no"):
            raise Forged("signature")
        said = Said(
            TRADE_STATES.get(fields.get("trade_status", ""), "unknown"),
            _amount(fields.get("total_amount")), fields.get("trade_no", "")[:64],
            fields.get("trade_status", "")[:100], cut(message),
        )  # fmt: skip
        return Notice(
            fields.get("notify_id", "")[:64], fields["out_trade_no"][:64], said,
            is_ours=fields.get("app_id") == merchant.facts["app"],
        )  # fmt: skip

    def is_key(self, name: str, text: str) -> bool:
        return is_rsa_key(name, text)

    def thanks(self) -> tuple[str, str]:
        return "text/plain", "success"


def signed_form(merchant: Merchant, method: str, sent: dict[str, Any]) -> dict[str, str]:
    """The fields of a call with their signature. Errors: BadKey.

    Source: Alipay open platform, "signing by yourself", RSA2.
    """
    fields = {
        "app_id": merchant.facts["app"],
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": env.now().astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "version": "1.0",
        "notify_url": merchant.facts.get("notify_url", ""),
        "biz_content": json.dumps(sent, ensure_ascii=False),
    }
    kept = {name: value for name, value in fields.items() if value}
    return kept | {"sign": rsa_sign(merchant.secrets.get("private_key", ""), joined(kept))}


def taken_apart(text: str, method: str) -> tuple[str, str]:
    """The signed part of an answer, as it was sent, and its signature; empty if there is none.

    >>> taken_apart('{"a_pay_response":{"code":"10000"},"sign":"QQ=="}', "a.pay")
    ('{"code":"10000"}', 'QQ==')
    """
    name = f'"{method.replace(".", "_")}_response":'
    began = text.find(name)
    if began < 0:
        return "", ""
    began += len(name)
    try:
        _inside, ended = json.JSONDecoder().raw_decode(text, began)
        whole = json.loads(text)
    except ValueError:
        return "", ""
    return text[began:ended], str(whole.get("sign", ""))


def read_answer(inside: str, fine: State) -> Said:
    """What an answer means; `fine` is what its success means."""
    said = json.loads(inside)
    code, sub = str(said.get("code")), str(said.get("sub_code", ""))
    reason = str(said.get("sub_msg") or said.get("msg") or "")[:100]
    number = str(said.get("trade_no", ""))[:64]
    amount = _amount(said.get("total_amount"))
    if code == "10000":
        state = fine
        if "trade_status" in said:
            state = TRADE_STATES.get(str(said["trade_status"]), "unknown")
        if state == "refunded":
            amount = None  # `refund_fee` is all that went back of the trade, not of this refund
        return Said(state, amount, number, reason, cut(inside))
    if code == "10003":
        return Said("waiting", amount, number, reason, cut(inside))
    if code == "40004" and sub in MISSING:
        # A refund or a charge of what is not there is no answer to build on.
        return Said("cancelled" if fine == "cancelled" else "missing", None, number, reason,
                    cut(inside))  # fmt: skip
    if code == "40004" and fine == "refunded" and sub in REFUSED:
        return Said("refused", None, number, reason, cut(inside))
    if code == "40004" and fine != "refunded" and sub in DECLINED:
        return Said("declined", None, number, reasons.kept(sub, reason), cut(inside))
    return Said("unknown", None, number, reason, cut(inside))


def _amount(raw: Any) -> Decimal | None:
    try:
        return None if raw is None else Decimal(str(raw))
    except InvalidOperation:
        return None

"""Providers that charge nobody: three protocols of payments by code, with their usual mishaps.

A process of its own on this machine. It makes its keys when it starts for the first time and keeps
them in one file, with what a merchant must know. What happens to a charge is decided by the last
two digits of the code, so that anybody can try it at a counter; see `FAULTS`.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.conf import settings

from tongpan.base import env
from tongpan.engines.payments.adapters import Merchant
from tongpan.engines.payments.adapters.aggregator import is_of_provider, signed
from tongpan.engines.payments.adapters.signing import joined, rsa_is_right, rsa_sign, sealed
from tongpan.engines.payments.simulated import FILE

FAULTS = {
    "11": "confirm",  # the customer must confirm, and does after a while
    "12": "timeout after charge",  # charged, and no answer comes
    "13": "declined",
    "14": "duplicate callback",  # charged, and told three times
    "15": "mismatch",  # charged, and told first with another amount
    "16": "late failure",  # the customer must confirm, and then it fails
    "17": "error after charge",  # charged, and the answer is a server error
    "18": "lost",  # no answer comes, and nobody was charged
    "19": "early callback",  # told before the answer, which never comes
    "20": "forged callback",  # somebody else tells of more money
    "21": "refund unanswered",  # charged; the first refund is done and not answered
    "22": "never confirmed",
}
SECOND_TELLING_S, TELL_TRIES = 0.05, 3
Keys = dict[str, dict[str, dict[str, str]]]


@dataclass
class Trade:
    """What the simulated provider knows of one number."""

    provider: str
    number: str
    amount: Decimal
    code: str
    fault: str
    state: str  # charged, waiting, declined, cancelled
    notify_url: str = ""
    confirm_at: float | None = None
    charges: int = 0
    refunds: dict[str, Decimal] = field(default_factory=dict)
    refund_answers_lost: int = 0
    was_back: bool = False  # charged and then cancelled

    @property
    def own_number(self) -> str:
        return f"SIM{self.number[:24]}"


@dataclass
class Simulator:
    """The book of all trades, and how long people and mishaps take."""

    keys: Keys
    pace_s: float = 3.0
    hang_s: float = 15.0
    notify: dict[str, str] = field(default_factory=dict)
    trades: dict[str, Trade] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    told: dict[str, int] = field(default_factory=dict)

    def merchant(self, provider: str) -> Merchant:
        kept = self.keys[provider]
        return Merchant(kept["facts"], kept["secrets"])

    def secret(self, provider: str, name: str) -> str:
        return self.keys[provider]["ours"][name]

    # -- what a provider does ------------------------------------------------------------------

    def charge(
        self, provider: str, number: str, amount: Decimal, code: str, notify_url: str
    ) -> tuple[Trade, bool]:
        """Charge a code; a number that is known charges nothing more. Whether it was known."""
        with self.lock:
            known = self.trades.get(number)
            if known is not None:
                self._move_on(known)
                return known, True
            fault = FAULTS.get(code[-2:], "")
            state = {"declined": "declined", "confirm": "waiting", "late failure": "waiting",
                     "never confirmed": "waiting"}.get(fault, "charged")  # fmt: skip
            trade = Trade(provider, number, amount, code, fault, state, notify_url)
            if fault in ("confirm", "late failure"):
                trade.confirm_at = env.monotonic_s() + self.pace_s
            if state == "charged":
                trade.charges += 1
            if fault == "lost":
                return trade, False  # it never came here
            self.trades[number] = trade
        return trade, False

    def look(self, number: str) -> Trade | None:
        with self.lock:
            trade = self.trades.get(number)
            if trade is not None:
                self._move_on(trade)
            return trade

    def _move_on(self, trade: Trade) -> None:
        if trade.state == "waiting" and trade.confirm_at is not None:
            if env.monotonic_s() < trade.confirm_at:
                return
            if trade.fault == "late failure":
                trade.state = "declined"
            else:
                trade.state, trade.charges = "charged", trade.charges + 1

    def cancel(self, provider: str, number: str) -> Trade:
        """Close a number for ever; money that came goes back."""
        with self.lock:
            trade = self.trades.get(number)
            if trade is None:  # a charge that comes later finds it closed
                trade = Trade(provider, number, Decimal(0), "", "", "cancelled")
                self.trades[number] = trade
            self._move_on(trade)
            trade.was_back = trade.was_back or trade.state == "charged"
            if trade.state in ("charged", "waiting"):
                trade.state = "cancelled"
            return trade

    def refund(self, number: str, refund: str, amount: Decimal) -> tuple[str, Trade | None]:
        """Give back a part: "refunded", "refused", "missing", or "hang" after it was done."""
        with self.lock:
            trade = self.trades.get(number)
            if trade is None:
                return "missing", None
            if refund not in trade.refunds:
                left = trade.amount - sum(trade.refunds.values(), Decimal(0))
                if trade.state != "charged" or amount > left:
                    return "refused", trade
                trade.refunds[refund] = amount
                if trade.fault == "refund unanswered" and not trade.refund_answers_lost:
                    trade.refund_answers_lost += 1
                    return "hang", trade
            return "refunded", trade

    # -- telling the merchant ------------------------------------------------------------------

    def tell(self, trade: Trade) -> None:
        """Notices of a charge, as its fault has them."""
        if trade.state != "charged" or not self._address(trade):
            return
        if trade.fault == "mismatch":
            self._send(trade, trade.amount + 100)
            env.sleep(SECOND_TELLING_S)
        if trade.fault == "forged callback":
            self._send(trade, trade.amount, is_forged=True)
        for _nth in range(3 if trade.fault == "duplicate callback" else 1):
            self._send(trade, trade.amount)

    def tell_later(self, trade: Trade) -> None:
        threading.Thread(target=self.tell, args=(trade,), daemon=True).start()

    def _address(self, trade: Trade) -> str:
        return trade.notify_url or self.notify.get(trade.provider, "")

    def _send(self, trade: Trade, amount: Decimal, *, is_forged: bool = False) -> None:
        headers, body = NOTICES[trade.provider](self, trade, amount)
        if is_forged:
            body = body.replace(b"SIM", b"XIM") if b"SIM" in body else body + b" "
        for _nth in range(TELL_TRIES):
            try:
                answer = env.post(
                    self._address(trade), body, headers, timeout_s=5, may_be_private=True
                )
            except env.Unreachable:
                env.sleep(0.2)
                continue
            with self.lock:
                name = f"{'forged ' if is_forged else ''}{answer.status}"
                self.told[name] = self.told.get(name, 0) + 1
            if answer.status < 300 or is_forged:
                return
            env.sleep(0.2)

    def book(self) -> list[dict[str, Any]]:
        """All trades, for whoever compares."""
        with self.lock:
            for trade in self.trades.values():
                self._move_on(trade)
            return [
                {
                    "number": t.number, "amount": str(t.amount), "state": t.state,
                    "fault": t.fault, "charges": t.charges, "code": t.code,
                    "refunded": str(sum(t.refunds.values(), Decimal(0))),
                }
                for t in self.trades.values()
            ]  # fmt: skip


# -- the three protocols -------------------------------------------------------------------------

Answer = tuple[int, dict[str, str], str]
HANG: Answer = (0, {}, "")


def _after(simulator: Simulator, trade: Trade, was_known: bool, answer: Answer) -> Answer:
    """The answer to a charge, as its fault lets it through."""
    if was_known:
        return answer
    if trade.fault == "lost":
        return HANG
    if trade.fault == "early callback":
        simulator.tell(trade)
        return HANG
    simulator.tell_later(trade)
    if trade.fault == "timeout after charge":
        return HANG
    if trade.fault == "error after charge":
        return 502, {}, "<html>Bad Gateway</html>"
    return answer


def wechat(simulator: Simulator, method: str, path: str, headers: Mapping[str, str],
           body: str) -> Answer:  # fmt: skip
    given = dict(
        part.split("=", 1) for part in headers.get("authorization", "").partition(" ")[2].split(",")
        if "=" in part
    )  # fmt: skip
    given = {name: value.strip('"') for name, value in given.items()}
    lines = "".join(
        f"{part}\n"
        for part in (method, path, given.get("timestamp", ""), given.get("nonce_str", ""), body)
    )
    public = simulator.secret("wechat", "merchant_public")
    if not rsa_is_right(public, lines, given.get("signature", "")):
        return _wechat(simulator, 401, {"code": "SIGN_ERROR", "message": "签名错误"})
    said = json.loads(body) if body else {}
    parts = urlsplit(path).path.split("/")
    if path == "/v3/pay/transactions/codepay":
        amount = Decimal(said["amount"]["total"]) / 100
        trade, was_known = simulator.charge(
            "wechat", said["out_trade_no"], amount, said["payer"]["auth_code"], ""
        )
        if was_known and trade.state == "charged":
            answer = _wechat(simulator, 400, {"code": "ORDERPAID", "message": "订单已支付"})
        elif trade.state == "declined":
            answer = _wechat(simulator, 403, {"code": "NOTENOUGH", "message": "用户余额不足"})
        elif trade.state == "cancelled":
            answer = _wechat(simulator, 400, {"code": "ORDERCLOSED", "message": "订单已关闭"})
        elif trade.state == "waiting":
            answer = _wechat(simulator, 400, {"code": "USERPAYING", "message": "等待用户确认"})
        else:
            answer = _wechat(simulator, 200, _wechat_trade(simulator, trade))
        return _after(simulator, trade, was_known, answer)
    if path == "/v3/refund/domestic/refunds":
        amount = Decimal(said["amount"]["refund"]) / 100
        state, _trade = simulator.refund(said["out_trade_no"], said["out_refund_no"], amount)
        if state == "hang":
            return HANG
        if state != "refunded":
            code = "RESOURCE_NOT_EXISTS" if state == "missing" else "INVALID_REQUEST"
            return _wechat(simulator, 404 if state == "missing" else 400, {"code": code})
        return _wechat(simulator, 200, {
            "refund_id": f"SIMR{said['out_refund_no'][:20]}", "status": "SUCCESS",
            "out_refund_no": said["out_refund_no"], "amount": said["amount"],
        })  # fmt: skip
    if method == "POST" and parts[-1] == "reverse":
        simulator.cancel("wechat", parts[-2])
        return _wechat(simulator, 204, None)
    found = simulator.look(parts[-1])
    if found is None:
        return _wechat(simulator, 404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
    return _wechat(simulator, 200, _wechat_trade(simulator, found))


def _wechat_trade(simulator: Simulator, trade: Trade) -> dict[str, Any]:
    facts = simulator.keys["wechat"]["facts"]
    states = {"charged": "SUCCESS", "waiting": "USERPAYING", "declined": "PAYERROR",
              "cancelled": "REVOKED"}  # fmt: skip
    return {
        "appid": facts["app"], "mchid": facts["merchant"], "out_trade_no": trade.number,
        "transaction_id": trade.own_number, "trade_type": "MICROPAY",
        "trade_state": states[trade.state],
        "amount": {"total": int(trade.amount * 100), "currency": "CNY"},
    }  # fmt: skip


def _wechat(simulator: Simulator, status: int, said: dict[str, Any] | None) -> Answer:
    body = "" if said is None else json.dumps(said, ensure_ascii=False)
    return status, _wechat_headers(simulator, body), body


def _wechat_headers(simulator: Simulator, body: str) -> dict[str, str]:
    stamp, nonce = str(int(env.now().timestamp())), env.token(16)
    return {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": simulator.keys["wechat"]["facts"]["provider_serial"],
        "Wechatpay-Signature": rsa_sign(
            simulator.secret("wechat", "provider_private"), f"{stamp}\n{nonce}\n{body}\n"
        ),
    }


def wechat_notice(
    simulator: Simulator, trade: Trade, amount: Decimal
) -> tuple[dict[str, str], bytes]:
    inside = _wechat_trade(simulator, trade)
    inside["amount"]["total"] = int(amount * 100)
    nonce, aside = env.token(6), "transaction"
    key = simulator.keys["wechat"]["secrets"]["api_key"]
    body = json.dumps({
        "id": f"SIM-{trade.number}-{amount}", "event_type": "TRANSACTION.SUCCESS",
        "resource_type": "encrypt-resource", "summary": "支付成功",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": aside,
            "ciphertext": sealed(key, nonce, aside, json.dumps(inside)),
        },
    }, ensure_ascii=False)  # fmt: skip
    return _wechat_headers(simulator, body), body.encode()


def alipay(simulator: Simulator, method: str, path: str, headers: Mapping[str, str],
           body: str) -> Answer:  # fmt: skip
    fields = dict(parse_qsl(body, keep_blank_values=True))
    call = fields.get("method", "")
    public = simulator.secret("alipay", "merchant_public")
    if not rsa_is_right(public, joined(fields), fields.get("sign", "")):
        said: dict[str, Any] = {"code": "40002", "sub_code": "isv.invalid-signature"}
        return _alipay(simulator, call, said)
    sent = json.loads(fields["biz_content"])
    number = sent["out_trade_no"]
    if call == "alipay.trade.pay":
        trade, was_known = simulator.charge(
            "alipay", number, Decimal(sent["total_amount"]), sent["auth_code"],
            fields.get("notify_url", ""),
        )  # fmt: skip
        if was_known and trade.state == "charged":
            said = {"code": "40004", "sub_code": "ACQ.TRADE_HAS_SUCCESS", "sub_msg": "已支付"}
        elif trade.state == "declined":
            said = {"code": "40004", "sub_code": "ACQ.BUYER_BALANCE_NOT_ENOUGH",
                    "sub_msg": "买家余额不足"}  # fmt: skip
        elif trade.state == "cancelled":
            said = {"code": "40004", "sub_code": "ACQ.TRADE_HAS_CLOSE", "sub_msg": "交易已经关闭"}
        elif trade.state == "waiting":
            said = {"code": "10003", "msg": "order success pay inprocess", "out_trade_no": number}
        else:
            said = {
                "code": "10000", "msg": "Success", "out_trade_no": number,
                "trade_no": trade.own_number, "total_amount": f"{trade.amount:.2f}",
            }  # fmt: skip
        return _after(simulator, trade, was_known, _alipay(simulator, call, said))
    if call == "alipay.trade.cancel":
        simulator.cancel("alipay", number)
        return _alipay(simulator, call, {"code": "10000", "msg": "Success", "action": "close"})
    if call == "alipay.trade.refund":
        amount = Decimal(sent["refund_amount"])
        state, _trade = simulator.refund(number, sent["out_request_no"], amount)
        if state == "hang":
            return HANG
        codes = {"missing": "ACQ.TRADE_NOT_EXIST", "refused": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
        said = {"code": "10000", "msg": "Success", "fund_change": "Y"}
        if state != "refunded":
            said = {"code": "40004", "sub_code": codes[state]}
        return _alipay(simulator, call, said)
    found = simulator.look(number)
    if found is None:
        return _alipay(simulator, call, {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"})
    return _alipay(simulator, call, {
        "code": "10000", "msg": "Success", "out_trade_no": number, "trade_no": found.own_number,
        "total_amount": f"{found.amount:.2f}", "trade_status": ALIPAY_STATES[found.state],
    })  # fmt: skip


ALIPAY_STATES = {"charged": "TRADE_SUCCESS", "waiting": "WAIT_BUYER_PAY",
                 "declined": "TRADE_CLOSED", "cancelled": "TRADE_CLOSED"}  # fmt: skip


def _alipay(simulator: Simulator, call: str, said: dict[str, Any]) -> Answer:
    inside = json.dumps(said, ensure_ascii=False)
    sign = rsa_sign(simulator.secret("alipay", "provider_private"), inside)
    body = f'{{"{call.replace(".", "_")}_response":{inside},"sign":"{sign}"}}'
    return 200, {"Content-Type": "application/json;charset=utf-8"}, body


def alipay_notice(
    simulator: Simulator, trade: Trade, amount: Decimal
) -> tuple[dict[str, str], bytes]:
    fields = {
        "notify_id": f"SIM{trade.number}{amount}", "notify_type": "trade_status_sync",
        "app_id": simulator.keys["alipay"]["facts"]["app"], "out_trade_no": trade.number,
        "trade_no": trade.own_number, "trade_status": "TRADE_SUCCESS",
        "total_amount": f"{amount:.2f}", "charset": "utf-8", "version": "1.0",
    }  # fmt: skip
    sign = rsa_sign(simulator.secret("alipay", "provider_private"), joined(fields))
    body = urlencode(fields | {"sign": sign, "sign_type": "RSA2"}).encode()
    return {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}, body


def aggregator(simulator: Simulator, method: str, path: str, headers: Mapping[str, str],
               body: str) -> Answer:  # fmt: skip
    merchant = simulator.merchant("aggregator")
    if not is_of_provider(merchant, headers, body):
        return 401, {}, ""
    sent = json.loads(body)
    number = sent["number"]
    said: dict[str, Any] = {"number": number, "state": "missing"}
    answer: Callable[[], Answer] = lambda: _aggregator(merchant, said)  # noqa: E731
    if path == "/v1/charge":
        trade, was_known = simulator.charge(
            "aggregator", number, Decimal(sent["amount"]), sent["code"], sent.get("notify_url", "")
        )
        said |= _of_aggregated(trade)
        return _after(simulator, trade, was_known, answer())
    if path == "/v1/cancel":
        simulator.cancel("aggregator", number)
        said["state"] = "cancelled"
    elif path == "/v1/refund":
        state, _trade = simulator.refund(number, sent["refund"], Decimal(sent["amount"]))
        if state == "hang":
            return HANG
        said["state"] = state
    else:
        found = simulator.look(number)
        said |= _of_aggregated(found) if found else {}
    return answer()


def _of_aggregated(trade: Trade) -> dict[str, Any]:
    reason = "余额不足" if trade.state == "declined" else ""
    return {"state": trade.state, "amount": f"{trade.amount:.2f}", "reason": reason,
            "provider_number": trade.own_number}  # fmt: skip


def _aggregator(merchant: Merchant, said: dict[str, Any]) -> Answer:
    body = json.dumps(said, ensure_ascii=False)
    return 200, signed(merchant, body), body


def aggregator_notice(
    simulator: Simulator, trade: Trade, amount: Decimal
) -> tuple[dict[str, str], bytes]:
    merchant = simulator.merchant("aggregator")
    told = _of_aggregated(trade) | {
        "id": f"SIM-{trade.number}-{amount}", "number": trade.number, "amount": f"{amount:.2f}",
        "merchant": merchant.facts["merchant"],
    }  # fmt: skip
    body = json.dumps(told, ensure_ascii=False)
    return signed(merchant, body), body.encode()


NOTICES: dict[str, Callable[[Simulator, Trade, Decimal], tuple[dict[str, str], bytes]]] = {
    "wechat": wechat_notice, "alipay": alipay_notice, "aggregator": aggregator_notice,
}  # fmt: skip


# -- serving -------------------------------------------------------------------------------------


def server_of(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    """An HTTP server on the loopback that speaks for the simulator; port 0 is any free one."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length).decode(errors="replace")
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, heads, text = _of(simulator, method, self.path, headers, body)
            if status == 0:
                env.sleep(simulator.hang_s)
                self.close_connection = True
                return
            raw = text.encode()
            self.send_response(status)
            for name, value in heads.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(raw)))
            with suppress(BrokenPipeError):  # whoever asked has gone
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, *_said: Any) -> None:
            """Says nothing: addresses and codes belong into no log."""

    made = ThreadingHTTPServer(("127.0.0.1", port), Door)
    made.daemon_threads = True
    return made


def _of(simulator: Simulator, method: str, path: str, headers: Mapping[str, str],
        body: str) -> Answer:  # fmt: skip
    if path == "/simulator/book":
        facts = {"trades": simulator.book(), "told": simulator.told}
        return 200, {"Content-Type": "application/json"}, json.dumps(facts)
    if path == "/simulator/notify":
        simulator.notify.update(json.loads(body))
        return 200, {}, "{}"
    if path == "/simulator/manner":
        said = json.loads(body)
        simulator.pace_s = float(said.get("pace_s", simulator.pace_s))
        simulator.hang_s = float(said.get("hang_s", simulator.hang_s))
        return 200, {}, "{}"
    try:
        if path.startswith("/v3/"):
            return wechat(simulator, method, path, headers, body)
        if path == "/gateway.do":
            return alipay(simulator, method, path, headers, body)
        return aggregator(simulator, method, path, headers, body)
    except (KeyError, ValueError, TypeError, ArithmeticError) as why:
        return 400, {}, json.dumps({"code": "PARAM_ERROR", "message": type(why).__name__})


def kept_keys(place: Path) -> Keys:
    """The keys of a simulator: those of the file, or new ones, which are written there."""
    if place.exists():
        kept: Keys = json.loads(place.read_text())["keys"]
        return kept
    return new_keys()


def new_keys() -> Keys:
    ours = {name: _pair() for name in ("wechat", "alipay")}
    theirs = {name: _pair() for name in ("wechat", "alipay")}
    return {
        "wechat": {
            "facts": {
                "merchant": "1900000001", "app": "wxsimulator000001", "serial": "51A1",
                "provider_serial": "PUB_KEY_ID_SIMULATOR",
            },
            "secrets": {
                "private_key": theirs["wechat"][0], "provider_key": ours["wechat"][1],
                "api_key": env.token(16),
            },
            "ours": {
                "provider_private": ours["wechat"][0], "merchant_public": theirs["wechat"][1],
            },
        },
        "alipay": {
            "facts": {"app": "2021000000000001", "notify_url": ""},
            "secrets": {"private_key": theirs["alipay"][0], "provider_key": ours["alipay"][1]},
            "ours": {
                "provider_private": ours["alipay"][0], "merchant_public": theirs["alipay"][1],
            },
        },
        "aggregator": {
            "facts": {"merchant": "SIM-0001", "url": "", "notify_url": ""},
            "secrets": {"key": env.token(24)},
            "ours": {},
        },
    }  # fmt: skip


def _pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key()
    return private, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def write_down(place: Path, keys: Keys, url: str) -> None:
    """Keep the keys where only the owner of the folder reads them."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump({"url": url, "keys": keys}, out, indent=1)


def serve_beside(server: ThreadingHTTPServer) -> threading.Thread:
    """Let it answer while something else goes on here."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return thread


def wait_for_ever() -> None:
    """Until somebody stops the program."""
    threading.Event().wait()


def main() -> None:
    """The simulator beside the web server; its keys and address stand in the data folder."""
    place = settings.DATA / FILE
    keys = kept_keys(place)
    server = server_of(Simulator(keys), _kept_port(place))
    write_down(place, keys, f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


def _kept_port(place: Path) -> int:
    """The port of the last time, which accounts know; any free one at the first."""
    return (urlsplit(json.loads(place.read_text())["url"]).port or 0) if place.exists() else 0

"""Sending a text message. What it says is written to no log, and no table keeps it.

A gateway is asked by POST with {"phone", "text"} as JSON; the headers say when (`X-Tongpan-Time`,
seconds) and sign that and the body: HMAC-SHA256 with the key of `TONGPAN_SMS_KEY`, in hex, as
`X-Tongpan-Signature`. Whatever provider a company has, a few lines in front of it speak this.
"""

import hashlib
import hmac
import json

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.sentences import say

SIMULATOR, FOLDER = "simulator", "sms-simulator"
TIMEOUT_S = 5.0

say("sms_not_set_up", noop("Text messages are not set up here."))
say("sms_not_sent", noop("The text message could not be sent. Try again later."))


def send(phone: str, text: str) -> None:
    """Send a text message.

    Errors: Refusal sms_not_set_up or sms_not_sent.
    """
    where = settings.SMS
    if not where:
        raise Refusal("sms_not_set_up")
    if where == SIMULATOR:
        env.write_whole(
            settings.DATA / FOLDER, f"{env.new_id()}.txt", f"{phone}\n{text}\n".encode()
        )
        return
    body = json.dumps({"phone": phone, "text": text}, ensure_ascii=False).encode()
    stamp = str(int(env.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Tongpan-Time": stamp,
        "X-Tongpan-Signature": signature(settings.SMS_KEY, stamp, body),
    }
    try:
        said = env.post(where, body, headers, timeout_s=TIMEOUT_S, may_be_private=False)
    except env.Unreachable:
        raise Refusal("sms_not_sent") from None
    if not 200 <= said.status < 300:
        raise Refusal("sms_not_sent")


def signature(key: str, stamp: str, body: bytes) -> str:
    """What proves to a gateway that a message is ours, and when it was sent.

    >>> signature("key", "1700000000", b"{}")[:16]
    '9d713ed406bb7076'
    """
    signed = stamp.encode() + b"." + body
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()

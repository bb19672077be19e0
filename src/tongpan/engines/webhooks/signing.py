"""Signatures as the published convention for webhooks (Standard Webhooks, version 1) has them."""

import base64
import hashlib
import hmac
from datetime import datetime


def signed(key: bytes, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The headers that name a message, say when it was sent, and prove who sent it.

    Source: Standard Webhooks 1.0.0, "Signature scheme", HMAC-SHA256.
    """
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.{body}".encode()
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }

"""Keys of merchants, locked with the installation's own key: a copy of the database opens none."""

import hashlib
import hmac
import json
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tongpan.base import env

NONCE_BYTES = 12  # source: NIST SP 800-38D, section 8.2


def seal(owner: UUID, secrets: dict[str, str]) -> bytes:
    """What can be kept of these texts; only `unseal` for the same owner reads it."""
    nonce = bytes.fromhex(env.token(NONCE_BYTES))
    text = json.dumps(secrets, ensure_ascii=False).encode()
    return nonce + AESGCM(_key(owner)).encrypt(nonce, text, owner.bytes)


def unseal(owner: UUID, sealed: bytes | memoryview) -> dict[str, str]:
    """The texts again; none where nothing was kept, or the installation's key was changed."""
    if not sealed:
        return {}
    nonce, text = bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:])
    try:
        read: dict[str, str] = json.loads(AESGCM(_key(owner)).decrypt(nonce, text, owner.bytes))
    except InvalidTag:
        return {}
    return read


def _key(owner: UUID) -> bytes:
    name = f"payments {owner}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), name, hashlib.sha256).digest()

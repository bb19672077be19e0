"""Signatures that providers ask for. Texts are signed as they are sent, byte by byte."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

Pairs = Mapping[str, str]


class BadKey(ValueError):
    """What was given is no key, or one of another kind."""


def private_key(text: str, *, was_looked_at: bool = False) -> RSAPrivateKey:
    """A private RSA key, in PEM or as the bare base64 that Alipay's tool writes.

    Whether its numbers make a key takes 40 ms to find out: one that `was_looked_at` when it was
    kept is taken as it is.

    Errors: BadKey.
    """
    skip = was_looked_at
    try:
        if "BEGIN" in text:
            raw = text.encode()
            key = load_pem_private_key(raw, None, unsafe_skip_rsa_key_validation=skip)
        else:
            raw = base64.b64decode("".join(text.split()), validate=True)
            key = load_der_private_key(raw, None, unsafe_skip_rsa_key_validation=skip)
    except (ValueError, TypeError, binascii.Error) as why:
        raise BadKey("no private key") from why
    if not isinstance(key, RSAPrivateKey):
        raise BadKey("no RSA key")
    return key


def public_key(text: str) -> RSAPublicKey:
    """A public RSA key: in PEM, of a certificate in PEM, or bare base64.

    Errors: BadKey.
    """
    try:
        if "CERTIFICATE" in text:
            key = load_pem_x509_certificate(text.encode()).public_key()
        elif "BEGIN" in text:
            key = cast("RSAPublicKey", load_pem_public_key(text.encode()))
        else:
            raw = base64.b64decode("".join(text.split()), validate=True)
            key = cast("RSAPublicKey", load_der_public_key(raw))
    except (ValueError, TypeError, binascii.Error) as why:
        raise BadKey("no public key") from why
    if not isinstance(key, RSAPublicKey):
        raise BadKey("no RSA key")
    return key


def is_rsa_key(name: str, text: str) -> bool:
    """Whether a text can be used as the key of this name."""
    try:
        (private_key if name == "private_key" else public_key)(text)
    except BadKey:
        return False
    return True


def rsa_sign(key: str, message: str) -> str:
    """SHA256 with RSA, PKCS #1 v1.5, in base64, by a key that was kept. Errors: BadKey."""
    ours = private_key(key, was_looked_at=True)
    return base64.b64encode(ours.sign(message.encode(), PKCS1v15(), SHA256())).decode()


def rsa_is_right(key: str, message: str, signature: str) -> bool:
    """Whether the signature is of this message by the owner of the key. Errors: BadKey."""
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key(key).verify(raw, message.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError) as why:
        if isinstance(why, BadKey):
            raise
        return False
    return True


def opened(key: str, nonce: str, aside: str, sealed: str) -> str | None:
    """The text of AEAD_AES_256_GCM in base64, or None if it was not sealed with this key.

    Source: WeChat Pay API v3, "decrypting notices".
    """
    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(key.encode()).decrypt(nonce.encode(), raw, aside.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def sealed(key: str, nonce: str, aside: str, text: str) -> str:
    """The other way round, as the provider does it."""
    return base64.b64encode(
        AESGCM(key.encode()).encrypt(nonce.encode(), text.encode(), aside.encode())
    ).decode()


def joined(fields: Pairs, *, without: tuple[str, ...] = ("sign",)) -> str:
    """Fields as Alipay signs them: by name, `name=value`, without empty ones.

    >>> joined({"b": "2", "a": "1", "sign": "x", "c": ""})
    'a=1&b=2'
    """
    kept = sorted((name, value) for name, value in fields.items() if value and name not in without)
    return "&".join(f"{name}={value}" for name, value in kept)


def hmac_of(key: str, *parts: str) -> str:
    """HMAC-SHA256 of lines, in hexadecimal."""
    message = "".join(f"{part}\n" for part in parts).encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compared without telling by time how far they agree."""
    return hmac.compare_digest(one.encode(), other.encode())

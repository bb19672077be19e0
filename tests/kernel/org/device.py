"""A device that makes and shows passkeys, as a phone does: WebAuthn Level 2, sections 5 and 6."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

UNLOCKED, PRESENT, MAKES = 0x04, 0x01, 0x40


@dataclass
class Device:
    """Holds one passkey. `counts` devices show a higher number each time."""

    origin: str = "https://shop.example.cn"
    site: str = "shop.example.cn"
    counts: bool = True
    is_unlocked: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    name: bytes = b"a credential of this device"

    def make(self, challenge: str) -> str:
        """What it answers when a passkey is to be made."""
        public = self.key.public_key().public_numbers()
        x, y = public.x.to_bytes(32, "big"), public.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = bytes(16) + struct.pack(">H", len(self.name)) + self.name + cose
        said = self._said(MAKES) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        client = self._client("webauthn.create", challenge)
        return self._answer(client, {"attestationObject": bytes_to_base64url(attestation)})

    def show(self, challenge: str) -> str:
        """What it answers when the passkey is to be shown."""
        self.count += self.counts
        said, client = self._said(0), self._client("webauthn.get", challenge)
        signed = said + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(
            client,
            {
                "authenticatorData": bytes_to_base64url(said),
                "signature": bytes_to_base64url(signature),
            },
        )

    def _said(self, flags: int) -> bytes:
        flags |= PRESENT | (UNLOCKED if self.is_unlocked else 0)
        site = hashlib.sha256(self.site.encode()).digest()
        return site + struct.pack(">BI", flags, self.count)

    def _client(self, deed: str, challenge: str) -> bytes:
        said = {"type": deed, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, client: bytes, response: dict[str, Any]) -> str:
        named = bytes_to_base64url(self.name)
        response["clientDataJSON"] = bytes_to_base64url(client)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})

"""Passkeys (WebAuthn): a device shows that it is the person's, and that they unlocked it.

That is two steps in one, so nothing more is asked. A passkey belongs to the name of the site at
which it was made: `site` is that name, `origin` the whole address before the path. A site that is
reached by a bare number has no name, and no passkeys.
"""

import ipaddress
import json
from typing import Any
from uuid import UUID

import webauthn
from django.db.models import Q
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import Passkey, Person
from tongpan.kernel.org.people import require_over

NAME_MOST = 60
VERIFIED = UserVerificationRequirement.REQUIRED


def may_be_used(site: str) -> bool:
    """Whether browsers make passkeys for a site of this name.

    >>> may_be_used("shop.example.cn"), may_be_used("127.0.0.1"), may_be_used("[::1]")
    (True, False, False)
    """
    try:
        ipaddress.ip_address(site.strip("[]"))
    except ValueError:
        return bool(site)
    return False


def passkeys_of(person: Person) -> Any:
    return Passkey.objects.filter(person=person).order_by("made_at")


def offer(person: Person, *, site: str, company: str) -> tuple[dict[str, Any], str]:
    """What a browser needs to make a passkey, and the challenge that its answer must carry."""
    options = webauthn.generate_registration_options(
        rp_id=site,
        rp_name=company,
        user_id=person.pk.bytes,
        user_name=person.username,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
            for one in passkeys_of(person)
        ],
    )
    return json.loads(webauthn.options_to_json(options)), bytes_to_base64url(options.challenge)


def add(
    person: Person, answer: str, *, challenge: str, site: str, origin: str, name: str
) -> Passkey:
    """Keep the passkey that a browser has made.

    Errors: Refusal("passkey_refused").
    """
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as failure:
        raise Refusal("passkey_refused") from failure
    return Passkey.objects.create(
        person=person,
        name=name[:NAME_MOST],
        credential=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )


def ask(*, site: str) -> tuple[dict[str, Any], str]:
    """What a browser needs to show a passkey of this site, and the challenge to carry."""
    options = webauthn.generate_authentication_options(rp_id=site, user_verification=VERIFIED)
    return json.loads(webauthn.options_to_json(options)), bytes_to_base64url(options.challenge)


def person_by(answer: str, *, challenge: str, site: str, origin: str) -> Person:
    """Who shows their passkey.

    Errors: Refusal("passkey_refused"), the same whatever is wrong.
    """
    try:
        shown = json.loads(answer)
        named = str(shown.get("id", "")) if isinstance(shown, dict) else ""
        kept = Passkey.objects.select_related("person").filter(credential=named).first()
        if kept is None or not kept.person.is_active:
            raise Refusal("passkey_refused")
        checked = webauthn.verify_authentication_response(
            credential=shown,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site,
            expected_origin=origin,
            credential_public_key=bytes(kept.public_key),
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as failure:
        raise Refusal("passkey_refused") from failure
    # A device that counts shows each count once, so a copied answer is worth nothing.
    counted = Passkey.objects.filter(Q(sign_count__lt=checked.new_sign_count) | Q(sign_count=0))
    if not counted.filter(pk=kept.pk).update(sign_count=checked.new_sign_count, used_at=env.now()):
        raise Refusal("passkey_refused")
    return kept.person


def remove(pk: UUID) -> Passkey:
    """Take a passkey away: one's own, or of somebody over whom one stands.

    Errors: Refusal("passkey_unknown"); Forbidden.
    """
    known = Passkey.objects.select_related("person").filter(pk=pk).first()
    if known is None:
        raise Refusal("passkey_unknown")
    require_over(known.person)
    known.delete()
    return known

"""Passkeys: made once, shown with the device unlocked, refused in every other way."""

from typing import Any

import pytest

from tests.kernel.org.conftest import Chain, a_person
from tests.kernel.org.device import Device
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import passkeys, second_factor
from tongpan.kernel.org.models import Passkey, Person
from tongpan.kernel.org.scope import acting

SITE = {"site": "shop.example.cn", "origin": "https://shop.example.cn"}


@pytest.fixture
def lin(chain: Chain) -> Person:
    return a_person("lin", sells=(chain.north, "till.sale.*"))


def made(person: Person, device: Device, **where: str) -> Passkey:
    _options, challenge = passkeys.offer(person, site=SITE["site"], company="北方")
    answer = device.make(challenge)
    return passkeys.add(person, answer, challenge=challenge, name="phone", **(SITE | where))


def shown(device: Device, **more: Any) -> Person | str:
    _options, challenge = passkeys.ask(site=SITE["site"])
    answer = more.pop("answer", None) or device.show(challenge)
    try:
        return passkeys.person_by(answer, **(SITE | {"challenge": challenge} | more))
    except Refusal as refusal:
        return refusal.code


def test_a_device_shows_whose_passkey_it_has(lin: Person) -> None:
    device = Device()
    kept = made(lin, device)
    options, _challenge = passkeys.offer(lin, site=SITE["site"], company="北方")
    first, second = shown(device), shown(device)

    assert (first, second) == (lin, lin)
    assert [one["id"] for one in options["excludeCredentials"]] == [kept.credential]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert passkeys.passkeys_of(lin).get().used_at is not None


def test_a_device_that_does_not_count_is_believed(lin: Person) -> None:
    device = Device(counts=False)
    made(lin, device)

    assert [shown(device), shown(device)] == [lin, lin]


def test_what_is_copied_elsewhere_locked_or_unknown_is_refused_alike(lin: Person) -> None:
    device = Device()
    made(lin, device)
    _options, challenge = passkeys.ask(site=SITE["site"])
    once = device.show(challenge)
    answers = [
        shown(device, answer=once, challenge=challenge),
        shown(device, answer=once, challenge=challenge),  # the same once more
        shown(device, challenge="b3RoZXI"),
        shown(device, origin="https://shop.example.com"),
        shown(Device()),  # another key under the known name
        shown(Device(name=b"unknown")),
        shown(Device(key=device.key, count=9, is_unlocked=False)),
        shown(device, answer="[1]"),
        shown(device, answer="{"),
    ]
    Person.objects.update(is_active=False)

    assert answers == [lin, *["passkey_refused"] * 8]
    assert shown(device) == "passkey_refused"


def test_one_count_opens_once_even_at_the_same_moment(
    lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device()
    made(lin, device)
    real = passkeys.webauthn.verify_authentication_response

    def while_another_was_quicker(**given: Any) -> Any:
        checked = real(**given)
        Passkey.objects.update(sign_count=checked.new_sign_count)
        return checked

    monkeypatch.setattr(
        passkeys.webauthn, "verify_authentication_response", while_another_was_quicker
    )
    assert shown(device) == "passkey_refused"


def test_a_passkey_for_another_site_is_not_kept(lin: Person) -> None:
    with pytest.raises(Refusal, match="passkey_refused"):
        made(lin, Device(), origin="https://shop.example.com")
    with pytest.raises(Refusal, match="passkey_refused"):
        passkeys.add(lin, "nothing", challenge="", name="x", **SITE)

    assert not Passkey.objects.exists()


@pytest.mark.parametrize(
    ("site", "may"),
    [("shop.example.cn", True), ("localhost", True), ("127.0.0.1", False), ("[::1]", False),
     ("", False)],
)  # fmt: skip
def test_a_site_without_a_name_has_no_passkeys(site: str, may: bool) -> None:
    assert passkeys.may_be_used(site) is may


def test_who_looks_after_people_takes_them_away_but_not_of_who_holds_more(
    chain: Chain, lin: Person
) -> None:
    kept = made(lin, Device())
    made(lin, Device(name=b"another"))
    office = a_person("office", people=(chain.hq, "org.person.edit"), sells=(chain.hq, "till.*"))
    clerk = a_person("clerk", people=(chain.north, "org.person.edit"))
    with acting(clerk), pytest.raises(Forbidden):
        passkeys.remove(kept.pk)
    with acting(office):
        passkeys.remove(kept.pk)
        second_factor.remove_all(lin)
        with pytest.raises(Refusal, match="second_factor_off"):
            second_factor.remove_all(lin)
        with pytest.raises(Refusal, match="passkey_unknown"):
            passkeys.remove(env.new_id())

    assert not Passkey.objects.exists()

"""Personal data of colleagues: shown in part, copied, set aside, put back, erased."""

from datetime import timedelta

import pytest

from tests.chain import NOON, Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents import personal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import PersonalState
from tongpan.kernel.documents.personal_actions import (
    COPY,
    ERASE,
    PUT_BACK,
    REVEALS_MOST,
    SET_ASIDE,
)
from tongpan.kernel.org import second_factor
from tongpan.kernel.org.models import Person, PersonContact
from tongpan.kernel.org.people import make_role
from tongpan.kernel.org.scope import MaskedField, system, visible, whole
from tongpan.masters.parties.models import PartyContact

WHY = {"kind": "org.person", "reason": "asked on paper"}
LOOK = "parties.contact.reveal"
PHONE, EMAIL = "13812345678", "lin@example.cn"


@pytest.fixture
def chain(company: str) -> Chain:
    chain = a_chain()
    with chain.as_("zhou", "hq"):
        run("org.person.save", chain.people["lin"].pk, {"phone": PHONE, "email": EMAIL})
    return chain


def test_what_is_shown_in_part_is_whole_only_where_that_was_asked_for(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        short = visible(PersonContact).get()
        again = visible(PersonContact).select_related("person").get()
        everything = visible(PersonContact).values().get()
        for fields in (("phone",), ("pk", "email")):
            with pytest.raises(MaskedField):
                visible(PersonContact).values_list(*fields).get()
        with whole():
            seen = visible(PersonContact).get()
            listed = visible(PersonContact).values_list("phone", flat=True).get()
            told = visible(PersonContact).values().get()
    with system(reason="test"):
        inside = visible(PersonContact).get()

    assert (short.phone, short.email) == (again.phone, again.email) == (
        "138****5678", "l***@example.cn",
    )  # fmt: skip
    assert set(everything) == {"person_id"}
    assert (seen.phone, listed, told["email"], inside.phone) == (PHONE, PHONE, EMAIL, PHONE)


def test_a_copy_holds_all_that_is_kept_and_says_so_in_the_log(chain: Chain) -> None:
    lin = chain.people["lin"]
    with chain.as_("lin", "north"):
        run("org.session.begin", payload={"key": "k", "device": "Chrome"})
    with chain.as_("zhou", "hq"):
        token = {"person": str(lin.pk), "name": "sheet", "days": 1}
        run("org.token.make", None, {**token, "scopes": ["stock.transfer.view"]})
        copied = run(COPY, lin.pk, WHY).result

    assert copied["personal"] == {"phone": PHONE, "email": EMAIL}
    assert (copied["name"], copied["sign_in_name"], copied["state"]) == ("林小雨", "lin", "in_use")
    assert copied["roles"][0]["unit"] == "北门店"
    assert copied["sessions"][0]["device"] == "Chrome"
    assert (copied["tokens"][0]["name"], copied["did"]) == ("sheet", 1)
    line = history_of(lin.pk)[0]
    assert (line.action, line.note, line.changes) == (COPY, "asked on paper", {})


def test_what_is_set_aside_is_nowhere_until_it_is_put_back(chain: Chain) -> None:
    lin = chain.people["lin"]
    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal, match="person_still_signs_in"):
            run(SET_ASIDE, lin.pk, WHY)
        run("org.person.switch_off", lin.pk)
        run(SET_ASIDE, lin.pk, WHY)
        with whole():
            gone = visible(PersonContact).get()
        for code, change in (
            (SET_ASIDE, WHY),
            ("org.person.save", {"phone": "13900000000"}),
        ):
            with pytest.raises(Refusal, match="personal_set_aside"):
                run(code, lin.pk, change)
        copied = run(COPY, lin.pk, WHY).result
        run(PUT_BACK, lin.pk, WHY)
        with pytest.raises(Refusal, match="personal_not_set_aside"):
            run(PUT_BACK, lin.pk, WHY)
        with whole():
            back = visible(PersonContact).get()

    assert (gone.phone, gone.email) == ("", "")
    assert copied["state"] == "restricted"
    assert copied["personal"] == {"phone": PHONE, "email": EMAIL}
    assert (back.phone, back.email) == (PHONE, EMAIL)
    assert personal.state_of(lin.pk) is None


def test_what_is_erased_is_gone_and_what_was_done_stays(chain: Chain) -> None:
    lin = chain.people["lin"]
    second_factor.begin(lin)
    before = history_of(lin.pk).count()
    with chain.as_("zhou", "hq"):
        run("org.person.switch_off", lin.pk)
        run(SET_ASIDE, lin.pk, WHY)
        run(ERASE, lin.pk, WHY)
        with pytest.raises(Refusal, match="personal_erased"):
            run(ERASE, lin.pk, WHY)
        copied = run(COPY, lin.pk, WHY).result

    lin.refresh_from_db()
    assert lin.name == lin.username
    assert lin.name.startswith("#")
    assert not any((lin.has_usable_password(), lin.pin, second_factor.begun(lin)))
    assert PersonContact.objects.filter(phone="", email="").exists()
    assert PersonalState.objects.get().kept == {}
    assert (copied["state"], copied["personal"]) == ("erased", {})
    assert history_of(lin.pk).count() == before + 4


def test_only_who_may_and_says_why_is_answered(chain: Chain) -> None:
    lin, zhou = chain.people["lin"], chain.people["zhou"]
    make_role_of = {"org.personal.handle": None, "see.personal": None, "org.person.edit": None}
    with chain.as_("zhou", "hq"):
        role = make_role("officer", "个人信息专员", make_role_of)
        run("org.grant.give", None,
            {"person": str(chain.people["wang"].pk), "role": str(role.pk),
             "unit": str(chain.units["hq"].pk)})  # fmt: skip
        wrong = (
            ({"kind": "org.person"}, "invalid"),
            ({"kind": "nobody", "reason": "x"}, "not_found"),
        )
        for payload, code in wrong:
            with pytest.raises(Refusal, match=code):
                run(COPY, lin.pk, payload)
        with pytest.raises(Refusal, match="not_found"):
            run(COPY, env.new_id(), WHY)
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run(COPY, lin.pk, WHY)
    Person.objects.update(is_active=True)
    with chain.as_("wang", "hq"):
        assert run(COPY, lin.pk, WHY).result["name"] == "林小雨"
        with pytest.raises(Forbidden):  # she holds more than he does
            run(ERASE, zhou.pk, WHY)


def test_looking_wants_a_right_and_a_reason_and_comes_to_an_end(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "乳业", "is_supplier": True})
        friend = run("parties.contact.save", None, {"party": "V1", "phone": PHONE}).subject
        with pytest.raises(Refusal, match="invalid"):
            run(LOOK, friend)
        with pytest.raises(Refusal, match="not_found"):
            run(LOOK, env.new_id(), {"reason": "a call"})
        run("org.person.reveal", chain.people["lin"].pk)
        for _ in range(REVEALS_MOST - 1):
            run(LOOK, friend, {"reason": "a call"})
        with pytest.raises(Refusal, match="reveals_wait"):
            run("org.person.reveal", chain.people["lin"].pk)
        with env.frozen(NOON + timedelta(hours=1, seconds=1)):
            run("org.person.reveal", chain.people["lin"].pk)
    with chain.as_("wang", "warehouse"), pytest.raises(Forbidden):
        run(LOOK, friend, {"reason": "a call"})

    assert history_of(friend).filter(note="a call").count() == REVEALS_MOST - 1


def test_every_kind_of_people_is_found_and_declared_once() -> None:
    assert "org.person" in [subject.code for subject in personal.subjects()]
    with pytest.raises(AssertionError):
        personal.declare_subject(personal.subjects()[0])


def test_what_comes_back_in_part_stays_as_it_is(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "乳业", "is_supplier": True})
        kept = {"party": "V1", "phone": PHONE, "address": "杭州市西湖区文三路 1 号"}
        friend = run("parties.contact.save", None, kept).subject
        run("parties.contact.save", friend, {"name": "陈", "phone": "138****5678"})
        with pytest.raises(Refusal) as refused:
            run("parties.contact.save", friend, {"phone": "138****0000"})
        with whole():
            row = visible(PartyContact).get()

    assert [p["code"] for p in refused.value.problems] == ["only_a_part"]
    assert (row.name, row.phone, row.address) == ("陈", PHONE, kept["address"])


def test_people_are_found_by_a_word_and_by_a_whole_number(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "乳业", "is_supplier": True})
        run("parties.contact.save", None, {"party": "V1", "name": "陈", "phone": PHONE})

    def found(text: str) -> list[tuple[str, str]]:
        return [
            subject.named(row)
            for subject in personal.subjects()
            for row in subject.model._base_manager.filter(subject.sought(text))
        ]

    assert found(PHONE) == [("林小雨", "lin"), ("陈", "乳业")]
    assert found(PHONE[:8]) == []
    assert found("乳") == [("陈", "乳业")]


def test_who_was_erased_elsewhere_is_not_brought_in_here(chain: Chain) -> None:
    stranger = env.new_id()
    personal.note_erased("parties.contact", stranger, at=NOON)

    with pytest.raises(Refusal, match="personal_set_aside"):
        personal.refuse_set_aside(stranger)

"""Where somebody is named in words that others typed."""

import pytest

from tests.chain import Chain
from tests.kernel.documents.test_gate import PNG
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Attachment, Comment, Document, History, PersonalState
from tongpan.kernel.documents.personal import Subject, find_subject
from tongpan.kernel.documents.traces import traces_of, words_of
from tongpan.masters.parties.models import Party, PartyContact

NAME, PHONE = "金丝雀", "13911112222"


@pytest.fixture
def contact(chain: Chain) -> PartyContact:
    with chain.as_("zhou", "hq"):
        party = {"code": "V1", "name": "乳业", "is_supplier": True, "note": f"找{NAME}"}
        run("parties.party.save", None, party)
        kept = {"party": "V1", "name": NAME, "phone": PHONE, "position": "经理", "is_main": True}
        run("parties.contact.save", None, kept)
    return PartyContact.objects.get()


def subject() -> Subject:
    found = find_subject("parties.contact")
    assert found is not None
    return found


def test_somebody_is_found_wherever_they_are_named_and_not_in_their_own_data(
    chain: Chain, contact: PartyContact
) -> None:
    with chain.as_("zhou", "hq"):
        payload = {"note": f"给 {NAME}"}
        paper = run("stock.transfer.save", payload=payload).subject
        run("stock.transfer.comment", paper, {"text": f"电话 {PHONE}"})
        file = {"name": f"{NAME}.png", "media_type": "image/png", "content": PNG}
        run("stock.transfer.attach", paper, file)
        run("stock.transfer.save", payload={"note": "给经理"})
        found = {(one.model, one.column, one.subject) for one in traces_of(subject(), contact)}

    party = Party.objects.get().pk
    assert found >= {
        (Document, "note", paper), (Comment, "text", paper), (Attachment, "name", paper),
        (Party, "note", party), (History, "changes", party),
    }  # fmt: skip
    assert {whose for _model, _column, whose in found} <= {paper, party, None}


def test_who_was_erased_has_no_words_to_be_found_by(chain: Chain, contact: PartyContact) -> None:
    with chain.as_("zhou", "hq"):
        before = words_of(subject(), contact)
        PersonalState.objects.create(
            subject=contact.pk, kind="parties.contact", state="erased", at="2026-11-21T04:00Z"
        )
        after, found = words_of(subject(), contact), traces_of(subject(), contact)

    assert before == [NAME, PHONE]
    assert (after, found) == ([], [])

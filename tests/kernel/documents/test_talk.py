"""Remarks and files on a document, in whatever state it is."""

import hashlib
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_transfer
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.actions import talk
from tongpan.kernel.documents.actions.talk import clean_name
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Attachment, Blob, Comment, Document, Notice
from tongpan.kernel.org.models import Person, RoleAction
from tongpan.kernel.org.scope import system

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n"
ZIP = b"PK\x03\x04" + bytes(20)
OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.fixture
def draft(chain: Chain) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject


def problems(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        act()
    return [(p["path"], p["code"]) for p in no.value.problems]


# -- remarks -------------------------------------------------------------------------------------


def test_a_remark_tells_those_who_are_mentioned(chain: Chain, draft: UUID) -> None:
    chen, lin = chain.people["chen"], chain.people["lin"]
    with chain.as_("wang", "warehouse"):
        payload = {"text": " Four boxes,\nby noon ", "mentions": [str(chen.pk), lin.pk]}
        made = run("stock.transfer.comment", draft, payload).result

    assert (made.text, made.author) == ("Four boxes,\nby noon", chain.people["wang"])
    assert set(made.mentions) == {chen.pk, lin.pk}
    notices = Notice.objects.filter(document=draft)
    assert {(n.person, n.kind, n.text) for n in notices} == {
        (chen, "mention", made.text),
        (lin, "mention", made.text),
    }
    assert events_of(draft)[-1][0] == "stock.transfer.commented"
    assert Document.unscoped.get(pk=draft).version == 1


def test_only_people_who_are_there_are_mentioned(chain: Chain, draft: UUID) -> None:
    with system(reason="the cast of the tests"):
        gone = Person.objects.create(username="gone", name="Gone", is_active=False)
    with chain.as_("wang", "warehouse"):
        payload = {"text": "hello", "mentions": ["nobody", 7, None, env.new_id(), gone.pk]}
        made = run("stock.transfer.comment", draft, payload).result

    assert made.mentions == []
    assert not Notice.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", None])
def test_an_empty_remark_is_refused(chain: Chain, draft: UUID, text: Any) -> None:
    with chain.as_("wang", "warehouse"):
        say = problems(lambda: run("stock.transfer.comment", draft, {"text": text}))

    assert say == [("text", "empty_comment")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 4001, "too_long"), ("a\0b", "control_character"), (["a"], "not_text")],
)
def test_a_remark_is_a_text_that_can_be_kept(
    chain: Chain, draft: UUID, text: Any, code: str
) -> None:
    with chain.as_("wang", "warehouse"):
        assert problems(lambda: run("stock.transfer.comment", draft, {"text": text})) == [
            ("text", code)
        ]
    assert not Comment.unscoped.exists()


def test_who_sees_a_document_may_talk_about_it_in_every_state(chain: Chain, draft: UUID) -> None:
    with chain.as_("zhou", "warehouse"):
        for action in ("comment", "submit", "comment", "post", "comment", "reverse", "comment"):
            run(f"stock.transfer.{action}", draft, {"text": "so be it", "reason": "so be it"})

    assert Comment.unscoped.filter(document=draft).count() == 4


def test_both_ends_of_a_document_talk_about_it_and_no_third_unit(chain: Chain, draft: UUID) -> None:
    with chain.as_("lin", "north"):
        run("stock.transfer.comment", draft, {"text": "we have no milk left"})
    with chain.as_("zhao", "south"), pytest.raises(Refusal) as no:
        run("stock.transfer.comment", draft, {"text": "neither have we"})

    assert no.value.code == "not_found"


def test_who_holds_something_else_at_a_unit_does_not_talk(chain: Chain, draft: UUID) -> None:
    with system(reason="the cast of the tests"):
        RoleAction.objects.filter(code="stock.transfer.view").delete()
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer.comment", draft, {"text": "we have no milk left"})


def test_the_program_itself_makes_no_remarks(chain: Chain, draft: UUID) -> None:
    with system(reason="a test"):
        for action, payload in (
            ("comment", {"text": "beep"}),
            ("attach", {"name": "a.png", "media_type": "image/png", "content": PNG}),
        ):
            with pytest.raises(AssertionError):
                run(f"stock.transfer.{action}", draft, payload)


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff\xe0" + bytes(20)),
        ("image/webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("application/pdf", PDF),
        (f"{OFFICE}spreadsheetml.sheet", ZIP),
        (f"{OFFICE}wordprocessingml.document", ZIP),
        ("text/plain", "两箱破损".encode()),
        ("text/csv", b""),
    ],
)
def test_files_of_everyday_kinds_are_kept_whole(
    chain: Chain, draft: UUID, media_type: str, content: bytes
) -> None:
    with chain.as_("wang", "warehouse"):
        payload = {"name": "到货照片.dat", "media_type": media_type, "content": content}
        made = run("stock.transfer.attach", draft, payload).result

    kept = Attachment.unscoped.get(pk=made.pk)
    assert (kept.name, kept.media_type, kept.size) == ("到货照片.dat", media_type, len(content))
    assert bytes(kept.digest) == hashlib.sha256(content).digest()
    assert bytes(Blob.objects.get(digest=kept.digest).content) == content
    assert history_of(draft).get(action="stock.transfer.attach").changes == {
        "attachments": [None, "到货照片.dat"]
    }


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", PDF),
        ("image/png", b""),
        ("application/pdf", PNG),
        ("image/webp", b"RIFF\0\0\0\0WAVEfmt "),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("text/html", b"<script>"),
        ("text/plain", b"MZ\x90\0\x03"),
        ("application/zip", ZIP),
        ("application/x-msdownload", b"MZ"),
        ("", PNG),
        ("IMAGE/PNG; x", PNG),
    ],
)
def test_files_that_are_not_what_they_say_or_could_run_are_refused(
    chain: Chain, draft: UUID, media_type: str, content: bytes
) -> None:
    with chain.as_("wang", "warehouse"):
        payload = {"name": "a.png", "media_type": media_type, "content": content}
        say = problems(lambda: run("stock.transfer.attach", draft, payload))

    assert say == [("file", "file_kind")]
    assert not Blob.objects.exists()


def test_a_file_of_ten_megabytes_is_kept_and_one_more_byte_is_not(
    chain: Chain, draft: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "FILE_MAX_BYTES", 1000)
    just, over = PNG.ljust(1000, b"\0"), PNG.ljust(1001, b"\0")
    with chain.as_("wang", "warehouse"):
        payload = {"name": "a.png", "media_type": "image/png"}
        run("stock.transfer.attach", draft, payload | {"content": just})
        say = problems(lambda: run("stock.transfer.attach", draft, payload | {"content": over}))

    assert say == [("file", "file_too_large")]
    assert Attachment.unscoped.get().size == 1000


def test_equal_files_are_kept_once(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        for name in ("a.png", "b.png"):
            payload = {"name": name, "media_type": "image/png", "content": PNG}
            run("stock.transfer.attach", draft, payload)

    assert Attachment.unscoped.filter(document=draft).count() == 2
    assert Blob.objects.count() == 1


def test_a_file_that_was_not_sent_is_refused(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        say = problems(
            lambda: run("stock.transfer.attach", draft, {"name": "a", "media_type": "image/png"})
        )

    assert say == [("file", "file_kind")]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.pdf", "a.pdf"), ("/etc/passwd", "passwd"), ("../../a.pdf", "a.pdf"),
        ("C:\\books\\a.pdf", "a.pdf"), ("", "file"), ("   ", "file"), ("dir/", "file"),
        ("a\0b\r\nc.pdf", "abc.pdf"), ("safe\u202efdp.exe", "safefdp.exe"), ("x" * 200, "x" * 120),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"), ("发票 3.pdf", "发票 3.pdf"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_is_a_name_and_nothing_else(given: str, name: str) -> None:
    assert clean_name(given) == name

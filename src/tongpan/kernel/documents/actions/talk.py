"""Comments and files on a document, in whatever state it is."""

import hashlib
import unicodedata
from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.drafts import said
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.mentions import AT, named_in, names_of_people, who_may_see
from tongpan.kernel.documents.models import Attachment, Blob, Comment, Notice
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may, who
from tongpan.kernel.org.settings import Setting, declare_setting, value_of

FILE_MAX_BYTES = 10 * 1024 * 1024
ATTACHED_MB = declare_setting(
    Setting(
        code="documents.attached_mb",
        kind="integer",
        default=10,
        least=1,
        most=10,
        unit="MB",
        title=_("Largest attached file"),
        help=_("Files are kept in the database, and in every backup of it."),
    )
)
COMMENT_MAX = 4000
NAME_MAX = 120
# What a file says it is must agree with how it begins; nothing that a browser would run.
ACCEPTED = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "application/pdf": b"%PDF",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04",
    "text/plain": b"",
    "text/csv": b"",
}


def comment(doing: Doing) -> None:
    """Add a remark: payload `text` and `mentions`, the ids of people to be told.

    Without `mentions`, whoever the text names with an @ is told, and a name that nobody has is
    asked about.
    """
    doing.require(_where(doing))
    text = said(doing, "text", max_length=COMMENT_MAX)
    if not text:
        raise Refusal("invalid", problems=[{"path": "text", "code": "empty_comment"}])
    author = who().person
    assert author is not None, "A comment has an author."
    wanted = _wanted(doing, text)
    named = list(Person.objects.filter(pk__in=wanted, is_active=True).order_by("name"))
    _refuse_who_cannot_see(doing, named)
    mentions = [person.pk for person in named]
    doing.result = Comment.unscoped.create(
        document=doing.document, author=author, at=doing.at, text=text, mentions=mentions
    )
    Notice.objects.bulk_create(
        Notice(person_id=pk, document=doing.document, kind="mention", text=text, at=doing.at)
        for pk in mentions
    )
    doing.told = {"comment": doing.result.pk, "mentions": [str(m) for m in mentions]}


def _wanted(doing: Doing, text: str) -> Collection[UUID]:
    """Those who should be told: by their ids, else as the text names them."""
    given = doing.payload.get("mentions")
    if given is not None:
        return [named for named in map(as_id, given) if named]
    if AT.search(text) is None:
        return ()
    named, unknown = named_in(text, names_of_people())
    if unknown:
        doing.ask("mention_unknown", names=", ".join(f"@{name}" for name in unknown))
    return named


def _refuse_who_cannot_see(doing: Doing, people: Sequence[Person]) -> None:
    """Who may not see a document is not told what is said about it."""
    sighted = who_may_see(doing.document) if people else ()
    if blind := [person for person in people if person.pk not in sighted]:
        problems = [{"path": "mentions", "code": "cannot_see", "name": p.name} for p in blind]
        raise Refusal("invalid", problems=problems)


def attach(doing: Doing) -> None:
    """Add a file: payload `name`, `media_type` and `content` (bytes)."""
    doing.require(_where(doing))
    name = clean_name(str(doing.payload.get("name") or ""))
    content = doing.payload.get("content") or b""
    media_type = str(doing.payload.get("media_type") or "")
    _refuse_file(name, media_type, content)
    person = who().person
    assert person is not None, "A file is added by somebody."
    digest = hashlib.sha256(content).digest()
    Blob.objects.get_or_create(digest=digest, defaults={"content": content})
    doing.result = Attachment.unscoped.create(
        id=env.new_id(), document=doing.document, name=name, media_type=media_type,
        size=len(content), digest=digest, added_by=person, at=doing.at,
    )  # fmt: skip
    doing.changes = {"attachments": [None, name]}


def clean_name(given: str) -> str:
    """A file's name without folders, and without signs that no screen can show.

    >>> clean_name("C:\\\\books\\\\a.pdf"), clean_name("../../etc/passwd"), clean_name(" ")
    ('a.pdf', 'passwd', 'file')
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    return shown[-NAME_MAX:] or "file"


def _where(doing: Doing) -> OrgUnit:
    """The end of the document at which the person may see it: whoever sees it may talk about it."""
    document = doing.document
    other = document.other_unit
    is_at_other = other is not None and not may(doing.action.permission, document.org_unit)
    return other if is_at_other and other is not None else document.org_unit


def _refuse_file(name: str, media_type: str, content: bytes) -> None:
    max_mb = value_of(ATTACHED_MB)
    if len(content) > min(FILE_MAX_BYTES, max_mb * 2**20):
        problem = {"code": "file_too_large", "name": name, "max_mb": max_mb}
    elif not _is_what_it_says(media_type, content):
        problem = {"code": "file_kind", "name": name}
    else:
        return
    raise Refusal("invalid", problems=[{"path": "file", **problem}])


def _is_what_it_says(media_type: str, content: bytes) -> bool:
    if media_type not in ACCEPTED or not content.startswith(ACCEPTED[media_type]):
        return False
    if media_type == "image/webp":
        return content[8:12] == b"WEBP"  # sound and film begin alike
    return not (media_type.startswith("text/") and b"\0" in content)

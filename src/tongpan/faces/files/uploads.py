"""Files between their upload and their import: each person's own, by digest, for a day."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.scope import who

DAY_S = 24 * 3600
DIGEST = re.compile(r"[0-9a-f]{64}")


def keep(name: str, content: bytes) -> str:
    """Put a file aside and answer its digest, by which its person finds it again."""
    digest = hashlib.sha256(content).hexdigest()
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    forget(digest)
    (folder / digest).write_bytes(content)
    (folder / f"{digest}.name").write_text(name[:200], encoding="utf-8")
    return digest


def kept(digest: str) -> tuple[str, bytes]:
    """The name and the content of a file that the acting person uploaded.

    Errors: Refusal("not_found") if it is not there, or not theirs.
    """
    file = _folder() / digest
    if not DIGEST.fullmatch(digest) or not file.is_file():
        raise Refusal("not_found")
    return (_folder() / f"{digest}.name").read_text(encoding="utf-8"), file.read_bytes()


def forget(digest: str) -> None:
    """Throw a file away that was imported, and all that belongs to it."""
    for file in _folder().glob(f"{digest}*"):
        file.unlink(missing_ok=True)


def beside(digest: str, suffix: str) -> Path:
    """The place of what belongs to an upload of the acting person, kept as long as it.

    Errors: Refusal("not_found") if that is no digest.
    """
    if not DIGEST.fullmatch(digest):
        raise Refusal("not_found")
    return _folder() / f"{digest}.{suffix}"


def all_beside(suffix: str) -> Iterator[Path]:
    """Every such file of the acting person."""
    return _folder().glob(f"*.{suffix}")


def _folder() -> Path:
    person = who().person
    assert person is not None, "An upload is somebody's."
    company: str = connection.schema_name  # type: ignore[attr-defined]
    return Path(settings.DATA) / "uploads" / company / str(person.pk)


def _forget_old(folder: Path) -> None:
    for file in folder.iterdir():
        if file.stat().st_mtime < env.now().timestamp() - DAY_S:
            file.unlink(missing_ok=True)

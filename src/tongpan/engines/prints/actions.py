"""Writing print templates. Who may edit them at a unit says what its papers look like."""

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop
from PIL import Image, ImageOps

from tongpan.base.refusals import Refusal
from tongpan.engines.prints import language
from tongpan.engines.prints.kinds import Kind, kinds
from tongpan.engines.prints.models import Paper, PrintTemplate, Spacing
from tongpan.kernel.documents.fields import Problem, Unreadable, as_id, read_text
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Blob
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import listed, say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.permissions import declare_permission
from tongpan.masters.items.rules.pictures import clean_picture

EDIT = "prints.template.edit"
KIND = "prints.template"
NAME_MAX, TITLE_MAX = 60, 200
LOGO_MAX = 2 * 2**20
LOGO_SIDES = (900, 300)  # a printer's dots for 75 × 25 mm
TEXTS = ("title", "head", "foot", "signatures")
ONE_LINE = ("name", "title")

declare_permission(
    EDIT, _("Edit print templates"), _("What papers of a unit and below say and show.")
)
say("template_column", noop("No column is called {given} there."))


def save(doing: Doing) -> None:
    """Make a template or change it.

    Payload: `name`, `kind`, `unit` (an id), `paper`, `title`, `head`, `foot`, `columns` (a list of
    names), `signatures`, `shows_words`, `spacing`. All of it is said each time.
    """
    before = _locked(doing)
    given = as_id(doing.payload.get("unit"))
    unit = OrgUnit.objects.filter(pk=given).first() if given else None
    if unit is None:
        raise Refusal(
            "invalid", problems=[{"path": "unit", "code": "required", "label": _("Unit")}]
        )
    doing.require(unit)
    if before is not None and before.unit_id != unit.pk:
        doing.require(before.unit)
    now = before or PrintTemplate(pk=doing.subject)
    values = {"unit": unit, **_read(doing, unit, before)}
    for name, value in values.items():
        was = None if before is None else getattr(now, name)
        if before is None or was != value:
            doing.changes[name] = [_told(was), _told(value)]
        setattr(now, name, value)
    now.save()
    doing.result, doing.kind, doing.org_unit = now, KIND, unit


def _told(value: Any) -> Any:
    return value.pk if isinstance(value, OrgUnit) else value


def _read(doing: Doing, unit: OrgUnit, before: PrintTemplate | None) -> dict[str, Any]:
    said, problems = doing.payload, list[Problem]()
    kind = kinds().get(str(said.get("kind") or ""))
    if kind is None:
        problems.append({"path": "kind", "code": "required", "label": _("what for")})
    read: dict[str, Any] = {"kind": kind.code if kind else ""}
    read["name"] = _text(problems, said, "name", NAME_MAX)
    if not read["name"]:
        problems.append({"path": "name", "code": "required", "label": _("name")})
    same = PrintTemplate.objects.filter(kind=read["kind"], unit=unit, name=read["name"])
    if same.exclude(pk=doing.subject).exists():
        facts = {"label": _("name"), "given": read["name"]}
        problems.append({"path": "name", "code": "duplicate", **facts})
    for path in TEXTS:
        most = TITLE_MAX if path == "title" else language.CHARS_MAX
        read[path] = _text(problems, said, path, most)
        problems += _refused(path, read[path], kind)
    for path, choices in (("paper", Paper), ("spacing", Spacing)):
        given = str(said.get(path) or choices.values[0 if path == "paper" else 1])
        if given not in choices.values:
            labels = listed(map(str, choices.labels))
            facts = {"given": given[:40], "choices": labels}
            problems.append({"path": path, "code": "not_a_choice", **facts})
        read[path] = given
    read["columns"] = [str(name) for name in said.get("columns") or ()]
    problems += [
        {"path": "columns", "code": "template_column", "given": name[:40]}
        for name in read["columns"]
        if kind is not None and name not in kind.columns
    ]
    read["shows_words"] = said.get("shows_words", True) in (True, "true", "1", "on")
    if problems:
        raise Refusal("invalid", problems=problems)
    return read


def _text(problems: list[Problem], said: Any, path: str, most: int) -> str:
    """A text as it may be kept, without signs that nobody sees."""
    try:
        return read_text(said.get(path) or "", max_length=most, has_lines=path not in ONE_LINE)
    except Unreadable as wrong:
        problems.append({"path": path, "code": wrong.code, **wrong.facts})
        return ""


def _refused(path: str, text: str, kind: Kind | None) -> Iterator[Problem]:
    """What of a text may not be written, with its line and position."""
    if kind is not None:
        try:
            language.check(text, kind.names)
        except Refusal as wrong:
            yield {"path": path, "code": wrong.code, **wrong.facts}


def switch(doing: Doing) -> None:
    """Use a template or stop using it: payload `is_active`. Without one the built-in form holds."""
    one = _theirs(doing)
    is_active = bool(doing.payload.get("is_active"))
    doing.changes = {"is_active": [one.is_active, is_active]}
    one.is_active = is_active
    one.save(update_fields=["is_active"])


def set_logo(doing: Doing) -> None:
    """Give a template a picture instead of the mark: payload `name` and `content` (bytes)."""
    one = _theirs(doing)
    name, content = str(doing.payload.get("name") or "")[:120], doing.payload.get("content") or b""
    try:
        if len(content) > LOGO_MAX:
            raise Refusal("picture_too_large", name=name, max_mb=LOGO_MAX // 2**20)
        picture = clean_picture(name, content)
        small = _small(name, picture.content)
    except Refusal as wrong:
        problem = {"path": "file", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None
    digest = hashlib.sha256(small).digest()
    Blob.objects.get_or_create(digest=digest, defaults={"content": small})
    doing.changes = {"logo": [_mark(one), digest.hex()[:12]]}
    one.logo, one.logo_type = digest, "image/png"
    one.save(update_fields=["logo", "logo_type"])


def _small(name: str, content: bytes) -> bytes:
    """The picture in the size of a paper's head."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refusal("picture_broken", name=name) from None
    picture.thumbnail(LOGO_SIDES)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def drop_logo(doing: Doing) -> None:
    """Take the picture away again."""
    one = _theirs(doing)
    doing.changes = {"logo": [_mark(one), None]}
    one.logo, one.logo_type = None, ""
    one.save(update_fields=["logo", "logo_type"])


def _mark(one: PrintTemplate) -> str | None:
    return bytes(one.logo).hex()[:12] if one.logo else None


def _theirs(doing: Doing) -> PrintTemplate:
    one = _locked(doing)
    if one is None:
        raise Refusal("not_found")
    doing.require(one.unit)
    doing.kind, doing.result = KIND, one
    return one


def _locked(doing: Doing) -> PrintTemplate | None:
    rows = PrintTemplate.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.filter(pk=doing.subject).first()


ACTIONS: tuple[tuple[str, Any, Callable[[Doing], None], str], ...] = (
    ("save", _("Save a print template"), save, "saved"),
    ("switch", _("Use a print template or not"), switch, "switched"),
    ("set_logo", _("Give a print template a logo"), set_logo, "logo_set"),
    ("drop_logo", _("Take a logo away"), drop_logo, "logo_dropped"),
)
for _code, _title, _run, _past in ACTIONS:
    _event = declare_event(f"{KIND}.{_past}", _title)
    register_action(
        Action(code=f"{KIND}.{_code}", title=_title, run=_run, permission=EDIT, event=_event)
    )

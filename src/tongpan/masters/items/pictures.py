"""The pictures of an item: added, put in order, taken away. The first one stands for the item."""

import hashlib
from collections.abc import Iterable
from typing import NoReturn

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.talk import clean_name
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Blob
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.masters.items.models import Item, ItemPicture, SmallPicture
from tongpan.masters.items.rules.pictures import clean_picture
from tongpan.masters.items.rules.small import MEDIA_TYPE, small_copy
from tongpan.masters.items.types import ITEM

FILE_MAX = 5 * 2**20
PICTURES_MAX = 12
CHANGED = "items.item.pictured"

say("picture_kind", noop("{name} is no picture that can be kept. Use JPEG, PNG or WebP."))
say("picture_broken", noop("{name} is damaged or moves. Save it again as JPEG, PNG or WebP."))
say("picture_too_many_pixels", noop("{name} has too many pixels. Make it smaller."))
say("picture_too_large", noop("{name} is larger than {max_mb} MB."))
say("too_many_pictures", noop("An item has at most {pictures_max} pictures."))


def add_picture(doing: Doing) -> None:
    """Add a picture as the last one: payload `name` and `content` (bytes)."""
    item, there = _item(doing)
    name = clean_name(str(doing.payload.get("name") or ""))
    content = doing.payload.get("content") or b""
    if len(content) > FILE_MAX:
        _refuse(Refusal("picture_too_large", name=name, max_mb=FILE_MAX // 2**20))
    if len(there) >= PICTURES_MAX:
        _refuse(Refusal("too_many_pictures", pictures_max=PICTURES_MAX))
    try:
        picture = clean_picture(name, content)
    except Refusal as wrong:
        _refuse(wrong)
    digest = hashlib.sha256(picture.content).digest()
    Blob.objects.get_or_create(digest=digest, defaults={"content": picture.content})
    row = ItemPicture(
        id=env.new_id(), item=item, position=len(there) + 1, name=name, digest=digest,
        media_type=picture.media_type, size=len(picture.content),
        width=picture.width, height=picture.height,
    )  # fmt: skip
    row.save(force_insert=True)
    _keep_small(row, picture.content)
    doing.result, doing.note = row, name
    doing.changes = {"pictures": [_named(there), _named([*there, row])]}


def order_pictures(doing: Doing) -> None:
    """Put pictures first: payload `first`, their ids in order. The others stay as they were."""
    _item_row, there = _item(doing)
    by_id = {row.pk: row for row in there}
    first = [by_id[pk] for raw in doing.payload.get("first") or () if (pk := as_id(raw)) in by_id]
    rows = list(dict.fromkeys([*first, *there]))
    _renumber(rows)
    doing.note = rows[0].name if rows else ""
    doing.changes = {"pictures": [_named(there), _named(rows)]}


def remove_picture(doing: Doing) -> None:
    """Take a picture away: payload `picture`, its id."""
    _item_row, there = _item(doing)
    gone = next((r for r in there if r.pk == as_id(doing.payload.get("picture"))), None)
    if gone is None:
        raise Refusal("not_found")
    rest = [row for row in there if row is not gone]
    gone.delete()
    _renumber(rest)
    doing.note = gone.name
    doing.changes = {"pictures": [_named(there), _named(rest)]}


def shown_small(row: ItemPicture) -> tuple[str, bytes]:
    """What lists show of a picture: the kind of its smaller copy, and its bytes.

    A picture that came in before there were copies gets its own now.
    """
    small = SmallPicture.objects.filter(picture=row).first()
    content = bytes(small.content) if small else _keep_small(row, content_of(row))
    return (MEDIA_TYPE, content) if content else (row.media_type, content_of(row))


def content_of(row: ItemPicture) -> bytes:
    """The bytes of a picture."""
    return bytes(Blob.objects.values_list("content", flat=True).get(digest=row.digest))


def _keep_small(row: ItemPicture, content: bytes) -> bytes:
    made = small_copy(row.media_type, content) or b""
    # Two who ask at the same time make the same.
    SmallPicture.objects.bulk_create(
        [SmallPicture(picture=row, content=made)], ignore_conflicts=True
    )
    return made


def _item(doing: Doing) -> tuple[Item, list[ItemPicture]]:
    """The item, locked, so that two people who order its pictures take turns."""
    doing.require(None)
    item = Item.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if item is None:
        raise Refusal("not_found")
    return item, list(item.pictures.order_by("position", "pk"))


def _renumber(rows: Iterable[ItemPicture]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def _named(rows: Iterable[ItemPicture]) -> str:
    return ", ".join(row.name for row in rows)


def _refuse(wrong: Refusal) -> NoReturn:
    raise Refusal("invalid", problems=[{"path": "file", "code": wrong.code, **wrong.facts}])


declare_event(CHANGED, _("Item: pictures changed"))
for _verb, _title, _run in (
    ("add_picture", _("Add a picture"), add_picture),
    ("order_pictures", _("Put pictures in order"), order_pictures),
    ("remove_picture", _("Take a picture away"), remove_picture),
):
    register_action(
        Action(
            code=ITEM.permission(_verb), title=_title, run=_run, event=CHANGED, type=ITEM,
            permission=ITEM.permission("save"),
        )
    )  # fmt: skip

"""The pictures of an item: the card on its page, the doors behind it, the pictures themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import units_here
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org.scope import visible
from tongpan.masters.items.models import Item, ItemPicture
from tongpan.masters.items.pictures import content_of, shown_small

VIEW, SAVE = "items.item.view", "items.item.save"
ACCEPT = "image/jpeg,image/png,image/webp"


def address(picture: ItemPicture) -> str:
    return reverse("picture-items.item", args=[picture.item_id, picture.pk])


def small_address(picture: ItemPicture) -> str:
    return reverse("small-picture-items.item", args=[picture.item_id, picture.pk])


def card(item: Item, rows: list[ItemPicture], *, may_save: bool) -> pages.Card | None:
    """All pictures of an item, with what can be done; nothing where there is nothing to do."""
    if not rows and not may_save:
        return None
    upload = pages.Upload(_("Add pictures"), reverse("item-picture-add", args=[item.pk]), ACCEPT)
    return pages.Card(
        _("Pictures"),
        pictures=tuple(
            pages.Picture(
                address(row), row.name, small_address(row),
                note=_("main picture") if n == 0 else "",
                actions=tuple(_deeds(item, rows, n)) if may_save else (),
            )
            for n, row in enumerate(rows)
        ),
        upload=upload if may_save else None,
        empty=_("None yet."),
    )  # fmt: skip


def _deeds(item: Item, rows: list[ItemPicture], place: int) -> list[pages.Action]:
    ids = [str(row.pk) for row in rows]
    mine = ids[place]
    order = reverse("item-picture-order", args=[item.pk])

    def put(title: str, to: int) -> pages.Action:
        rest = [pk for pk in ids if pk != mine]
        first = ",".join([*rest[:to], mine, *rest[to:]])
        return pages.Action(title, order, method="post", fields={"first": first})

    deeds = []
    if place > 0:
        deeds.append(put(_("Make it the main picture"), 0))
    if place > 1:
        deeds.append(put(_("Move forward"), place - 1))
    if place < len(rows) - 1:
        deeds.append(put(_("Move back"), place + 1))
    confirm = pages.Confirm(
        _("Take this picture away?"),
        _("It can be added again from its file."),
        _("Take the picture away"),
    )
    remove = pages.Action(
        _("Take the picture away"), reverse("item-picture-remove", args=[item.pk]), method="post",
        fields={"picture": mine}, tone="danger", icon="trash", confirm=confirm,
    )  # fmt: skip
    return [*deeds, remove]


@entry(permission=VIEW, scope="units", field_policy="masked")
def picture(request: HttpRequest, row_id: UUID, picture_id: UUID) -> HttpResponse:
    """One picture, which stays the same under its address for ever."""
    row = _found(row_id, picture_id)
    return _sent(row.media_type, content_of(row))


@entry(permission=VIEW, scope="units", field_policy="masked")
def small_picture(request: HttpRequest, row_id: UUID, picture_id: UUID) -> HttpResponse:
    """The same picture as lists show it."""
    return _sent(*shown_small(_found(row_id, picture_id)))


def _found(row_id: UUID, picture_id: UUID) -> ItemPicture:
    item = visible(Item, VIEW).filter(pk=row_id).first()
    row = ItemPicture.objects.filter(pk=picture_id, item=item).first() if item else None
    if row is None:
        raise Http404
    return row


def _sent(media_type: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )


@entry(permission=SAVE, scope="units", field_policy="masked", methods=("POST",))
def add(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Add the pictures that were sent, those before one that is refused too."""
    files = [f for f in request.FILES.getlist("file") if isinstance(f, UploadedFile)]
    for file in files:
        payload = {"name": file.name, "content": file.read()}
        if (no := _refused(request, row_id, "add_picture", payload)) is not None:
            return no
    return show.go(request, _page(row_id))


@entry(permission=SAVE, scope="units", field_policy="masked", methods=("POST",))
def order(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Put the pictures in the order that was sent."""
    payload = {"first": request.POST.get("first", "").split(",")}
    no = _refused(request, row_id, "order_pictures", payload)
    return no or show.go(request, _page(row_id))


@entry(permission=SAVE, scope="units", field_policy="masked", methods=("POST",))
def remove(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Take one picture away."""
    payload = {"picture": request.POST.get("picture", "")}
    no = _refused(request, row_id, "remove_picture", payload)
    return no or show.go(request, _page(row_id))


def _page(row_id: UUID) -> str:
    return reverse("master-items.item", args=[row_id])


def _refused(
    request: HttpRequest, row_id: UUID, verb: str, payload: Mapping[str, Any]
) -> HttpResponse | None:
    """Do it; the page of the item with what is wrong if it was refused."""
    from tongpan.faces.backoffice.items import page_of  # which has the card of this module

    try:
        run(f"items.item.{verb}", row_id, payload)
    except Refusal as refusal:
        if isinstance(refusal, Forbidden) or refusal.code == "not_found":
            raise Http404 from None
        said = explain(refusal)
        details = tuple(problem["message"] for problem in said["problems"])
        problem = pages.ErrorPanel(said["detail"], details=details, code=refusal.code)
        return show.page(request, page_of(row_id, units_here(request), problem=problem), status=422)
    return None

"""The customer's display: a page of the machine that is a till, for a second screen or a tablet.

It needs nobody to be signed in: the machine's own signed mark says which till it belongs to. It
shows what is in the basket, which the customer sees on the counter anyway, and nothing else.
"""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.business.till import display
from tongpan.business.till.actions import RING_UP
from tongpan.faces.kit.entry import PUBLIC, STANDS_ITSELF, entry
from tongpan.faces.pos.machine import COOKIE, answers
from tongpan.faces.pos.reading import body_of
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import system
from tongpan.masters.items.pictures import content_of


def _till(request: HttpRequest) -> OrgUnit | None:
    """The till that this machine was told to be."""
    kept = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE)
    return display.till_of(UUID(kept)) if kept else None


@entry(permission=PUBLIC, scope="none", field_policy="none")
def screen(request: HttpRequest) -> HttpResponse:
    """The page; a machine that is no till yet is asked which."""
    with system(reason="customer display"):
        till = _till(request)
        if till is None or till.parent is None:
            return HttpResponseRedirect(reverse("till-choose"))
        with override(display.language_of(till) or get_language()):
            context = {
                "store": till.parent,
                "boot": {
                    "till": str(till.pk),
                    "far": display.is_far(till),
                    "pages": _pages(till),
                },
                "words": {"change": _("Change")},
                "csp_nonce": getattr(request, "csp_nonce", ""),
            }
            return HttpResponse(render_to_string("pos/display.html", context, request))


def _today(till: OrgUnit) -> date:
    assert till.parent is not None, "A till stands in a store."
    return business_date(till.parent, env.now())


def _pages(till: OrgUnit) -> list[dict[str, str]]:
    """The texts that take turns while nobody buys, and where their pictures are."""
    return [
        {
            "text": row.text,
            "picture": reverse("till-display-picture", args=[row.pk]) if row.item_id else "",
        }
        for row in display.pages_of(till, _today(till))
    ]


@entry(permission=PUBLIC, scope="none", field_policy="none")
def picture(request: HttpRequest, page_id: UUID) -> HttpResponse:
    """The picture of a page that this machine's display shows now."""
    with system(reason="customer display"):
        till = _till(request)
        found = till and till.parent and display.picture_of(till, _today(till), page_id)
        if not found:
            raise Http404
        return HttpResponse(
            content_of(found), content_type=found.media_type,
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=600",
                     "Content-Security-Policy": "sandbox; default-src 'none'"},
        )  # fmt: skip


@entry(permission=PUBLIC, scope="none", field_policy="none")
def now(request: HttpRequest) -> HttpResponse:
    """What the till said last, for a display on another machine."""
    with system(reason="customer display"):
        till = _till(request)
        if till is None:
            raise Http404
        version, told = display.shown_at(till)
    is_known = request.GET.get("after") == version
    return JsonResponse({"version": version, "told": None if is_known else told})


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def tell(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Keep what the till's own display shows, for a display on another machine."""
    told = body_of(request)
    if display.is_far(till) and len(json.dumps(told)) <= display.TOLD_MOST:
        display.keep(till, told)
    return {}


for _view in (screen, picture, now):
    setattr(_view, STANDS_ITSELF, True)

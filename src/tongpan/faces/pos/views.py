"""The till's own pages: which till this machine is, who stands at it, and the screen itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.coupons.actions import PASS_ON
from tongpan.business.membership.actions import JOIN, RENEW
from tongpan.business.membership.queries import FIND
from tongpan.business.sales.queries import EXCEED
from tongpan.business.shifts.queries import KEEP
from tongpan.business.stored_value.documents import CARD_SALE, TOP_UP
from tongpan.business.till import display, queries
from tongpan.business.till.actions import PAY_BACK_OTHERWISE, RING_UP, TAKE_BACK
from tongpan.business.till.baskets import CHANGE_PRICE
from tongpan.business.till.beyond import MAY_PUT
from tongpan.business.till.drawer import OPEN
from tongpan.business.till.on_account import ACCOUNT, ON_ACCOUNT
from tongpan.business.till.parking import REASON_NEEDED
from tongpan.business.till.preview import is_plain_at
from tongpan.business.till.without_slip import WITHOUT_SLIP
from tongpan.faces.kit import formats
from tongpan.faces.kit.coming_in import come_in
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import UNIT_KEY, frame_context, theme_of
from tongpan.faces.pos import exchanging, papers, paying, prices, shifts
from tongpan.faces.pos.machine import answers, at_till, remember, till_of
from tongpan.faces.pos.reading import body_of, id_of
from tongpan.faces.pos.words import words
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, person_may
from tongpan.kernel.org.settings import value_of
from tongpan.kernel.org.sign_in import check_pin

say("slip_unknown", "No slip of this store has the number {given}.")
say("clerk_may_not_sell", "{name} may not ring up at this till.")


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("GET", "POST"))
def choose(request: HttpRequest) -> HttpResponse:
    """Say which till this machine is; asked once."""
    tills = list(queries.tills())
    if request.method == "POST":
        chosen = id_of(request.POST.get("till"))
        till = next((t for t in tills if t.pk == chosen), None)
        if till is None:
            raise Refusal("not_found")
        answer = HttpResponseRedirect(reverse("till"))
        remember(answer, till, is_secure=request.is_secure())
        return answer
    stores: dict[OrgUnit, list[OrgUnit]] = {}
    for till in tills:
        assert till.parent is not None, "A till stands in a store."
        stores.setdefault(till.parent, []).append(till)
    now = till_of(request)
    context = {"stores": list(stores.items()), "now": now, **frame_context(request)}
    return HttpResponse(render_to_string("pos/choose.html", context, request))


@entry(permission=RING_UP, scope="units", field_policy="masked")
@at_till
def screen(request: HttpRequest, till: OrgUnit) -> HttpResponse:
    """The till, full screen. All figures of the basket live in the page until it is paid."""
    assert till.parent is not None, "A till stands in a store."
    context = {
        "till": till,
        "store": till.parent,
        "clerk": request.user,
        "day": formats.day(business_date(till, env.now())),
        "boot": _boot(request, till),
        "words": words(),
        "theme": theme_of(request),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "may_take_back": may(TAKE_BACK, till),
        "may_open_drawer": may(OPEN, till),
        "may_keep_shift": may(KEEP, till),
        "may_see_goods": may("items.item.view", till),
    }
    return HttpResponse(render_to_string("pos/till.html", context, request))


def _boot(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What the script must know before the first scan."""
    pay = paying.boot_of(till)
    return {
        "code_ranges": pay["code_ranges"],
        "till": str(till.pk),
        "store": str(till.parent_id),
        "day_cut": f"{till.parent.day_cut:%H:%M}" if till.parent else "",
        "person": str(request.user.pk),
        "zone": till.time_zone,
        "icons": static("dist/icons.svg"),
        "may_change_price": may(CHANGE_PRICE, till),
        "discounts": prices.boot_of(till),
        "is_plain": till.parent is None or is_plain_at(till.parent),
        "may_take_back": may(TAKE_BACK, till),
        "may_pay_back_otherwise": may(PAY_BACK_OTHERWISE, till),
        "may_reverse": all(may(right, till) for right in exchanging.REVERSING),
        "may_take_without_slip": may(WITHOUT_SLIP, till),
        "may_open_drawer": may(OPEN, till),
        "printer": papers.boot_of(till),
        "shift": shifts.boot_of(till),
        "may_exceed_credit": may(EXCEED, till),
        "may_put_on_books": may(MAY_PUT, till),
        "may_find_member": may(FIND, till),
        "may_join": may(JOIN, till),
        "may_renew": may(RENEW, till),
        "may_pass_on": may(PASS_ON, None),
        "may_top_up": may(TOP_UP.permission("post"), till),
        "may_sell_cards": may(CARD_SALE.permission("post"), till),
        "needs_reason": value_of(REASON_NEEDED, till),
        "display_far": display.is_far(till),
        "parked": queries.parked(till).count(),
        "methods": [
            {
                "code": method.code,
                "name": method.name,
                "gives_change": method.gives_change,
                "is_refundable": method.is_refundable or method.kind != "money",
                "is_by_provider": method.is_by_provider,
                "is_by_hand": str(method.pk) in pay["terminals"],
                "kind": method.kind,
            }
            for method in queries.methods()
            if method.kind != ACCOUNT or may(ON_ACCOUNT, till)
        ],
    }


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def clerk(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Another clerk takes over with their sign-in name and PIN; the machine stays this till."""
    body = body_of(request)
    person = check_pin(str(body.get("code") or ""), str(body.get("pin") or ""), unit=till)
    if not person_may(person.held_permissions(), RING_UP, till):
        raise Refusal("clerk_may_not_sell", name=person.name)
    come_in(request, person, lasts_s=0)
    request.session[UNIT_KEY] = str(till.parent_id)
    return {"name": person.name}

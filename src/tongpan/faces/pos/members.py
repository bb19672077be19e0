"""Members at the till: found, joined, topped up, and what they have shown to who serves them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries as coupons
from tongpan.business.coupons.actions import PASS_ON
from tongpan.business.membership import queries as membership
from tongpan.business.membership.actions import JOIN, RENEW
from tongpan.business.membership.models import Member, name_in_part
from tongpan.business.stored_value.documents import TOP_UP
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.card_words import of_member as cards_of
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.prepaid import posted
from tongpan.faces.pos.reading import amount_of, body_of, id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.rules import masked_phone

say("member_not_found", "No member has the phone, card or name {given}.")


@entry(permission=membership.FIND, scope="units", field_policy="masked")
@answers
def find(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Members by their whole phone number, card or name, with what they have; `id` for one."""
    on = business_date(till, env.now())
    if asked := request.GET.get("id"):
        known = membership.member_by_id(id_of(asked))
        found = [known] if known is not None else []
    else:
        found = membership.find_members(request.GET.get("q", ""))
    if not found:
        raise Refusal("member_not_found", given=request.GET.get("q", "")[:40])
    return {"members": [told(member, on) for member in found]}


@entry(permission=JOIN, scope="units", field_policy="masked", methods=("POST",))
@answers
def join(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Let a customer join, under the id that the screen gave; sent again, it is the same member."""
    body = body_of(request)
    payload = {name: str(body.get(name) or "")[:60] for name in ("phone", "name", "birthday")}
    done = run(JOIN, payload=payload | {"consent": body.get("consent") is True},
               request_id=id_of(body.get("id")))  # fmt: skip
    return {"member": told_by_id(done.subject, business_date(till, env.now()))}


@entry(permission=RENEW, scope="units", field_policy="masked", methods=("POST",))
@answers
def renew(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Make the stored value of a member valid again, under the id of the request."""
    body = body_of(request)
    member = id_of(body.get("member"))
    run(RENEW, member, request_id=id_of(body.get("id")))
    return {"member": told_by_id(member, business_date(till, env.now()))}


@entry(
    permission=TOP_UP.permission("post"), scope="units", field_policy="masked", methods=("POST",)
)
@answers
def top_up(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Money that a member pays in, under the id that the screen gave; sent again, it is the same.

    `is_to_be_charged` where a code or a card must be charged for it first, under the same id.
    """
    body = body_of(request)
    member, amount = id_of(body.get("member")), amount_of(body.get("amount"))
    line = {"member": str(member), "amount": amount}
    document = posted(TOP_UP, id_of(body.get("id")), till, str(body.get("method"))[:60], line)
    if document is None:
        return {"is_to_be_charged": amount}
    return {
        "number": document.number,
        "amount": formats.money(document.total, "CNY"),
        "member": told_by_id(member, business_date(till, env.now())),
    }


@entry(permission=PASS_ON, scope="company", field_policy="masked", methods=("POST",))
@answers
def pass_on(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Let another member hold a coupon of a member: `to` is the phone or card of who gets it.

    Errors: Refusal member_not_found; coupon_not_passed_on or coupon_gone.
    """
    body, on = body_of(request), business_date(till, env.now())
    member, code = id_of(body.get("member")), str(body.get("code") or "")
    held = coupons.look((), member, on).get(code)
    found = membership.find_members(str(body.get("to") or ""))
    if held is None or len(found) != 1 or found[0].pk == member:
        raise Refusal("member_not_found", given=str(body.get("to") or "")[:40])
    run(PASS_ON, held.id, {"member": str(found[0].pk)}, request_id=id_of(body.get("id")))
    return {"member": told_by_id(member, on), "to": told(found[0], on)["code"]}


def told_by_id(member: UUID, on: date) -> dict[str, Any]:
    """What the screen shows of a member."""
    found = membership.member_by_id(member)
    if found is None:
        raise Refusal("not_found")
    return told(found, on)


def told(member: Member, on: date) -> dict[str, Any]:
    """What the screen shows of a member: in part who they are, and what they have."""
    standing = membership.standing_of(member.pk, on)
    points = standing.points(on)
    held = coupons.look((), member.pk, on)
    loose = coupons.transferable({one.kind for one in held.values()})
    return {
        "id": str(member.pk),
        "code": member.code,
        "name": name_in_part(member.name) if member.name else "",
        "phone": masked_phone(member.phone) if member.phone else "",
        "tier": member.tier.name if member.tier else "",
        "tier_id": str(member.tier_id or ""),
        "points": plain(points),
        "points_debt": plain(standing.debt),
        "points_per_yuan": plain(standing.points_per_yuan),
        "has_programme": standing.programme is not None,
        "stored": plain(standing.stored),
        "principal": plain(standing.principal),
        "bonus": plain(standing.bonus),
        "stored_until": formats.day(standing.stored_until) if standing.stored_until else "",
        "is_stored_over": standing.is_stored_over(on),
        "coupons": [
            {
                "code": code,
                "name": one.name,
                "until": formats.day(one.valid_until) if one.valid_until else "",
                "is_transferable": one.kind in loose,
            }
            for code, one in held.items()
            if one.valid_from is None or one.valid_from <= on
        ],
        "cards": cards_of(member.pk, on),
        "has_birthday": member.birthday == f"{on:%m-%d}",
    }

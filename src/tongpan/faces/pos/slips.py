"""Slips at the till: on paper, of today, found by number, and what a customer brings back."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.counting import counted
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.coupons.models import Coupon
from tongpan.business.coupons.queries import given_for_sale
from tongpan.business.membership import queries as membership
from tongpan.business.selfservice.queries import page_on, slip_url
from tongpan.business.shifts.queries import LOOK, open_shift
from tongpan.business.till import queries
from tongpan.business.till.actions import PAY_BACK_OTHERWISE, TAKE_BACK
from tongpan.business.till.documents import RETURN, SALE, title_of
from tongpan.business.till.models import LineShare, Return, Sale, SlipPayment
from tongpan.business.till.on_account import ACCOUNT
from tongpan.engines.prints.choosing import templates_for
from tongpan.engines.prints.models import Paper, PrintTemplate
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived.dressing import dressed, published
from tongpan.faces.kit.derived.previews import declare_preview
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import company_name, theme_of
from tongpan.faces.pos.card_words import on_paper
from tongpan.faces.pos.machine import answers, at_till, standing_at
from tongpan.faces.pos.reading import amount_of, body_of, id_of, payments_of, rows_of
from tongpan.faces.pos.words import words
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, Person, business_date
from tongpan.kernel.org.scope import may, visible
from tongpan.kernel.org.sign_in import authorise
from tongpan.masters.items.models import Dimension

say("counted_blind", "A shift runs here, and its cash is counted blind. Close it first.")
SELL = "till.sale.ring_up"
NO_SHARES: tuple[list[tuple[str, str]], Decimal] = ([], ZERO)
STRIPS = (Paper.STRIP_80, Paper.STRIP_58)


# -- paper ---------------------------------------------------------------------------------------


@entry(permission=SELL, scope="units", field_policy="masked")
@at_till
def look(request: HttpRequest, till: OrgUnit, slip: UUID) -> HttpResponse:
    """A slip as it is printed, on a page of its own."""
    context = {
        **paper(slip, till),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": theme_of(request),
        "words": words(),
    }
    return HttpResponse(render_to_string("pos/slip.html", context, request))


@entry(permission=SELL, scope="units", field_policy="masked", methods=("POST",))
@answers
def print_slip(request: HttpRequest, till: OrgUnit, slip: UUID) -> dict[str, Any]:
    """The paper, counted: from the second time on it says which it is. A look is not counted."""
    context = paper(slip, till)
    if request.GET.get("look") is None:
        context["copy"] = run(f"{context['kind']}.print", slip).result
        return {"html": render_to_string("pos/parts/slip.html", context)}
    token = context["invoice_code"]
    return {
        "html": render_to_string("pos/parts/slip.html", context),
        "exchange": _undoable(slip),
        "invoice": reverse("own-slip", args=[token]) if token else "",
    }


def paper(slip: UUID, till: OrgUnit) -> dict[str, Any]:
    """What stands on the paper of a slip of this till's store.

    Errors: Refusal not_found.
    """
    told = slip_on_paper(_at_the_store(slip, till))
    store = till.parent
    assert store is not None, "A till stands in a store."
    found = (t for t in templates_for(told["kind"], store) if t.paper in STRIPS)
    return told | as_wanted(told, store, next(found, None))


def slip_on_paper(document: Document) -> dict[str, Any]:
    """What stands on the paper of a slip before anybody wants it otherwise."""
    slip = document.pk
    body = queries.slip_of(document)
    is_sale = document.type == SALE.code
    shares, payments = queries.shares_and_payments(slip, is_sale=is_sale)
    tendered = [p for p in payments if p.tendered != p.amount]
    off = _taken_off(shares)
    is_return = document.type == RETURN.code
    token = "" if is_return else queries.invoice_code_of(slip)
    page = page_on(document.business_date) if token else None
    by_card, card_left = on_paper(slip, is_return=is_return) if document.party else ([], [])
    return {
        "company": company_name(),
        "store": body.store.name,
        "till": document.org_unit.name,
        "clerk": document.created_by.name if document.created_by else "",
        "at": document.posted_at,
        "number": document.number,
        "kind": document.type,
        "is_return": document.type == RETURN.code,
        "is_reversed": document.state == State.REVERSED,
        "follows": document.follows.number if document.follows else "",
        "reason": getattr(body, "reason", ""),
        "remark": document.note,
        "lines": [
            {
                "name": line.item.name,
                "sum": f"{_quantity(line)} × {formats.price(line.price)}",
                "gross": formats.money(line.gross + off.get(line.pk, NO_SHARES)[1]),
                "discounts": off.get(line.pk, NO_SHARES)[0],
                "remark": getattr(line, "remark", "") or "",
            }
            for line in body.lines
        ],
        "saved": formats.money(sum((n[1] for n in off.values()), ZERO)) if off else "",
        "pieces": pieces(body.lines),
        "gross": formats.money(body.gross, "CNY"),
        "tax": formats.money(body.tax),
        "payments": [
            *_set_off_on_paper(slip, payments),
            *by_card,
            *((p.method.name, formats.money(p.tendered)) for p in payments),
        ],
        "change": formats.money(body.change) if tendered and isinstance(body, Sale) else "",
        **_member_on_paper(document, card_left),
        "customer": _owing(body, payments),
        "invoice_code": token,
        "invoice_url": slip_url(page, token),
        "copy": 1,
    }


def _taken_off(
    shares: Sequence[LineShare],
) -> dict[UUID, tuple[list[tuple[str, str]], Decimal]]:
    """By line, what was taken off it, as its paper says it, and how much that is."""
    found: dict[UUID, tuple[list[tuple[str, str]], Decimal]] = {}
    for share in shares:
        rows, before = found.get(share.line, NO_SHARES)
        row = (title_of(share.kind, share.reason), formats.money(-share.amount))
        found[share.line] = ([*rows, row], before + share.amount)
    return found


def _set_off_on_paper(slip: UUID, payments: Iterable[SlipPayment]) -> list[tuple[str, str]]:
    """In an exchange, what the goods of the other slip paid of this one; on account nothing, but
    for the account."""
    exchange = queries.exchange_of(slip)
    if exchange is None:
        return []
    other = exchange.returned if exchange.sold_id == slip else exchange.sold
    is_owed = any(paid.method.kind == ACCOUNT for paid in payments)
    amount = "" if is_owed else formats.money(exchange.amount)
    return [(_("Exchanged for %(number)s") % {"number": other.number}, amount)]


def _undoable(slip: UUID) -> dict[str, Any] | None:
    """The exchange that a slip is half of, if it can still be reversed, and what money that takes
    from whom; a slip of its own has none."""
    exchange = queries.exchange_of(slip)
    if exchange is None or exchange.reversed_at is not None:
        return None
    paid = (exchange.sold.total or ZERO) - (exchange.returned.total or ZERO)
    if queries.customer_of(exchange.sold_id) is not None:
        paid = ZERO  # no money: it is theirs to owe
    return {
        "id": str(exchange.pk),
        "sold": exchange.sold.number,
        "returned": exchange.returned.number,
        "amount": formats.money(abs(paid), "CNY") if paid else "",
        "is_to_customer": paid > 0,
    }


def _member_on_paper(document: Document, more: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The member of a slip by their card, and what they have left as the paper is made."""
    member = membership.member_by_id(document.party) if document.party is not None else None
    if member is None:
        return {"member": "", "member_left": []}
    standing = membership.standing_of(member.pk, business_date(document.org_unit, env.now()))
    points = standing.points(business_date(document.org_unit, env.now()))
    left = []
    if standing.programme is not None:
        left.append((_("Points left"), formats.quantity(points)))
    if standing.stored:
        left.append((_("Stored value left"), formats.money(standing.stored)))
    return {"member": f"****{member.code[-4:]}", "member_left": [*left, *more]}


def _owing(slip: Sale | Return, payments: Sequence[SlipPayment]) -> str:
    """The customer on whose account some of a slip went, or came back: they sign it."""
    is_owed = any(p.method.kind == ACCOUNT for p in payments)
    return slip.party.name if is_owed and slip.party is not None else ""


def as_wanted(
    told: Mapping[str, Any], store: OrgUnit, template: PrintTemplate | None
) -> dict[str, Any]:
    """What a print template adds to a slip: texts above and below, and a picture."""
    page = pages.PrintPage(
        company=told["company"], title="", number=told["number"], facts=(), columns=(), rows=(),
        paper="58" if template and template.paper == "58" else "80",
    )  # fmt: skip
    if template is not None:
        page = dressed(page, template, lambda: _published(told, store))
    return {
        "title": page.title, "above": page.above, "below": page.below,
        "logo": page.logo, "is_slim": page.paper == "58",
    }  # fmt: skip


def _published(told: Mapping[str, Any], store: OrgUnit) -> dict[str, Any]:
    """The names that both a document's and a slip's templates have."""
    document = {
        "title": "", "number": told["number"], "date": formats.full_day(told["at"].date()),
        "total": told["gross"], "made_by": told["clerk"], "from": told["follows"],
        "store": told["store"], "tax": told["tax"], "gross": told["gross"],
        "change": told["change"], "reason": told["reason"],
    }  # fmt: skip
    lines = [{"item": n["name"], "quantity": n["sum"], "gross": n["gross"]} for n in told["lines"]]
    return published(store, document, lines, copy=told["copy"])


def preview(template: PrintTemplate) -> SafeString | None:
    """The latest slip that the person may see, as the template wants it."""
    rows = visible(Document, queries.SEE).filter(type=template.kind).order_by("-pk")
    latest = rows.select_related("org_unit__parent").first()
    if latest is None or latest.org_unit.parent is None:
        return None
    told = slip_on_paper(latest)
    strip = told | as_wanted(told, latest.org_unit.parent, template)
    return SafeString(render_to_string("pos/parts/slip.html", strip))


for _kind in queries.SLIP_TYPES:
    declare_preview(_kind, preview)


def _at_the_store(slip: UUID, till: OrgUnit) -> Document:
    rows = visible(Document, SELL).filter(
        pk=slip, type__in=queries.SLIP_TYPES, org_unit__parent=till.parent
    )
    found = rows.select_related("org_unit", "created_by", "follows").first()
    if found is None:
        raise Refusal("not_found")
    return found


def _quantity(line: Any) -> str:
    if line.unit.dimension == Dimension.COUNT:
        return formats.quantity(line.quantity)
    return formats.quantity(line.quantity, line.unit.name, places=3)


def pieces(lines: Sequence[Any]) -> str:
    """6 种 9 件 + 0.368 kg: pieces add up, weights do so by unit, and never one to the other."""
    count = sum((n.quantity for n in lines if n.unit.dimension == Dimension.COUNT), ZERO)
    others: dict[str, Decimal] = {}
    for line in lines:
        if line.unit.dimension != Dimension.COUNT:
            others[line.unit.name] = others.get(line.unit.name, ZERO) + line.quantity
    kinds = len({line.item_id for line in lines})
    pieces = counted(_("{n:pc/pcs}"), n=formats.quantity(count))
    amounts = [pieces] if count else []
    amounts += [formats.quantity(amount, unit, places=3) for unit, amount in others.items()]
    told = ngettext("%(n)s item", "%(n)s items", kinds) % {"n": kinds}
    return f"{told} · {' + '.join(amounts)}"


def slip_of(done: Outcome) -> dict[str, Any]:
    """What the screen shows when a slip is done; one that was done before is looked up."""
    document, change = done.document, done.result
    if document is None:
        slips = visible(Document, SELL).filter(type__in=queries.SLIP_TYPES)
        document = slips.get(pk=done.subject)
        change = Sale.objects.filter(pk=done.subject).values_list("change", flat=True).first()
    return told_of(document, change)


def told_of(document: Document, change: Decimal | None = None) -> dict[str, Any]:
    """What the screen shows of a slip that is done."""
    return {
        "id": str(document.pk),
        "number": document.number,
        "total": plain(document.total),
        "change": plain(change or ZERO),
        "is_return": document.type == RETURN.code,
    }


# -- today ---------------------------------------------------------------------------------------


@entry(permission=SELL, scope="units", field_policy="masked")
@answers
def today(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The slips that this till gave out today."""
    documents = list(queries.slips_of(till, business_date(till, env.now()))[:300])
    paid = queries.payments_of(d.pk for d in documents)
    exchanged = queries.exchanged_among(d.pk for d in documents)
    return {
        "slips": [
            {
                "id": str(d.pk),
                "number": d.number,
                "at": formats.clock(d.posted_at),
                "by": d.created_by.name if d.created_by else "",
                "is_return": d.type == RETURN.code,
                "is_reversed": d.state == State.REVERSED,
                "is_exchange": d.pk in exchanged,
                "total": formats.money(-(d.total or ZERO) if d.type == RETURN.code else d.total),
                "paid": " + ".join(p.method.name for p in paid.get(d.pk, ())),
            }
            for d in documents
        ]
    }


@entry(permission=SELL, scope="units", field_policy="masked")
@answers
def takings(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What this till took today, by way of paying. While a shift runs that is counted blind, it
    is for those who may look into it."""
    if open_shift(till) is not None and not may(LOOK, till):
        raise Refusal("counted_blind")
    told = queries.takings(till, business_date(till, env.now()))
    return {
        "rows": [
            {
                "method": row.method.name,
                "count": row.payments,
                "taken": formats.money(row.taken),
                "paid_back": formats.money(-row.paid_back),
                "left": formats.money(row.left),
            }
            for row in told.by_method
        ],
        "sales": told.sales,
        "returns": told.returns,
        "sold": formats.money(told.sold),
        "brought_back": formats.money(-told.brought_back),
        "left": formats.money(told.sold - told.brought_back, "CNY"),
    }


# -- what comes back -----------------------------------------------------------------------------


@entry(permission=TAKE_BACK, scope="units", field_policy="masked")
@answers
def find(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """A sale by the number on its slip, with what of it can still be brought back."""
    document = queries.sale_on_slip(request.GET.get("number", ""))
    if document is None:
        raise Refusal("slip_unknown", given=request.GET.get("number", "")[:40])
    if document.org_unit.entity_id != till.entity_id:
        raise Refusal("other_entity_sold", entity=document.org_unit.entity.name)
    if document.state != State.POSTED:
        raise Refusal("wrong_state", state=document.get_state_display())
    lines, paid = queries.sold_on(document)
    before = queries.returned_before(line.pk for line in lines)
    is_owed = any(p.method.kind == ACCOUNT for p in paid)
    left = queries.left_of_ways(document.pk) if is_owed else {}
    store = document.org_unit.parent
    owed_by = Sale.unscoped.filter(pk=document.pk).values_list("customer__name", flat=True)
    return {
        "sale": {
            "id": str(document.pk),
            "number": document.number,
            "store": store.name if store and store.pk != till.parent_id else "",
            "at": formats.moment(document.posted_at),
            "total": formats.money(document.total, "CNY"),
            "paid": [
                {"method": p.method.code, "amount": plain(left.get(p.method.pk, p.amount))}
                for p in paid
            ],
            "customer": owed_by.first() or "" if is_owed else "",
            "gifts": [_gift(one, state) for one, state in _gifts_of(document)],
            "lines": [
                {
                    "sold": str(line.pk),
                    "name": line.item.name,
                    "unit_name": line.unit.name,
                    "step": plain(line.unit.step),
                    "quantity": plain(line.quantity),
                    "before": plain(before.get(line.pk, ZERO)),
                    "price": plain(line.price),
                    "gross": plain(line.gross),
                    "off": formats.money(-line.taken_off) if line.taken_off else "",
                }
                for line in lines
            ],
        }
    }


def _gifts_of(sale: Document) -> list[tuple[Coupon, str]]:
    return given_for_sale(sale.number or "") if sale.party is not None else []


def _gift(one: Coupon, state: str) -> str:
    """A coupon that came with a sale, for who pays its money back."""
    words = {
        "live": _("%(name)s came with it, not used yet"),
        "used": _("%(name)s came with it and was used"),
    }
    return words.get(state, _("%(name)s came with it, taken back or lapsed")) % {
        "name": f"{one.kind.name} {one}"
    }


@entry(permission=TAKE_BACK, scope="units", field_policy="masked", methods=("POST",))
@answers
def take_back(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Take goods of a slip back under the id that the screen gave this return.

    `answers` are the codes of questions that were answered; `by` is the name and PIN of somebody
    who may answer them, where the person at the till may not.
    """
    body = body_of(request)
    said = [str(code) for code in body.get("answers") or ()]
    sale = id_of(body.get("sale"))
    payload = {
        "sale": str(sale),
        "lines": [
            {"sold": str(id_of(n.get("sold"))), "quantity": amount_of(n.get("quantity"))}
            for n in rows_of(body.get("lines"))
        ],
        "payments": payments_of(body.get("payments")),
        "reason": str(body.get("reason") or "")[:120],
    }
    with standing_at(request, till, who_answers(body.get("by"), till, PAY_BACK_OTHERWISE)):
        done = run(TAKE_BACK, payload=payload, request_id=id_of(body.get("id")), answers=said)
    return {"slip": slip_of(done), "is_repeat": done.is_repeat}


def who_answers(given: Any, till: OrgUnit, permission: str) -> Person | None:
    """Who gave their PIN for what the person at the till may not answer."""
    if not isinstance(given, dict):
        return None
    code, pin = str(given.get("code") or ""), str(given.get("pin") or "")
    return authorise(code, pin, permission=permission, unit=till)

"""Coupons that were given out: of which kind, to whom, and what became of each."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries
from tongpan.business.coupons.actions import CODES, HAND_OUT, PASS_ON
from tongpan.business.coupons.documents import ISSUE
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.membership import queries as membership
from tongpan.business.membership.models import Member
from tongpan.engines.prints.labels import SIZES, Label
from tongpan.faces.backoffice.asked import id_of
from tongpan.faces.backoffice.labels import as_pdf
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import may, visible, who

SEE, SHOWN = "coupons.issue.view", 500


@entry(permission=SEE, scope="company", field_policy="masked")
def coupons(request: HttpRequest) -> HttpResponse:
    """The newest coupons first: of all, of one issue, or of one member. Whole codes are for who
    hands them out."""
    rows = visible(Coupon, SEE).select_related("kind", "member").order_by("-given_on", "-pk")
    kept = {}
    for name in ("issue", "member"):
        if pk := id_of(request.GET.get(name, "")):
            rows, kept[name] = rows.filter(**{name: pk}), str(pk)
    found = list(rows[:SHOWN])
    became = queries.became([one.pk for one in found])
    sees_codes = may(CODES, None)
    here = who().at
    today = business_date(here, env.now()) if here is not None else env.now().date()
    given, used, lapsed = _sums()
    return show.page(
        request,
        pages.ListPage(
            title=_("Coupons"),
            help=pages.Help(_("Each can be used once. Issues give them out.")),
            columns=(
                pages.Column("kind", _("Kind of coupon"), pages.Kind.LINK, 1, "title"),
                pages.Column("code", _("code"), pages.Kind.CODE, 1, "code"),
                pages.Column("member", _("Member"), pages.Kind.LINK, 2, "detail"),
                pages.Column("given", _("given on"), pages.Kind.DATE, 3, "date"),
                pages.Column("until", _("valid until"), pages.Kind.DATE, 2),
                pages.Column("state", _("state"), keep=1, at="state"),
            ),
            rows=tuple(_row(one, became.get(one.pk, ""), sees_codes, today) for one in found),
            totals=(
                pages.Total(_("given out"), str(given)),
                pages.Total(_("used"), str(used)),
                pages.Total(_("lapsed"), str(lapsed)),
            ),
            actions=_new(),
            batch=tuple(_deeds(kept)),
            kept=kept,
            empty=pages.Empty(
                _("No coupon was given out yet"), _("Make a kind of coupon, then an issue."), _new()
            ),
        ),
    )


def _deeds(kept: Mapping[str, str]) -> Iterable[pages.Action]:
    """What can be done with the ticked ones."""
    back = f"?{urlencode(kept)}" if kept else ""
    if may(CODES, None):
        url = reverse("coupons-print")
        yield pages.Action(_("Print on A4 sheets"), url, method="post", icon="print")
    if may(PASS_ON, None):
        who_gets = pages.Field(
            "member", _("Who gets them: phone or card"), is_required=True
        )  # fmt: skip
        yield pages.Action(
            _("Pass on"), f"{reverse('coupons-pass-on')}{back}", method="post", asks=(who_gets,)
        )  # fmt: skip


def _ticked(request: HttpRequest) -> list[UUID]:
    return [pk for text in request.POST.getlist("ids")[:SHOWN] if (pk := id_of(text))]


@entry(permission=CODES, scope="company", field_policy="masked", methods=("POST",))
def print_codes(request: HttpRequest) -> HttpResponse:
    """Sheets of slips with the codes of the ticked coupons, to be handed out; it is written
    down."""
    ids = [str(pk) for pk in visible(Coupon, SEE).filter(pk__in=_ticked(request))
           .values_list("pk", flat=True)]  # fmt: skip
    try:
        made = run(HAND_OUT, payload={"coupons": ids}).result
    except Refusal as refusal:
        toast = pages.Toast(parts.refused(refusal)[0].title)
        return show.go(request, reverse("coupons"), toast=toast)
    return as_pdf([(_slip(one), 1) for one in made], SIZES["60x40"], is_sheet=True)


def _slip(one: Coupon) -> Label:
    kind, form = one.kind, CouponKind.Form
    headline = {
        form.AMOUNT: f"−¥{(kind.amount or ZERO).normalize():f}",
        form.PERCENT: f"−{(kind.percent or ZERO).normalize():f} %",
        form.GOODS: kind.item.name if kind.item else "",
    }.get(form(kind.form), kind.code)
    until = formats.day(one.valid_until) if one.valid_until else ""
    least = f"≥ ¥{kind.minimum.normalize():f}" if kind.minimum else ""
    about = " · ".join(filter(None, (least, until and _("Valid until %(day)s") % {"day": until})))
    return Label(
        name=kind.name, price="", headline=headline, specification=about, barcode=one.code
    )  # fmt: skip


@entry(permission=PASS_ON, scope="company", field_policy="masked", methods=("POST",))
def pass_on(request: HttpRequest) -> HttpResponse:
    """Let another member hold the ticked coupons: all of them, or none."""
    back = f"{reverse('coupons')}?{request.GET.urlencode()}".rstrip("?")
    asked = request.POST.get("member", "").strip()
    rows = list(visible(Coupon, SEE).filter(pk__in=_ticked(request)).order_by("pk"))
    try:
        found = membership.find_members(asked) if asked else []
        if len(found) != 1:
            raise Refusal("one_member_needed", given=asked[:40])
        with transaction.atomic():
            for one in rows:
                run(PASS_ON, one.pk, {"member": str(found[0].pk)})
    except Refusal as refusal:
        return show.go(request, back, toast=pages.Toast(parts.refused(refusal)[0].title))
    said = ngettext("%(n)s coupon passed on", "%(n)s coupons passed on", len(rows))
    return show.go(request, back, toast=pages.Toast(said % {"n": len(rows)}))


say("one_member_needed", "{given} does not say which one member gets it.")


def _new() -> tuple[pages.Action, ...]:
    if not may("coupons.issue.save", None):
        return ()
    return (pages.Action(_("Issue of coupons"), addresses.new_document(ISSUE), icon="plus"),)


def _sums() -> tuple[int, int, int]:
    all_kinds = queries.counted().values()
    return (
        sum(one.given for one in all_kinds),
        sum(one.used for one in all_kinds),
        sum(one.lapsed for one in all_kinds),
    )


def _row(one: Coupon, became: str, sees_codes: bool, today: date) -> pages.Row:
    is_over = became == "live" and one.valid_until is not None and one.valid_until < today
    words = {"live": _("can be used"), "used": _("used"), "lapsed": _("lapsed"),
             "taken_back": _("taken back")}  # fmt: skip
    cells = {
        "kind": pages.Cell(one.kind.name, url=_url(CouponKind, one.kind_id)),
        "code": pages.Cell(one.code if sees_codes else str(one)),
        "member": pages.Cell(
            one.member.code if one.member else "", url=_url(Member, one.member_id)
        ),
        "given": pages.Cell(one.given_on),
        "until": pages.Cell(one.valid_until),
        "state": pages.Cell(
            _("lapsed") if is_over else words.get(became, ""),
            tone="ok" if became == "live" and not is_over else "",
        ),
    }
    return pages.Row(str(one.pk), cells)


def _url(model: type[models.Model], pk: UUID | None) -> str:
    return addresses.master_of(model, pk) if pk is not None else ""


def of_member(member: UUID) -> str:
    """The address of the coupons of one member."""
    return f"{reverse('coupons')}?member={member}"

"""Reads of the members' own page: which page holds, codes, what was agreed to and asked for."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member
from tongpan.business.membership.queries import one_and_merged
from tongpan.business.selfservice.models import Consent, DoorCode, MembersPage, Request
from tongpan.business.selfservice.rules import (
    A_DAY,
    AGAIN_S,
    BY_ADDRESS,
    LASTS_S,
    TRIES,
    WINDOW_S,
    code_of,
)
from tongpan.business.till.models import Sale, SaleLine
from tongpan.kernel.documents.models import Document, State

SEE = "selfservice.request.view"


def page_on(on: date) -> MembersPage | None:
    """The page that holds on a day, with its rules; None where the company has none."""
    rows = MembersPage.objects.filter(state="active", valid_from__lte=on)
    return rows.order_by("valid_from", "code").last()


def slip_url(page: MembersPage | None, token: str) -> str:
    """Where the customer who holds a slip asks for its invoice; empty without a page."""
    return f"{page.address.rstrip('/')}/c/s/{token}/" if page is not None and token else ""


# -- codes -----------------------------------------------------------------------------------------


def marked(text: str) -> str:
    """A text as a keyed hash of this installation and company, to be found and not read."""
    schema = connection.schema_name  # type: ignore[attr-defined]
    return salted_hmac("tongpan.door", f"{schema} {text}", algorithm="sha256").hexdigest()


def make_code(phone: str, address: str) -> str:
    """A new code for a phone; the ones before hold no more. It is told here and nowhere else.

    Errors: Refusal code_wait, after one a minute and eight a day for a phone, thirty an hour from
    an address.
    """
    now, mark, place = env.now(), marked(phone), marked(address)
    of_phone = DoorCode.objects.filter(phone=mark)
    an_hour = now - timedelta(seconds=WINDOW_S)
    latest = of_phone.order_by("-made_at").first()
    has_just = latest is not None and (now - latest.made_at).total_seconds() < AGAIN_S
    if (
        has_just
        or of_phone.filter(made_at__gt=now - timedelta(days=1)).count() >= A_DAY
        or DoorCode.objects.filter(address=place, made_at__gt=an_hour).count() >= BY_ADDRESS
    ):
        raise Refusal("code_wait")
    of_phone.filter(used_at=None).update(used_at=now)
    code, pk = code_of(int(env.token(8), 16)), env.new_id()
    expires = now + timedelta(seconds=LASTS_S)
    DoorCode.objects.create(
        id=pk, phone=mark, address=place, digest=marked(f"{pk} {code}"), made_at=now,
        expires_at=expires,
    )  # fmt: skip
    return code


def try_code(phone: str, typed: str) -> UUID:
    """The id of the code that was sent to a phone, if this is it.

    A try counts before it is compared, in a statement of its own, so that tries at one moment
    count each other. Errors: Refusal code_wrong, the same whatever is wrong.
    """
    now = env.now()
    rows = DoorCode.objects.filter(phone=marked(phone), used_at=None, expires_at__gt=now)
    one = rows.order_by("-made_at").first()
    if one is None or not _count(one.pk):
        raise Refusal("code_wrong", path="code")
    if not constant_time_compare(one.digest, marked(f"{one.pk} {typed.strip()}")):
        raise Refusal("code_wrong", path="code")
    return one.pk


def _count(pk: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "update selfservice_door_code set tries = tries + 1 where id = %s and tries < %s",
            [pk, TRIES],
        )
        return bool(cursor.rowcount == 1)


def use_code(pk: UUID) -> None:
    """Use a code up. Errors: Refusal code_wrong, if it was used at this moment."""
    if not DoorCode.objects.filter(pk=pk, used_at=None).update(used_at=env.now()):
        raise Refusal("code_wrong", path="code")


def forget_codes(before: date) -> int:
    """Delete the codes that were made before a day; how many there were."""
    gone, _by_table = DoorCode.objects.filter(made_at__date__lt=before).delete()
    return gone


# -- members ---------------------------------------------------------------------------------------


def member_by_phone(phone: str) -> Member | None:
    """The member with this phone, or whom they go on as."""
    rows = Member.objects.select_related("tier", "merged_into__tier")
    found = rows.filter(phone=phone).first() if phone else None
    if found is not None and found.merged_into is not None:
        found = found.merged_into
    return found if found is not None and found.state == "active" else None


def consents(member: UUID) -> dict[str, Consent]:
    """What a member agrees to now, by what it is about."""
    rows = Consent.objects.filter(member=member, withdrawn_at=None)
    return {row.about: row for row in rows}


def receipts_of(member: UUID, limit: int = 50) -> list[Document]:
    """The sales that name a member, the newest first."""
    rows = Document.unscoped.filter(
        party__in=one_and_merged(member), type="till.sale", state=State.POSTED
    )
    found = rows.select_related("org_unit__parent").order_by("-business_date", "-pk")
    return list(found[:limit])


def receipt_of(member: UUID, slip: UUID) -> Sale | None:
    """A sale that names the member, with its lines."""
    rows = Sale.unscoped.select_related("document__org_unit__parent", "store")
    found = rows.filter(
        pk=slip, document__party__in=one_and_merged(member), document__state=State.POSTED
    ).first()
    if found is not None:
        lines = SaleLine.unscoped.filter(document=slip).select_related("item", "unit")
        found.lines = list(lines.order_by("position"))
    return found


def sale_of_token(token: str) -> Sale | None:
    """The sale whose slip has this token. Whoever holds the slip shows it."""
    rows = Sale.unscoped.select_related("document", "store__entity")
    return rows.filter(invoice_token=token, document__state=State.POSTED).first()


def invoice_of(sale: UUID) -> Request | None:
    """What was asked for as the invoice of a slip, if it was not declined."""
    rows = Request.objects.filter(sale=sale, about=Request.About.INVOICE)
    return rows.exclude(state=Request.State.DECLINED).first()


def requests_of(member: UUID) -> list[Request]:
    """What a member asked for themselves, the newest first."""
    ids = one_and_merged(member)
    rows = Request.objects.filter(Q(member__in=ids) | Q(sale__party__in=ids))
    return list(rows.select_related("sale")[:20])


def requests_here(rows: QuerySet[Request], state: str) -> QuerySet[Request]:
    """The requests in a state that staff go through, the oldest first while they are open."""
    found = rows.filter(state=state).select_related("member", "sale__org_unit", "done_by")
    return found.order_by("asked_at" if state == Request.State.OPEN else "-asked_at")

"""The stage of the walk: one of everything, in units of several people, with marks to search for.

The chain of the contract tests, with a document of every type, a row of every kind of master data,
people in every role that a new company gets, one who may do everything but see what is masked, one
who was let go, and a stranger.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from struct import pack
from typing import Any
from uuid import UUID
from zlib import compress, crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import get_cookie_signer
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from tests.chain import NOON
from tests.contracts.examples import EXAMPLES, MASTERS, Stage, a_stage
from tongpan.base import env
from tongpan.business.starter.give import give_roles
from tongpan.business.starter.roles import ROLES
from tongpan.engines.imports.models import ImportRun
from tongpan.engines.payments.models import Account, Attempt
from tongpan.engines.printers.models import Printer, PrintJob
from tongpan.engines.prints.models import PrintTemplate
from tongpan.engines.webhooks.models import Delivery, Endpoint
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Attachment, Document, Notice
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.documents.saved_views import keep_view
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role
from tongpan.kernel.org.people import make_role
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.tokens import make_token
from tongpan.masters.items.models import ItemPicture, SupplierItem
from tongpan.masters.parties.models import Party

COST = Decimal("7193.73")  # what one piece cost, on the papers that only some may see
MARKS = {
    "cost": (b"7193.73", b"7,193.73", b"71937.30", b"71,937.30", b"71937.3"),
    "personal": ("密探某某".encode(), b"13977771234", b"spy.contact@example.test"),
    "sensitive": (b"6222000077771234", "秘密支行".encode()),
}
DEAR = {"stock.opening": "unit_cost", "stock.overage": "unit_cost", "purchasing.order": "price"}
BACKEND = "tongpan.kernel.org.backend.PersonBackend"
WORKS = (
    ("administrator", "hq"), ("merchandiser", "hq"), ("buyer", "hq"), ("accountant", "hq"),
    ("auditor", "hq"), ("clerk", "warehouse"), ("manager", "north"), ("manager", "south"),
    ("partner", "west"), ("cashier", "north"),
)  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks. `codes` are the permissions that they hold at `unit` and below."""

    name: str
    unit: OrgUnit | None
    codes: frozenset[str]
    person: Person | None = None
    role: str = ""
    company: str = ""  # empty: that of the cast

    @property
    def is_here(self) -> bool:
        """Whether they may come in at all, if only to be told that there is nothing for them."""
        return self.person is not None

    def holds(self, code: str) -> bool:
        return any(
            held in ("*", code) or (held.endswith(".*") and code.startswith(held[:-1]))
            for held in self.codes
        )

    def holds_at(self, code: str, units: Iterable[OrgUnit]) -> bool:
        here = self.unit
        return (
            self.holds(code)
            and here is not None
            and any(u.path.startswith(here.path) for u in units)
        )

    def sees(self, kind: str, units: Iterable[OrgUnit]) -> bool:
        return self.holds_at(f"see.{kind}", units)


@dataclass(frozen=True)
class Thing:
    """A row that addresses name: its type, and the units whose people may see it; none: anybody."""

    pk: UUID
    code: str
    units: tuple[OrgUnit, ...] = ()
    mark: bytes = b""
    is_draft: bool = False


@dataclass
class Cast:
    """Who asks, and for what."""

    stage: Stage
    company: str
    viewers: list[Viewer] = field(default_factory=list)
    things: dict[str, list[Thing]] = field(default_factory=dict)  # by type
    files: dict[UUID, UUID] = field(default_factory=dict)  # the attachment of each document
    named: dict[str, Any] = field(default_factory=dict)  # the other ids that addresses name
    secrets: list[bytes] = field(default_factory=list)

    def viewer(self, name: str) -> Viewer:
        return next(v for v in self.viewers if v.name == name)

    def client(self, viewer: Viewer, host: str) -> Client:
        """A browser in which they are signed in, on a machine that is the till of North."""
        client = Client(HTTP_HOST=host, raise_request_exception=False)
        if viewer.person is not None:
            with schema_context(viewer.company or self.company):
                client.force_login(viewer.person, backend=BACKEND)
        till = self.stage.units["till"]
        client.cookies["till"] = get_cookie_signer(salt="tilltill").sign(str(till.pk))
        return client


def a_cast(host: str) -> Cast:
    """Everybody and everything, in the company that is open, which is that of the host."""
    cast = Cast(a_stage(), connection.schema_name)  # type: ignore[attr-defined]
    with env.frozen(NOON):
        with system(reason="the cast of a proof"):
            _people(cast)
        _masters(cast)
        _documents(cast)
        _around(cast, host)
    return cast


def _people(cast: Cast) -> None:
    hq = cast.stage.units["hq"]
    zhou = cast.stage.people["zhou"]
    cast.viewers.append(Viewer("owner", hq, frozenset({"*"}), zhou, "owner"))
    roles = _starter_roles()
    for work, unit in WORKS:
        codes = frozenset(ROLES[work][1])
        cast.viewers.append(_hired(cast, f"{work} {unit}", roles[work], unit, codes))
    blind = {p.code: None for p in permissions() if not p.code.startswith("see.")}
    role = make_role("blind", "看不见成本的人", blind)
    for unit in ("hq", "south"):
        cast.viewers.append(_hired(cast, f"blind {unit}", role, unit, frozenset(blind)))
    gone = _hired(cast, "gone", roles["manager"], "north", frozenset())
    assert gone.person is not None
    Person.objects.filter(pk=gone.person.pk).update(name="从前的店长")
    Grant.objects.filter(person=gone.person).delete()
    cast.viewers.append(gone)
    cast.viewers.append(Viewer("stranger", None, frozenset(), None, "stranger"))


def _starter_roles() -> dict[str, Role]:
    """The roles that every new company gets; those of the tests' chain make way for them."""
    for role in Role.objects.all():
        role.code = f"old-{role.code}"
        role.save()
    return give_roles()


def _hired(cast: Cast, name: str, role: Role, unit: str, codes: frozenset[str]) -> Viewer:
    person = Person(username=name.replace(" ", "-"), name=f"{role.name} {unit}")
    person.set_unusable_password()
    person.save()
    where = cast.stage.units[unit]
    Grant.objects.create(person=person, role=role, unit=where)
    return Viewer(name, where, codes, person, role.code)


def _masters(cast: Cast) -> None:
    stage = cast.stage
    with stage.as_("zhou", "hq"):
        dairy = Party.objects.get(code="V01")
        bank = {"bank_name": "秘密支行", "bank_account": "6222000077771234"}
        run("parties.party.save", dairy.pk, bank)
        for declared in master_types():
            if declared.code == "items.supplier_price":
                payload = {"supplier_item": SupplierItem.objects.get(), "price": str(COST),
                           "valid_from": "2026-11-21"}  # fmt: skip
            else:
                payload = dict(MASTERS[declared.code](stage))
            if declared.code == "parties.contact":
                payload |= {"name": "密探某某", "phone": "13977771234",
                            "email": "spy.contact@example.test"}  # fmt: skip
            made = run(f"{declared.code}.save", payload=payload).result
            path = getattr(declared.model, "scope_path", None)
            units = (getattr(made, path),) if isinstance(path, str) else ()
            cast.things.setdefault(declared.code, []).append(Thing(made.pk, declared.code, units))
        _customer_of_ours(cast)


def _customer_of_ours(cast: Cast) -> None:
    """A customer of ours with whom nobody dealt yet: not for the people of the franchise store."""
    name = "只归总部的客户"
    made = run("parties.party.save", payload={"code": "OURS", "name": name, "is_customer": "1"})
    ours = cast.stage.units["hq"].entity_id
    units = tuple(u for u in cast.stage.units.values() if u.entity_id == ours)
    thing = Thing(made.subject, "parties.party", units, name.encode())
    cast.things["parties.party"].append(thing)


def _documents(cast: Cast) -> None:
    """Of each type one that is posted, and where it is drafted a draft; with marks in the notes."""
    stage = cast.stage
    for declared in sorted(document_types(), key=lambda t: t.code == "stock.count"):  # it empties
        example = EXAMPLES[declared.code]
        for is_draft in (False, True):
            if example.made is not None:
                if is_draft:
                    continue
                with stage.as_("zhou", example.where):
                    action, payload = example.made(stage, 1)
                    pk = run(action, payload=payload).subject
                mark = b""
            else:
                assert example.payload is not None
                mark = f"mark-{declared.code}-{'draft' if is_draft else 'posted'}".encode()
                with stage.as_("zhou", example.where):
                    payload = dict(example.payload(stage, 1)) | {"note": mark.decode()}
                    _dear(declared.code, payload)
                    if declared.code == "finance.supplier_payment":
                        payload["header"] = {**payload["header"], "paid_from": "B01"}
                    if declared.code == "stock.count":  # what is held for orders is there
                        payload["lines"] = [n | {"counted": "100"} for n in payload["lines"]]
                    if declared.code == "finance.customer_receipt":
                        payload["header"] = {**payload["header"], "paid_into": "B01"}
                    pk = run(f"{declared.code}.save", payload=payload).subject
                    if not is_draft:
                        run(f"{declared.code}.post", pk)
            document = Document.unscoped.get(pk=pk)
            units = tuple(u for u in (document.org_unit, document.other_unit) if u is not None)
            cast.things.setdefault(declared.code, []).append(
                Thing(pk, declared.code, units, mark, is_draft)
            )


def _dear(code: str, payload: dict[str, Any]) -> None:
    """Where a paper names a price that is masked, let it be the one that is searched for."""
    names = {
        "stock.opening": "unit_cost",
        "stock.overage": "unit_cost",
        "purchasing.order": "price",
    }
    if code in names:
        for line in payload["lines"]:
            line[names[code]] = str(COST)


def _around(cast: Cast, host: str) -> None:
    """What hangs on documents and people: files, comments, notices, imports, tokens, a picture."""
    stage, zhou = cast.stage, cast.stage.people["zhou"]
    client = cast.client(cast.viewer("owner"), host)
    for things in cast.things.values():
        for thing in things:
            if not Document.unscoped.filter(pk=thing.pk).exists():
                continue
            at = f"/d/{thing.code}/{thing.pk}"
            client.post(f"{at}/attach", {"file": SimpleUploadedFile("paper.txt", b"paper")})
            client.post(f"{at}/comment", {"text": f"said-{thing.pk}"})
            found = Attachment.unscoped.filter(document=thing.pk).first()
            assert found is not None, f"No file on {thing.code}."
            cast.files[thing.pk] = found.pk
    item = stage.items["milk"]
    answer = client.post(f"/m/items.item/{item.pk}/pictures/add", {"file": _picture()})
    assert answer.status_code < 400, answer.content[:400]
    cast.things["items.item"].append(Thing(item.pk, "items.item"))
    cast.named["picture_id"] = ItemPicture.objects.get(item=item).pk
    sheet = SimpleUploadedFile("units.csv", "代码,名称\nU7,打\n".encode())
    seen = client.post("/files/import/items.unit", {"file": sheet}, follow=True)
    cast.named["digest"] = seen.request["PATH_INFO"].rstrip("/").split("/")[-1]
    with stage.as_("zhou", "hq"), system(reason="the cast of a proof"):
        notice = Notice.objects.create(
            person=zhou, document_id=cast.things["stock.transfer"][0].pk, kind="mention",
            text="mark-notice", at=NOON,
        )  # fmt: skip
        run_of_sheet = ImportRun.objects.create(
            template="items.unit",
            file_name="mark-import.csv",
            digest=b"1" * 32,
            person=zhou,
            at=NOON,
        )
        view = keep_view(zhou.pk, "/d/stock.transfer/", "mark-view", "state=posted")
        token, raw = make_token(zhou, "mark-token", ["stock.transfer.view"], days=30)
        webhook = Endpoint.objects.create(
            name="mark-webhook", url="https://mark.example", events=["*"], person=zhou,
            created_at=NOON,
        )  # fmt: skip
        told = Delivery.objects.create(
            endpoint=webhook, event=env.new_id(), position=1, name="mark.event", body="{}",
            made_at=NOON,
        )  # fmt: skip
    north = stage.units["north"]
    with system(reason="the cast of the walk"):
        template = PrintTemplate.objects.create(
            name="mark-template", kind="stock.transfer", unit=stage.units["hq"]
        )
        printer = Printer.unscoped.create(till=stage.units["till"], address="192.168.7.7:9100")
        paper = PrintJob.unscoped.create(
            printer=printer, title="mark-paper", content=b"mark-paper", made_at=NOON
        )
        account = Account(
            name="mark-account", provider="aggregator", org_unit=north, method=env.new_id(),
            facts={"merchant": "1", "url": "https://mark.example"}, created_at=NOON,
            is_active=False,
        )  # fmt: skip
        account.keep({"key": "the key of a merchant 7193"})
        account.save()
        attempt = Attempt(
            pk=env.new_id(), sale=env.new_id(), till=north, store=north, account=account,
            method=account.method, amount=1, begun_at=NOON, sent_at=NOON, state="declined",
        )  # fmt: skip
        attempt.save(force_insert=True)
    grant = Grant.objects.filter(unit=north).first()
    assert grant is not None
    cast.secrets += [raw.encode(), webhook.secret.encode(), *(_secrets_of_people())]
    cast.secrets.append(b"the key of a merchant 7193")
    cast.named |= {
        "notice_id": notice.pk, "view_id": view.pk, "run_id": run_of_sheet.pk, "token_id": token.pk,
        "template_id": template.pk,
        "printer_id": printer.pk, "paper_id": paper.pk,
        "account_id": account.pk, "attempt_id": attempt.pk,
        "webhook_id": webhook.pk, "delivery_id": told.pk,
        "entity_id": north.entity_id, "unit_id": north.pk, "grant_id": grant.pk,
        "page_id": env.new_id(),
        "passkey_id": env.new_id(), "subject_id": cast.things["parties.contact"][0].pk,
        "role_id": grant.role_id, "person_id": stage.people["lin"].pk,
    }  # fmt: skip


def _secrets_of_people() -> list[bytes]:
    return [p.password.encode() for p in Person.objects.all() if len(p.password) > 40]


def _picture() -> SimpleUploadedFile:
    """The smallest picture there is: one grey point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    head = chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", compress(b"\x00\x80")) + chunk(b"IEND", b"")
    return SimpleUploadedFile("milk.png", b"\x89PNG\r\n\x1a\n" + head + body, "image/png")

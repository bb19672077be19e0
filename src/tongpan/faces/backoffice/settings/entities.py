"""Legal entities (纳税主体), and what kind of taxpayer each is since when."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.org_actions import EDIT_ENTITY
from tongpan.kernel.org.models import LegalEntity, TaxpayerKind
from tongpan.kernel.org.scope import today_here


@entry(permission=EDIT_ENTITY, scope="company", field_policy="open")
def entities(request: HttpRequest) -> HttpResponse:
    """Every legal entity."""
    rows = LegalEntity.objects.prefetch_related("taxpayer_kinds").order_by("name")
    new = pages.Action(
        _("New legal entity"), reverse("settings-entity-new"), key="N", icon="plus",
        tone="primary",
    )  # fmt: skip
    return show.page(
        request,
        pages.ListPage(
            title=_("Legal entities"),
            help=pages.Help(
                _("Each unit belongs to one. Money balances within each, and it files its taxes.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column(
                    "credit_code", _("unified social credit code"), pages.Kind.CODE, 1, "code"
                ),
                pages.Column("kind", _("taxpayer kind"), keep=2, at="detail"),
                pages.Column("currency", _("currency"), keep=3),
            ),
            rows=tuple(_row(entity) for entity in rows),
            primary=new,
            empty=pages.Empty(_("None yet"), _("A company has at least one."), (new,)),
        ),
    )


def _row(entity: LegalEntity) -> pages.Row:
    url = reverse("settings-entity", args=[entity.pk])
    cells = {
        "name": pages.Cell(entity.name, url=url),
        "credit_code": pages.Cell(entity.credit_code or None),
        "kind": pages.Cell(_kind(entity)),
        "currency": pages.Cell(entity.currency),
    }
    return pages.Row(str(entity.pk), cells, url=url)


def _kind(entity: LegalEntity) -> str | None:
    """The kind that holds today, of the rows that were read along."""
    today = env.now().date()
    held = [kind for kind in entity.taxpayer_kinds.all() if kind.valid_from <= today]
    return max(held, key=lambda kind: kind.valid_from).get_kind_display() if held else None


@entry(permission=EDIT_ENTITY, scope="company", field_policy="open")
def entity(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """One legal entity, with its kinds over time."""
    one: LegalEntity = parts.found(LegalEntity.objects.all(), entity_id)
    facts = (
        pages.Fact(_("unified social credit code"), pages.Cell(one.credit_code or None)),
        pages.Fact(_("currency"), pages.Cell(one.currency)),
        pages.Fact(_("taxpayer kind"), pages.Cell(_kind(one))),
    )
    kinds = one.taxpayer_kinds.order_by("-valid_from")
    return show.page(
        request,
        pages.MasterPage(
            title=one.name,
            side=(pages.Card(_("Legal entity"), facts=facts),),
            main=(
                pages.Card(
                    _("taxpayer kind"),
                    link=pages.Action(_("Add"), reverse("settings-entity-kind", args=[one.pk])),
                    columns=(
                        pages.Column("from", _("since"), pages.Kind.DATE, 1, "date"),
                        pages.Column("kind", _("kind"), keep=1, at="title"),
                    ),
                    rows=tuple(
                        pages.Row(
                            str(kind.pk),
                            {
                                "from": pages.Cell(kind.valid_from),
                                "kind": pages.Cell(kind.get_kind_display()),
                            },
                        )
                        for kind in kinds
                    ),
                    empty=_("Say what kind of taxpayer it is: purchase tax depends on it."),
                    is_compact=True,
                ),
                histories.history_card(one.pk),
            ),
            back_url=reverse("settings-entities"),
            primary=pages.Action(
                _("Edit"), reverse("settings-entity-edit", args=[one.pk]), key="E", tone="primary"
            ),
        ),
    )


@entry(permission=EDIT_ENTITY, scope="company", field_policy="open", methods=("GET", "POST"))
def entity_new(request: HttpRequest) -> HttpResponse:
    """A new legal entity."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-entity-new')}?id={pk}"
    title, back = _("New legal entity"), reverse("settings-entities")
    return _form(request, LegalEntity(pk=pk), title, url, back)


@entry(permission=EDIT_ENTITY, scope="company", field_policy="open", methods=("GET", "POST"))
def entity_edit(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """The form of a legal entity."""
    one: LegalEntity = parts.found(LegalEntity.objects.all(), entity_id)
    url, back = (reverse(f"settings-entity{end}", args=[one.pk]) for end in ("-edit", ""))
    return _form(request, one, _("Legal entity"), url, back)


def _form(request: HttpRequest, one: LegalEntity, title: str, url: str, back: str) -> HttpResponse:
    def build(typed: parts.Typed) -> pages.FormPage:
        fields = (
            pages.Field("name", _("name"), value=typed.get("name", one.name), is_required=True),
            pages.Field(
                "credit_code", _("unified social credit code"),
                value=typed.get("credit_code", one.credit_code), hint=_("18 characters"),
            ),
            pages.Field("currency", _("currency"), value=typed.get("currency", one.currency)),
        )  # fmt: skip
        return parts.form_page(title, url, fields, back_url=back)

    def act(typed: parts.Typed) -> HttpResponse:
        names = ("name", "credit_code", "currency")
        run("org.entity.save", one.pk, {n: typed[n] for n in names if n in typed})
        url = reverse("settings-entity", args=[one.pk])
        return show.go(request, url, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)


@entry(permission=EDIT_ENTITY, scope="company", field_policy="open", methods=("GET", "POST"))
def entity_kind(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """What kind of taxpayer it is from a day on."""
    one: LegalEntity = parts.found(LegalEntity.objects.all(), entity_id)
    back = reverse("settings-entity", args=[one.pk])

    def build(typed: parts.Typed) -> pages.FormPage:
        day = typed.get("valid_from", today_here().isoformat())
        fields = (
            parts.choice(
                "kind", _("taxpayer kind"), TaxpayerKind.Kind.choices, typed.get("kind", "general")
            ),
            pages.Field("valid_from", _("since"), "date", day, is_required=True),
        )
        url = reverse("settings-entity-kind", args=[one.pk])
        return parts.form_page(_("Set the taxpayer kind"), url, fields, back_url=back)

    def act(typed: parts.Typed) -> HttpResponse:
        payload = {n: typed.get(n) for n in ("kind", "valid_from")}
        run("org.entity.set_taxpayer_kind", one.pk, payload)
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)

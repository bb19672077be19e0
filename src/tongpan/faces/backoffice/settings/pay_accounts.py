"""Accounts at payment providers: numbers of the merchant, and keys that nobody is shown again."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.till.models import PaymentMethod
from tongpan.engines.payments.actions import EDIT
from tongpan.engines.payments.adapters import Asked
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.models import Account, PayCodeRange
from tongpan.engines.payments.simulated import FILE, SIMULATED, SIMULATED_NAME, use_simulator
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org.scope import visible, who

SHOWN = 200


@entry(permission=EDIT, scope="units", field_policy="masked")
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account; the nearest one above a till is used there."""
    new = tuple(
        pages.Action(
            _("New: %(name)s") % {"name": one.title},
            f"{reverse('settings-pay-account-new')}?provider={one.code}",
        )
        for one in PROVIDERS.values()
    )  # fmt: skip
    return show.page(
        request,
        pages.ListPage(
            title=_("Accounts at payment providers"),
            help=pages.Help(
                _("Codes of customers are charged by the nearest account above the till.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("provider", _("provider"), keep=1, at="detail"),
                pages.Column("unit", _("unit"), keep=2),
                pages.Column("method", _("payment method"), keep=3),
                pages.Column("state", _("state"), keep=1, at="state"),
            ),
            rows=tuple(_row(one) for one in _rows()[:SHOWN]),
            actions=(*new, *_codes(), *_simulating()),
            empty=pages.Empty(
                _("No account yet"),
                _("Add the account that WeChat Pay, Alipay or an aggregator gave you."), new,
            ),
        ),
    )  # fmt: skip


def _codes() -> tuple[pages.Action, ...]:
    return (pages.Action(_("Payment codes"), reverse("settings-pay-codes")),)


@entry(permission=EDIT, scope="units", field_policy="none", methods=("GET", "POST"))
def codes(request: HttpRequest) -> HttpResponse:
    """Which codes of customers are whose: the first two digits, and how many there are."""
    known = list(PayCodeRange.objects.all())
    url, back = reverse("settings-pay-codes"), reverse("settings-pay-accounts")

    def act(typed: parts.Typed) -> HttpResponse:
        ranges = [
            {"provider": one.provider} | {name: typed.get(f"{name}_{nth}", "") for name in _DIGITS}
            for nth, one in enumerate(known)
        ]
        run("payments.codes.set", payload={"ranges": ranges})
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    def build(typed: parts.Typed) -> pages.FormPage:
        fields = [
            pages.Field(
                f"{name}_{nth}", f"{PROVIDERS[one.provider].title} · {title}",
                value=typed.get(f"{name}_{nth}", str(getattr(one, name))), is_required=True,
            )
            for nth, one in enumerate(known)
            for name, title in _digits()
        ]  # fmt: skip
        said = _("A provider says when its codes change. Tills know it when they are loaded anew.")
        return parts.form_page(_("Payment codes"), url, tuple(fields), back_url=back, said=said)

    return parts.form(request, build, act)


_DIGITS = ("first", "last", "digits_min", "digits_max")


def _digits() -> list[tuple[str, str]]:
    columns = {column.name: column for column in PayCodeRange._meta.concrete_fields}
    return [(name, str(columns[name].verbose_name)) for name in _DIGITS]


def _simulating() -> tuple[pages.Action, ...]:
    """Where payments are tried out: accounts that charge nobody."""
    if not settings.PAYMENTS_SIMULATOR:
        return ()
    url = reverse("settings-pay-account-simulate")
    return (pages.Action(_("Use the simulator here"), url, method="post"),)


@entry(permission=EDIT, scope="units", field_policy="none", methods=("POST",))
def simulate(request: HttpRequest) -> HttpResponse:
    """Make accounts at the simulator of this machine, for the unit where the person works."""
    here = who().at
    if not settings.PAYMENTS_SIMULATOR or here is None:
        raise Http404
    back = reverse("settings-pay-accounts")
    try:
        method = PaymentMethod.objects.filter(code=SIMULATED).first()
        if method is None:
            payload = {"code": SIMULATED, "name": SIMULATED_NAME, "is_by_provider": True,
                       "position": 90}  # fmt: skip
            method = run("till.payment_method.save", payload=payload).result
        ours = request.build_absolute_uri("/")
        use_simulator(settings.DATA / FILE, here.pk, method.pk, ours)
    except Refusal as refusal:
        return show.go(request, back, toast=pages.Toast(str(explain(refusal)["detail"])))
    return show.go(request, back, toast=pages.Toast(_("Saved")))


def _rows() -> Any:
    return visible(Account, EDIT).select_related("org_unit")


def _row(one: Account) -> pages.Row:
    url = reverse("settings-pay-account", args=[one.pk])
    method = PaymentMethod.objects.filter(pk=one.method).first()
    cells = {
        "name": pages.Cell(one.name, url=url),
        "provider": pages.Cell(one.title),
        "unit": pages.Cell(one.org_unit.name),
        "method": pages.Cell(str(method or "")),
        "state": pages.Cell(_("active") if one.is_active else _("stopped")),
    }
    return pages.Row(str(one.pk), cells, url=url)


@entry(permission=EDIT, scope="units", field_policy="masked")
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account, without its keys."""
    return show.page(request, _page(_found(account_id)))


def _found(account_id: UUID) -> Account:
    """The account, if the person may see it: with its keys, for calls alone."""
    seen: Account = parts.found(_rows(), account_id)
    return Account.unscoped.select_related("org_unit").get(pk=seen.pk)


def _page(one: Account) -> pages.MasterPage:
    provider, kept = PROVIDERS[one.provider], one.has_keys()
    facts = [
        pages.Fact(_("provider"), pages.Cell(one.title)),
        pages.Fact(_("unit"), pages.Cell(one.org_unit.name)),
        *(
            pages.Fact(str(fact.title), pages.Cell(one.facts.get(fact.name, "")), pages.Kind.CODE)
            for fact in provider.facts
        ),
        *(
            pages.Fact(str(secret.title), pages.Cell(_kept(secret.name in kept)))
            for secret in provider.secrets
        ),
    ]
    if not provider.is_by_hand:
        address = pages.Cell(reverse("pay-notify", args=[one.pk]))
        facts.append(pages.Fact(_("Address for notices"), address, pages.Kind.CODE))

    def to(verb: str) -> str:
        return reverse("settings-pay-account-act", args=[one.pk, verb])

    return pages.MasterPage(
        title=one.name,
        side=(pages.Card(_("Account"), facts=tuple(facts)),),
        main=(histories.history_card(one.pk),),
        tag=pages.Tag(_("Simulator")) if one.is_simulated else None,
        back_url=reverse("settings-pay-accounts"),
        primary=pages.Action(
            _("Edit"), reverse("settings-pay-account-edit", args=[one.pk]), key="E", tone="primary"
        ),
        actions=(
            *(() if provider.is_by_hand else (pages.Action(_("Test"), to("test"), method="post"),)),
            pages.Action(
                _("Stop") if one.is_active else _("Use again"), to("switch"), method="post",
                fields={"is_active": "" if one.is_active else "1"},
            ),
        ),
    )  # fmt: skip


def _kept(is_kept: bool) -> str:
    return _("kept, and not shown") if is_kept else _("missing")


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account at a provider."""
    provider = request.GET.get("provider", "")
    if provider not in PROVIDERS:
        raise Http404
    pk = parts.new_id(request)
    url = f"{reverse('settings-pay-account-new')}?provider={provider}&id={pk}"
    empty = Account(pk=pk, provider=provider)

    def act(typed: parts.Typed) -> HttpResponse:
        _save(empty, typed)
        return show.go(request, reverse("settings-pay-account", args=[pk]))

    title = _("New: %(name)s") % {"name": PROVIDERS[provider].title}
    back = reverse("settings-pay-accounts")
    return parts.form(
        request, lambda typed: _form(title, url, typed, empty, back, is_new=True), act
    )


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def account_edit(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Change an account; a key that is left empty stays as it is."""
    one = _found(account_id)
    url = reverse("settings-pay-account-edit", args=[one.pk])
    back = reverse("settings-pay-account", args=[one.pk])

    def act(typed: parts.Typed) -> HttpResponse:
        _save(one, typed)
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(
        request, lambda typed: _form(one.name, url, typed, one, back, is_new=False), act
    )


def _save(one: Account, typed: parts.Typed) -> None:
    provider = PROVIDERS[one.provider]
    payload = {
        "name": typed.get("name"),
        "provider": one.provider,
        "unit": typed.get("unit") or None,
        "method": typed.get("method"),
        "facts": {fact.name: typed.get(fact.name, "") for fact in provider.facts},
        "secrets": {secret.name: typed.get(secret.name, "") for secret in provider.secrets},
    }
    run("payments.account.save", one.pk, payload)


def _form(
    title: str, url: str, typed: parts.Typed, one: Account, back: str, *, is_new: bool
) -> pages.FormPage:
    provider = PROVIDERS[one.provider]
    methods = [
        (str(m.pk), m.name)
        for m in PaymentMethod.objects.filter(state="active", is_by_provider=True)
    ]
    chosen = typed.get("method", str(one.method or "") or (methods[0][0] if methods else ""))
    fields = [pages.Field("name", _("name"), value=typed.get("name", one.name), is_required=True)]
    if is_new:
        units = parts.unit_choices(EDIT)
        unit = typed.get("unit", units[0][0] if units else "")
        fields.append(parts.choice("unit", _("unit"), units, unit, is_required=True))
    fields.append(
        parts.choice(
            "method", _("payment method"), methods, chosen, is_required=True,
            hint=_("one that is marked as charged by a provider"),
        )
    )  # fmt: skip
    fields += [
        pages.Field(
            fact.name, str(fact.title), value=typed.get(fact.name, one.facts.get(fact.name, "")),
            is_required=fact.is_required, hint=str(fact.help),
        )
        for fact in provider.facts
    ]  # fmt: skip
    fields += [
        pages.Field(
            secret.name, str(secret.title), "note" if secret.is_long else "text",
            is_required=is_new, hint="" if is_new else _("empty: the key that is kept stays"),
        )
        for secret in provider.secrets
    ]  # fmt: skip
    said = _("Keys are locked with this installation's own key. Nobody can read them again.")
    return parts.form_page(title, url, tuple(fields), back_url=back, said=said)


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("POST",))
def account_act(request: HttpRequest, account_id: UUID, verb: str) -> HttpResponse:
    """Ask the provider for a payment that nobody knows, or stop and use the account."""
    one = _found(account_id)
    back = reverse("settings-pay-account", args=[one.pk])

    def act() -> HttpResponse:
        if verb == "test":
            return show.go(request, back, toast=pages.Toast(_tested(one)))
        if verb != "switch":
            raise Http404
        run("payments.account.switch", one.pk, {"is_active": request.POST.get("is_active")})
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.deed(request, act, lambda: _page(_found(account_id)))


def _tested(one: Account) -> str:
    """Whether the provider answers, with its signature, that it does not know a new number."""
    if PROVIDERS[one.provider].is_by_hand:
        return _("There is nothing to test: the cashier reads this terminal.")
    asked = Asked(number=env.new_id().hex, amount=Decimal("0.01"))
    said = PROVIDERS[one.provider].query(one.merchant(), asked)
    if said.state == "missing":
        return _("It works: the provider answers, and both signatures are right.")
    return _("It does not work: %(said)s") % {"said": said.reason or said.text[:120] or said.state}

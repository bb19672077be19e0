"""API tokens: keys for programs. A key is shown once, when it is made."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.faces.backoffice.settings import histories, parts, ticks
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.org_actions import EDIT_TOKEN
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import ApiToken, Person
from tongpan.kernel.org.people import person_holds
from tongpan.kernel.org.scope import who
from tongpan.kernel.org.settings import value_of
from tongpan.kernel.org.tokens import DAYS_MOST

DAYS = 90
SHOWN = 500


@dataclass(frozen=True)
class KeyPage:
    """The one page that shows a key."""

    title: str
    name: str
    key: str
    until: str
    back_url: str

    template = "settings/key.html"


@dataclass(frozen=True)
class TokenPage:
    """A new token with the permissions that its maker holds, as boxes to tick."""

    title: str
    save_url: str
    back_url: str
    fields: tuple[pages.Field, ...]
    everything: ticks.Tick
    groups: tuple[ticks.Group, ...]
    means: tuple[tuple[str, str], ...]
    primary: pages.Action
    help: pages.Help
    problem: pages.ErrorPanel | None = None
    problems: tuple[pages.Problem, ...] = ()

    template = "settings/role.html"


@entry(permission=EDIT_TOKEN, scope="company", field_policy="masked")
def tokens(request: HttpRequest) -> HttpResponse:
    """Every token that was not revoked."""
    rows = ApiToken.objects.filter(revoked_at=None).select_related("person").order_by("name")
    new = pages.Action(
        _("New API token"), reverse("settings-token-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("API tokens"),
            help=pages.Help(
                _("A program that uses one does what its person may do, within its scopes.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("person", _("Person"), keep=1, at="detail"),
                pages.Column("scopes", _("scopes"), keep=3),
                pages.Column("used", _("last used at"), pages.Kind.TIME, 3, "code"),
                pages.Column("until", _("expires at"), pages.Kind.TIME, 2, "date"),
            ),
            rows=tuple(_row(token) for token in rows[:SHOWN]),
            primary=new,
            empty=pages.Empty(
                _("No token yet"),
                _("A program needs one to use the API."),
                (replace(new, tone="", key=""),),
            ),
        ),
    )


def _row(token: ApiToken) -> pages.Row:
    url = reverse("settings-token", args=[token.pk])
    is_over = token.expires_at <= env.now()
    cells = {
        "name": pages.Cell(token.name, url=url),
        "person": pages.Cell(token.person.name),
        "scopes": pages.Cell(listed(ticks.title_of(code) for code in token.scopes)),
        "used": pages.Cell(token.last_used_at),
        "until": pages.Cell(token.expires_at, tone="act" if is_over else ""),
    }
    return pages.Row(str(token.pk), cells, url=url)


@entry(permission=EDIT_TOKEN, scope="company", field_policy="masked")
def token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """One token; never its key."""
    return show.page(request, _page(_found(token_id)))


def _found(token_id: UUID) -> ApiToken:
    one: ApiToken = parts.found(ApiToken.objects.select_related("person"), token_id)
    return one


def _page(one: ApiToken) -> pages.MasterPage:
    facts = (
        pages.Fact(_("Person"), pages.Cell(one.person.name)),
        pages.Fact(_("made at"), pages.Cell(one.created_at), pages.Kind.TIME),
        pages.Fact(_("expires at"), pages.Cell(one.expires_at), pages.Kind.TIME),
        pages.Fact(_("last used at"), pages.Cell(one.last_used_at), pages.Kind.TIME),
    )
    revoke = pages.Action(
        _("Revoke"), reverse("settings-token-revoke", args=[one.pk]), method="post",
        tone="danger",
        confirm=pages.Confirm(
            _("Revoke %(name)s?") % {"name": one.name},
            _("The program that uses it is refused from now on. This cannot be taken back."),
            _("Revoke"),
        ),
    )  # fmt: skip
    is_revoked = one.revoked_at is not None
    return pages.MasterPage(
        title=one.name,
        side=(pages.Card(_("API token"), facts=facts),),
        main=(_scopes(one), histories.history_card(one.pk)),
        tag=pages.Tag(_("revoked")) if is_revoked else None,
        back_url=reverse("settings-tokens"),
        actions=() if is_revoked else (revoke,),
    )


def _scopes(one: ApiToken) -> pages.Card:
    """What the program may do, by name, and by the code that its maker reads in refusals."""
    return pages.Card(
        _("What it may do"),
        columns=(
            pages.Column("title", _("Permission"), keep=1, at="title"),
            pages.Column("code", _("code"), pages.Kind.CODE, 2, "code"),
        ),
        rows=tuple(
            pages.Row(
                code,
                {"title": pages.Cell(ticks.title_of(code)), "code": pages.Cell(code)},
            )
            for code in one.scopes
        ),
        is_compact=True,
    )


@entry(permission=EDIT_TOKEN, scope="company", field_policy="masked", methods=("GET", "POST"))
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token. The answer is the one page that shows its key."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-token-new')}?id={pk}"

    def build(typed: parts.Typed) -> TokenPage:
        me = who().person
        people = Person.objects.filter(is_active=True).order_by("name")
        days_max = value_of(DAYS_MOST)
        fields = (
            pages.Field(
                "name", _("name"), value=typed.get("name", ""), is_required=True,
                hint=_("the program that will use it"),
            ),
            parts.choice(
                "person", _("Person"), [(str(p.pk), p.name) for p in people],
                typed.get("person", str(me.pk) if me else ""),
            ),
            pages.Field(
                "days", _("Lives for days"), "quantity",
                typed.get("days", str(min(DAYS, days_max))), unit=_("days"),
            ),
        )  # fmt: skip
        held = ticks.ticked(typed)
        own = {one.code for one in person_holds(me)} if me else set()
        return TokenPage(
            title=_("New API token"),
            save_url=url,
            back_url=reverse("settings-tokens"),
            fields=fields,
            everything=ticks.everything(held, _("Whatever its person holds, also later.")),
            groups=ticks.groups_within(own, held),
            means=ticks.means(),
            primary=pages.Action(
                _("Make"), url, method="post", key="Ctrl Enter", tone="primary", is_form=True
            ),
            help=pages.Help(
                _("Tick what the program may do. It can never do more than its person.")
            ),
        )

    def act(typed: parts.Typed) -> HttpResponse:
        payload = {
            "name": typed.get("name"), "person": typed.get("person"),
            "days": typed.get("days"), "scopes": list(ticks.ticked(typed)),
        }  # fmt: skip
        key = run("org.token.make", pk, payload).result
        made = _found(pk)
        page = KeyPage(
            _("The key of %(name)s") % {"name": made.name}, made.name, key,
            made.expires_at.date().isoformat(), reverse("settings-token", args=[pk]),
        )  # fmt: skip
        answer = show.page(request, page)
        answer["Cache-Control"] = "no-store"
        return answer

    return parts.form(request, build, act)


@entry(permission=EDIT_TOKEN, scope="company", field_policy="masked", methods=("POST",))
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token for good."""
    one = _found(token_id)

    def act() -> HttpResponse:
        run("org.token.revoke", one.pk)
        return show.go(request, reverse("settings-tokens"), toast=pages.Toast(_("Revoked")))

    return parts.deed(request, act, lambda: _page(one))

"""Roles: which permissions go together, up to which amount, and who has them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.starter.roles import lacking
from tongpan.faces.backoffice.settings import histories, parts, ticks
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import as_id, plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Role
from tongpan.kernel.org.people import EDIT_ROLE, LOOK_AS
from tongpan.kernel.org.scope import may_somewhere

ASKS, ENTRUSTED = "needs_second_factor", "is_entrusted"
CAUGHT_UP = "caught_up"  # in an address: also tick what new companies get


@entry(permission=EDIT_ROLE, scope="company", field_policy="open")
def roles(request: HttpRequest) -> HttpResponse:
    """Every role, with how much it holds and how many hold it."""
    rows = Role.objects.annotate(
        codes=Count("actions", distinct=True), people=Count("grants__person", distinct=True)
    ).order_by("name")
    new = pages.Action(
        _("New role"), reverse("settings-role-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Roles"),
            help=pages.Help(
                _("A role is a set of permissions. A person holds it at a unit and below.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("code", _("code"), pages.Kind.CODE, 2, "code"),
                pages.Column("codes", _("Permissions"), keep=2, at="date"),
                pages.Column("people", _("People"), keep=1, at="state"),
            ),
            rows=tuple(_row(role) for role in rows),
            primary=new,
            empty=pages.Empty(
                _("No role yet"), _("Roles say who may do what."), (replace(new, tone="", key=""),)
            ),
        ),
    )


def _row(role: Role) -> pages.Row:
    url = reverse("settings-role", args=[role.pk])
    codes: int = getattr(role, "codes", 0)
    people: int = getattr(role, "people", 0)
    cells = {
        "name": pages.Cell(role.name, url=url),
        "code": pages.Cell(role.code),
        "codes": pages.Cell(
            ngettext("%(n)s permission", "%(n)s permissions", codes) % {"n": codes}
        ),
        "people": pages.Cell(ngettext("%(n)s person", "%(n)s people", people) % {"n": people}),
    }
    return pages.Row(str(role.pk), cells, url=url)


@dataclass(frozen=True)
class RolePage:
    """A role with every permission there is, as boxes to tick."""

    title: str
    save_url: str
    back_url: str
    fields: tuple[pages.Field, ...]
    everything: ticks.Tick
    groups: tuple[ticks.Group, ...]
    means: tuple[tuple[str, str], ...]
    primary: pages.Action
    help: pages.Help | None = None
    actions: tuple[pages.Action, ...] = ()
    note: str = ""
    holders: pages.Card | None = None
    tabs: pages.Tabs | None = None
    problem: pages.ErrorPanel | None = None
    problems: tuple[pages.Problem, ...] = ()

    template = "settings/role.html"


@dataclass(frozen=True)
class ReviewPage:
    """What will be different once the role is saved, and for how many people."""

    title: str
    save_url: str
    note: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    changed: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]

    template = "settings/role_review.html"


@entry(permission=EDIT_ROLE, scope="company", field_policy="open", methods=("GET", "POST"))
def role_new(request: HttpRequest) -> HttpResponse:
    """A new role; with `from`, one that begins as a copy of another."""
    pk, copied = parts.new_id(request), as_id(request.GET.get("from", ""))
    source = Role.objects.filter(pk=copied).first() if copied else None
    url = f"{reverse('settings-role-new')}?id={pk}"
    return _form(request, Role(pk=pk), url, begins=source)


@entry(permission=EDIT_ROLE, scope="company", field_policy="open", methods=("GET", "POST"))
def role(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """A role with its permissions, each with its limit, and who has it."""
    one: Role = parts.found(Role.objects.all(), role_id)
    return _form(request, one, reverse("settings-role", args=[one.pk]))


def _form(request: HttpRequest, one: Role, url: str, *, begins: Role | None = None) -> HttpResponse:
    if request.method != "POST":
        held = _kept(begins or one)
        if CAUGHT_UP not in request.GET:
            return show.page(request, _page(one, url, {}, held, begins))
        more = _shown(lacking(one.code, held))
        return show.page(
            request,
            replace(_page(one, url, {}, {**held, **more}, begins), note=_caught_up(len(more))),
        )
    typed = {name: str(value) for name, value in request.POST.items()}
    wanted = ticks.ticked(typed)
    if "again" in typed:
        return show.page(request, _page(one, url, typed, wanted, None))
    if not one._state.adding and "confirmed" not in typed:
        review = _review(one, url, typed, wanted)
        if review is not None:
            return show.page(request, review)
    payload = {
        "code": typed.get("code"), "name": typed.get("name"),
        "actions": {code: limit or None for code, limit in wanted.items()},
        **{name: typed[name] for name in (ASKS, ENTRUSTED) if name in typed},
    }  # fmt: skip
    try:
        run("org.role.save", one.pk, payload)
    except Forbidden:
        raise
    except Refusal as refusal:
        problem, problems = parts.refused(refusal)
        page = replace(_page(one, url, typed, wanted, None), problem=problem, problems=problems)
        return show.page(request, page, status=422)
    back = reverse("settings-role", args=[one.pk])
    return show.go(request, back, toast=pages.Toast(_("Saved")))


def _page(
    one: Role, url: str, typed: parts.Typed, held: ticks.Held, begins: Role | None
) -> RolePage:
    is_new = one._state.adding
    name = typed.get("name", one.name)
    if begins is not None:
        name = _("Copy of %(name)s") % {"name": begins.name}
    fields = (
        pages.Field("name", _("name"), value=name, is_required=True),
        pages.Field(
            "code", _("code"), value=typed.get("code", one.code), is_required=True,
            hint=_("short, for imports and programs"),
        ),
        parts.choice(
            ASKS, _("Two-step sign-in"),
            (("false", _("as each person likes")), ("true", _("required"))),
            typed.get(ASKS, str((begins or one).needs_second_factor).lower()),
            hint=_("with a code of an app, after the password"),
        ),
        parts.choice(
            ENTRUSTED, _("Who gives it"),
            (("false", _("who holds all of it")), ("true", _("administrators too"))),
            typed.get(ENTRUSTED, str(one.is_entrusted).lower()),
            hint=_("to others, and they set their passwords; never to themselves"),
        ),
    )  # fmt: skip
    copy = f"{reverse('settings-role-new')}?from={one.pk}"
    deed = _("Save") if is_new else _("Look at the changes")
    return RolePage(
        title=_("New role") if is_new else one.name,
        save_url=url,
        back_url=reverse("settings-roles"),
        fields=fields,
        everything=ticks.everything(
            held, _("All there is, and all that will come: for owners.")
        ),
        groups=ticks.groups(held),
        means=ticks.means(),
        primary=pages.Action(
            deed, url, method="post", key="Ctrl Enter", tone="primary", is_form=True
        ),
        help=pages.Help(
            _("Tick what whoever has this role may do. A limit holds up to that amount of a "
              "document; empty is no limit.")
        ),
        actions=()
        if is_new
        else (*_catch_up(one, held), *_look(one), pages.Action(_("Copy"), copy, icon="copy")),
        holders=None if is_new else _holders(one),
        tabs=None if is_new else histories.history_tabs(one.pk),
    )  # fmt: skip


def _catch_up(one: Role, held: ticks.Held) -> tuple[pages.Action, ...]:
    """To what the program has brought since, where the role of a new company holds more."""
    count = len(lacking(one.code, held))
    if not count:
        return ()
    url = f"{reverse('settings-role', args=[one.pk])}?{CAUGHT_UP}=1"
    title = _("Tick what has come since (%(n)s)") % {"n": count}
    return (pages.Action(title, url, icon="plus"),)


def _caught_up(count: int) -> str:
    return ngettext(
        "%(n)s permission more is ticked: this role has it in a new company. Nothing is saved yet.",
        "%(n)s permissions more are ticked: this role has them in a new company. "
        "Nothing is saved yet.",
        count,
    ) % {"n": count}  # fmt: skip


def _look(one: Role) -> tuple[pages.Action, ...]:
    if not may_somewhere(LOOK_AS):
        return ()
    url = reverse("settings-role-look", args=[one.pk])
    return (pages.Action(_("See what they see"), url, icon="show"),)


def _holders(one: Role) -> pages.Card:
    """Who has the role, and where."""
    grants = Grant.objects.filter(role=one).select_related("person", "unit")
    return pages.Card(
        _("Who has it"),
        columns=(
            pages.Column("person", _("Person"), pages.Kind.LINK, 1, "title"),
            pages.Column("unit", _("At the unit and below"), keep=1, at="detail"),
            pages.Column("until", _("until"), pages.Kind.DATE, 2, "date"),
        ),
        rows=tuple(
            pages.Row(
                str(grant.pk),
                {
                    "person": pages.Cell(
                        grant.person.name,
                        after="" if grant.person.is_active else _("switched off"),
                    ),
                    "unit": pages.Cell(str(grant.unit)),
                    "until": pages.Cell(grant.valid_until),
                },
                url=reverse("settings-person", args=[grant.person_id]),
            )
            for grant in grants.order_by("person__name", "unit__path")
        ),
        empty=_("Nobody yet. Give it to somebody on their page."),
        is_compact=True,
    )


def _review(one: Role, url: str, typed: parts.Typed, wanted: ticks.Held) -> ReviewPage | None:
    """What saving would change; None where nothing but the names would."""
    kept = _kept(one)
    gained = [code for code in wanted if code not in kept]
    lost = [code for code in kept if code not in wanted]
    changed = [c for c in wanted if c in kept and _amount(wanted[c]) != _amount(kept[c])]
    if not (gained or lost or changed):
        return None
    holders = Grant.objects.filter(role=one, person__is_active=True)
    people = holders.values("person").distinct().count()
    note = ngettext(
        "%(n)s person has this role.", "%(n)s people have this role.", people
    ) % {"n": people}  # fmt: skip
    return ReviewPage(
        title=_("What changes in %(role)s") % {"role": one.name},
        save_url=url,
        note=note,
        gained=tuple(_said(code, wanted[code]) for code in gained),
        lost=tuple(_said(code, "") for code in lost),
        changed=tuple(
            f"{ticks.title_of(c)}: {_limit(kept[c])} → {_limit(wanted[c])}" for c in changed
        ),
        typed=tuple((n, v) for n, v in typed.items() if n != "csrfmiddlewaretoken"),
    )


def _said(code: str, limit: str) -> str:
    up_to = _("up to %(amount)s") % {"amount": limit}
    return f"{ticks.title_of(code)} ({up_to})" if limit else ticks.title_of(code)


def _limit(limit: str) -> str:
    return limit or _("no limit")


def _amount(limit: str) -> Decimal | str | None:
    """A limit as it is compared: 2000 and 2,000.00 are the same; what is no number is itself."""
    try:
        return Decimal(limit.replace(",", "")) if limit else None
    except InvalidOperation:
        return limit


def _kept(role: Role) -> dict[str, str]:
    return _shown(dict(role.actions.order_by("code").values_list("code", "amount_max")))


def _shown(actions: Mapping[str, Decimal | None]) -> dict[str, str]:
    return {code: "" if limit is None else str(plain(limit)) for code, limit in actions.items()}

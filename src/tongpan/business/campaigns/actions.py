"""Asking what a promotion would have done, and the job that works it out, a part at a time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.campaigns import queries
from tongpan.business.campaigns.models import Rehearsal
from tongpan.business.promotions import plain
from tongpan.business.promotions import queries as promotions
from tongpan.business.promotions.documents import PROMOTION
from tongpan.business.promotions.rules.pricing import Outcome, Priced, price
from tongpan.business.promotions.rules.reading import promotion_from
from tongpan.business.promotions.rules.values import Promotion
from tongpan.kernel.documents.fields import Unreadable, as_id, read_date
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.jobs import enqueue, job
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, units_where, who

REHEARSE = "promotions.promotion.rehearse"
JOB = "campaigns.rehearse"
BASKETS_MAX, AT_ONCE, DAYS_MAX = 5000, 200, 92

say("rehearsal_no_stores", noop("Choose at least one store where you may see this."))
say("rehearsal_days", noop("Choose at most {max} days, the first before the last."))
declare_permission(
    REHEARSE, _("Promotion: Run it over past sales"),
    _("See what a promotion would have done to the sales of stores."),
)  # fmt: skip


def begin(doing: Doing) -> None:
    """Have a promotion run over past baskets: payload `promotion` (its id), `since`, `until`,
    `stores` (ids). The subject is the id under which the result is kept.

    Errors: Refusal with the fields of the promotion that are wrong, or of what was asked.
    """
    payload = doing.payload
    promotion = as_id(payload.get("promotion"))
    if promotion is None:
        raise Refusal("not_found")
    body = load(PROMOTION, promotion)
    doing.require(body.document.org_unit)
    since, until = _day(payload, "since"), _day(payload, "until")
    if not timedelta(0) <= until - since < timedelta(days=DAYS_MAX):
        problem = {"path": "since", "code": "rehearsal_days", "max": DAYS_MAX}
        raise Refusal("invalid", problems=[problem])
    stores = _stores(body, [str(pk) for pk in payload.get("stores") or ()])
    if not stores:
        problem = {"path": "stores", "code": "rehearsal_no_stores"}
        raise Refusal("invalid", problems=[problem])
    plain.read(body)
    ids = [unit.pk for unit in stores]
    person = who().person
    doing.result = Rehearsal.unscoped.create(
        id=doing.subject, promotion=body, since=since, until=until, stores=[str(i) for i in ids],
        baskets=min(BASKETS_MAX, queries.count_baskets(ids, since, until)),
        declared=plain.declared(body), asked_at=doing.at, asked_by=person,
    )  # fmt: skip
    enqueue(JOB, rehearsal=str(doing.subject))


def _day(payload: Any, name: str) -> date:
    try:
        return read_date(payload.get(name) or "")
    except Unreadable as wrong:
        problem = {"path": name, "label": name, "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None


def _stores(body: Any, asked: list[str]) -> list[OrgUnit]:
    rows = units_where(REHEARSE).filter(
        kind=OrgUnit.Kind.STORE, path__startswith=body.document.org_unit.path
    )
    return [unit for unit in rows.order_by("path") if str(unit.pk) in asked]


@job(JOB, tries=3)
def rehearse(rehearsal: str) -> None:
    """Look at the next baskets, and go on in a job of its own while there are more."""
    run = Rehearsal.unscoped.select_for_update().filter(pk=UUID(rehearsal)).first()
    if run is None or run.state == Rehearsal.State.DONE:
        return
    stores = {unit.pk: unit for unit in OrgUnit.objects.filter(pk__in=run.stores)}
    draft = without_dates(promotion_from(run.declared))
    version = promotions.version()
    beside = {
        pk: tuple(
            without_dates(one)
            for one in promotions.live(unit, version) if one.code != draft.code
        )
        for pk, unit in stores.items()
    }  # fmt: skip
    left = min(AT_ONCE, BASKETS_MAX - run.done)
    baskets = queries.past_baskets(stores, run.since, run.until, after=run.after, limit=left)
    costs = queries.costs_of([one.sale for one in baskets], run.since, run.until)
    for one in baskets:
        basket = replace(one.basket, coupons=draft.conditions.coupons)
        before = price(basket, beside[one.store])
        after = price(basket, (draft, *beside[one.store]))
        outcome = next(o for o in after.outcomes if o.promotion == draft.code)
        add(run, one, before, after, outcome, costs.get(one.sale, ZERO))
        run.after = one.sale
    run.done += len(baskets)
    if len(baskets) < left or run.done >= BASKETS_MAX:
        run.state, run.baskets = Rehearsal.State.DONE, run.done
    run.save()
    if run.state == Rehearsal.State.RUNNING:
        enqueue(JOB, rehearsal=rehearsal)


def without_dates(promotion: Promotion) -> Promotion:
    """The promotion as if it held on every day; weekdays and hours stay. What was used of budgets
    and times is left out as well."""
    return replace(promotion, conditions=replace(promotion.conditions, begins=None, ends=None))


def add(
    run: Rehearsal, one: queries.Past, before: Priced, after: Priced, outcome: Outcome,
    cost: Decimal,
) -> None:  # fmt: skip
    """Put one basket into the sums of its store."""
    store = str(one.store)
    sums = run.found.setdefault(store, {})
    _more(sums, "baskets", 1)
    _more(sums, "before", before.total)
    _more(sums, "after", after.total)
    _more(sums, "discount", outcome.amount)
    _more(sums, "touched", 1 if outcome.is_applied else 0)
    _more(sums, "given", _given(outcome))
    margins = run.margins.setdefault(store, {})
    _more(margins, "before", _net(one, before) - cost)
    _more(margins, "after", _net(one, after) - cost)


def _more(sums: dict[str, str], name: str, amount: Decimal | int) -> None:
    sums[name] = str(Decimal(sums.get(name, "0")) + amount)


def _given(outcome: Outcome) -> Decimal:
    """How often it gave, and would have given had the customer taken what it gives."""
    hint = outcome.hint
    missing = hint.facts.get("missing", 0) if hint and hint.code == "hint_take_reward" else 0
    return Decimal(outcome.times) + Decimal(missing)


def _net(one: queries.Past, priced: Priced) -> Decimal:
    """What the basket brought without tax."""
    nets: Iterable[Decimal] = (
        round_to(line.net / (1 + one.tax_rates[line.id]), MONEY_STEP) for line in priced.lines
    )
    return sum(nets, ZERO)


register_action(
    Action(
        code=REHEARSE, title=_("Run it over past sales"), run=begin, permission=REHEARSE,
        type=PROMOTION,
    )
)  # fmt: skip

"""The promotion as a document, and the groups by which promotions get along."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.business.promotions import plain, queries, screens
from tongpan.business.promotions.models import (
    Part,
    PromotionDocument,
    PromotionGroup,
    PromotionLine,
)
from tongpan.business.promotions.postings import promotion_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, refer
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.prices.rules import clock_read
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults, invalid_columns

say("promotion_needs_goods", noop("Say which goods it is for, or that it is for all."))
say("promotion_needs_slots", noop("Say which goods make the set."))
say("promotion_needs_steps", noop("There is no step yet. Add at least one."))
say("promotion_needs_reward", noop("Say which goods it gives."))
say("promotion_all_or_some", noop("Either all goods, or those that you name."))
say("promotion_goods_one_of", noop("Name an item, a category or a brand: one of them."))
say("promotion_not_on_this_line", noop("{label} does not belong on a line that says: {part}."))
say("promotion_limit_too_large", noop("It can be {max} at most."))
say("promotion_over_already", noop("It would be over already."))
say("promotion_store_elsewhere", noop("{store} does not belong to {unit}."))
say("promotion_ended_already", noop("It was ended already."))

refer(reference(PromotionGroup))


def complete_group(row: PromotionGroup) -> None:
    fill_defaults(row)


GROUP = register(
    MasterType(
        code="promotions.group",
        title=_("Group of promotions"),
        plural=_("Groups of promotions"),
        help=_(
            "How promotions get along: they add up, each piece takes the best one, or one of them"
            " is used in a sale. Groups are applied in the order of their turns."
        ),
        job="items",
        model=PromotionGroup,
        key="code",
        fields=("code", "name", "rule", "position"),
        listed=("code", "name", "rule", "position", "state"),
        complete=complete_group,
        check=lambda row, before: invalid_columns(row, ("code",)),
        saved=lambda row, is_new: queries.changed(),
        screens={"order": ("position",)},
    )
)


# -- the promotion ---------------------------------------------------------------------------------


def complete_promotion(body: PromotionDocument) -> None:
    """A till promotes nothing: its store does. What the kind has no use for is taken away."""
    body.begins_clock = clock_read(body.begins_clock or "")
    body.ends_clock = clock_read(body.ends_clock or "")
    fill_defaults(body)
    document = body.document
    if document.org_unit.kind == OrgUnit.Kind.TILL and document.org_unit.parent is not None:
        document.org_unit = document.org_unit.parent
    body.weekdays = "".join(sorted(set(body.weekdays)))
    for name in ("hours", "member_tags", "channels", "payments"):
        setattr(body, name, " ".join(dict.fromkeys(getattr(body, name).split())))
    if body.kind:
        counting = plain.TERMS.get(body.kind, {}).values()
        for name in plain.FIGURES:
            if name not in counting:
                column: Any = PromotionDocument._meta.get_field(name)
                setattr(body, name, column.get_default())


def check_promotion(body: PromotionDocument) -> Iterator[Problem]:
    yield from plain.problems(body)
    unit = body.document.org_unit
    for line in body.lines:
        if line.store is not None and not line.store.path.startswith(unit.path):
            facts = {"store": line.store.name, "unit": unit.name}
            path = f"lines.{line.position}.store"
            yield {"path": path, "code": "promotion_store_elsewhere", **facts}
    now = env.now().astimezone(unit.zone).replace(tzinfo=None)
    if body.ends is not None and body.ends <= now:
        yield {"path": "ends_on", "code": "promotion_over_already"}


def begin_promotion(doing: Doing) -> None:
    """From now on it may hold. One that changes another ends that other in the same moment."""
    body: PromotionDocument = doing.body
    if body.instead_of_id is not None:
        end(body.instead_of_id, doing.at)
    queries.changed()


def withdraw_promotion(doing: Doing) -> None:
    """It holds no longer. Where some of its budget was used, the ledger refuses: end it instead."""
    queries.changed()


def end(promotion: Any, at: Any) -> bool:
    """End a promotion, unless it was ended before; answers whether this did."""
    rows = PromotionDocument.unscoped.filter(pk=promotion, ended_at=None)
    return bool(rows.update(ended_at=at))


PROMOTION = register(
    DocumentType(
        code="promotions.promotion",
        title=_("Promotion"),
        plural=_("Promotions"),
        help=_(
            "What takes something off at the till by itself: for which goods, when, where, for"
            " whom, and how often. Once it was approved it is not edited any more, but ended."
        ),
        job="items",
        body=PromotionDocument,
        line=PromotionLine,
        numbering="HD-{unit}-{year:02}-{serial:05}",
        header=(
            "title", "kind", "begins_on", "begins_clock", "ends_on", "ends_clock", "weekdays",
            "hours", *plain.FIGURES, "quantity_min", "amount_min", "basket_min", "measured",
            "members_only", "member_tags", "channels", "payments", "coupon", "per_sale",
            "per_member", "per_day", "amount_max", "budget", "group", "place", "is_exclusive",
        ),
        columns=("part", *plain.COLUMNS),
        listed=("number", "title", "kind", "begins_on", "ends_on", "state", "created_by"),
        complete=complete_promotion,
        check=check_promotion,
        amount=lambda body: body.budget,
        carry_out=begin_promotion,
        take_back=withdraw_promotion,
        moves=promotion_moves,
        screens={
            "signed_by": (_("Asked by"), _("Approved by")),
            "standings": screens.STANDINGS,
            "views": screens.VIEWS,
            "unsummed": ("least", "off"),
        },
    )
)  # fmt: skip

__all__ = ["GROUP", "PROMOTION", "Part", "end"]

"""Ending a promotion before its time, and changing one that holds: what was posted stays."""

from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.promotions import queries
from tongpan.business.promotions.documents import PROMOTION, end
from tongpan.business.promotions.models import PromotionDocument
from tongpan.kernel.documents.actions.along import do_along
from tongpan.kernel.documents.actions.drafts import copy_payload
from tongpan.kernel.documents.actions.posting import reason
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.scope import declare_permission

END, CHANGE = PROMOTION.permission("end"), PROMOTION.permission("change")
POSTED = frozenset({State.POSTED.value})


def end_now(doing: Doing) -> None:
    """End a promotion at this moment: payload `reason`. Sales before it keep what they got.

    Errors: Refusal promotion_ended_already.
    """
    doing.require(doing.document.org_unit)
    doing.note = reason(doing)
    if not end(doing.document.pk, doing.at):
        raise Refusal("promotion_ended_already")
    doing.changes["ended_at"] = [None, doing.at.isoformat()]
    queries.changed()


def change(doing: Doing) -> None:
    """Draft a promotion like this one that takes its place when it is approved; this one holds
    until then. The result is the id of the draft.

    Errors: Refusal promotion_ended_already.
    """
    body: PromotionDocument = doing.body
    doing.require(doing.document.org_unit)
    if body.ended_at is not None:
        raise Refusal("promotion_ended_already")
    draft = do_along(
        doing, PROMOTION.permission("save"), env.new_id(), copy_payload(PROMOTION, body)
    )
    PromotionDocument.unscoped.filter(pk=draft.subject).update(instead_of=body)
    doing.result = draft.subject
    doing.told["draft"] = draft.subject


declare_permission(
    END, _("Promotion: End"), _("End a promotion before its time, for all stores it holds in.")
)
declare_event(f"{PROMOTION.code}.ended", _("Promotion: ended"))
declare_event(f"{PROMOTION.code}.changed", _("Promotion: a change was drafted"))
register_action(
    Action(
        code=END, title=_("End now"), run=end_now, permission=END, type=PROMOTION, states=POSTED,
        event=f"{PROMOTION.code}.ended", needs_reason=True,
    )
)  # fmt: skip
register_action(
    Action(
        code=CHANGE, title=_("Change it"), run=change, permission=PROMOTION.permission("save"),
        type=PROMOTION, states=POSTED, event=f"{PROMOTION.code}.changed",
    )
)  # fmt: skip

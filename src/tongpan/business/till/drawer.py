"""Opening the drawer without a sale: who did it, when, and why."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import Unreadable, read_text
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, who

OPEN = "till.drawer.open"
KIND, REASON_MAX = "till.drawer", 120

declare_permission(OPEN, _("Drawer: Open without a sale"))
say("drawer_reason", noop("Say why the drawer is opened."))


def open_drawer(doing: Doing) -> None:
    """Open the drawer of the till where the person stands: payload `reason`. It is written down;
    the face sends the printer its pulse."""
    till = who().at
    if till is None or till.kind != OrgUnit.Kind.TILL:
        raise Refusal("not_at_a_till")
    doing.require(till)
    try:
        reason = read_text(doing.payload.get("reason") or "", max_length=REASON_MAX)
    except Unreadable as wrong:
        problem = {"path": "reason", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None
    if not reason:
        raise Refusal("invalid", problems=[{"path": "reason", "code": "drawer_reason"}])
    doing.note, doing.kind = reason, KIND
    doing.told = {"reason": reason}


register_action(
    Action(
        code=OPEN, title=_("Open the drawer"), run=open_drawer, permission=OPEN,
        event=declare_event("till.drawer.opened", _("Open the drawer")),
    )
)  # fmt: skip

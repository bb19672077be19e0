"""What lists and pages say of approved promotions: planned, live, over or ended, by the clock."""

from datetime import UTC, date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.showing import Come, HowFar, Standing
from tongpan.kernel.org.scope import who

PLANNED = Standing("transit", _("planned"))
LIVE = Standing("partly", _("live now"))
OVER = Standing("done", _("over"))
ENDED = Standing("done", _("ended early"))

_TOLD = """
select document_id, false, 0::numeric, concat_ws('|', begins_on, begins_clock, coalesce(
         ends_on::text, ''), ends_clock, case when ended_at is null then '' else 'ended' end)
  from promotion where document_id = any(%s)
"""


def _word(document: Document, come: Come | None) -> Standing | None:
    if come is None:
        return None
    begins_on, begins_clock, ends_on, ends_clock, ended = come.said.split("|")
    now = env.now().astimezone(document.org_unit.zone).replace(tzinfo=None)
    if ended:
        return ENDED
    if now < datetime.fromisoformat(f"{begins_on} {begins_clock or '00:00'}"):
        return PLANNED
    if ends_on:
        ends = datetime.fromisoformat(f"{ends_on} {ends_clock or '00:00'}")
        if now >= (ends if ends_clock else ends + timedelta(days=1)):
            return OVER
    return LIVE


STANDINGS = HowFar(_TOLD, _word)


def _approved() -> Q:
    return Q(document__state=State.POSTED, ended_at=None)


def _today() -> date:
    """By the clock of where the person stands; that of a far store may say another day."""
    here = who().at
    return env.now().astimezone(here.zone if here else UTC).date()


def _live() -> Q:
    """Those of whose days today is one."""
    ends = Q(ends_on=None) | Q(ends_on__gte=_today())
    return _approved() & ends & Q(begins_on__lte=_today())


def _planned() -> Q:
    return _approved() & Q(begins_on__gt=_today())


def _over() -> Q:
    return Q(document__state=State.POSTED) & (Q(ends_on__lt=_today()) | Q(ended_at__isnull=False))


VIEWS = {
    "live": (_("Live now"), _live),
    "planned": (_("Planned"), _planned),
    "over": (_("Over"), _over),
}
__all__ = ["STANDINGS", "VIEWS"]

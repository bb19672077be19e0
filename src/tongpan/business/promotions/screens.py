"""What lists and pages say of approved promotions: planned, live, over or ended, by the clock."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.showing import Come, HowFar, Standing

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
    return Q(state=State.POSTED, promotiondocument__ended_at=None)


def _live() -> Q:
    """Those of whose days today is one."""
    today = env.now().date()
    ends = Q(promotiondocument__ends_on=None) | Q(promotiondocument__ends_on__gte=today)
    return _approved() & ends & Q(promotiondocument__begins_on__lte=today)


def _planned() -> Q:
    return _approved() & Q(promotiondocument__begins_on__gt=env.now().date())


def _over() -> Q:
    over = Q(promotiondocument__ends_on__lt=env.now().date())
    return Q(state=State.POSTED) & (over | Q(promotiondocument__ended_at__isnull=False))


VIEWS = {
    "live": (_("Live now"), _live),
    "planned": (_("Planned"), _planned),
    "over": (_("Over"), _over),
}
__all__ = ["STANDINGS", "VIEWS"]

"""The closed shift (交班单): counted and posted at once."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.business.shifts.models import Shift, ShiftCount
from tongpan.business.shifts.postings import shift_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.registry import DocumentType


def _no_amount(_body: Any) -> None:
    """Whoever may close a shift may close each: nobody chooses what was in the drawer."""


SHIFT = register(
    DocumentType(
        code="till.shift",
        title=_("Shift hand-over"),
        plural=_("Shift hand-overs"),
        help=_(
            "Who answered for a till's drawer and from when to when, what was counted in the end,"
            " and what was over or short. What the cash comes to is brought in with the takings."
        ),
        job="till",
        body=Shift,
        line=ShiftCount,
        numbering="JB-{unit}-{year:02}-{serial:05}",
        header=(
            "store", "clerk", "float_amount", "expected", "counted", "difference", "kept", "remark",
        ),
        columns=("kind", "face", "pieces", "amount"),
        listed=("number", "business_date", "store", "clerk", "counted", "difference", "state"),
        moves=shift_moves,
        amount=_no_amount,
        verbs=frozenset({"reverse", "comment", "attach"}),
        screens={"signed_by": (_("Handed over by"), _("Checked by"))},
    )
)  # fmt: skip

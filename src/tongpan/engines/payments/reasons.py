"""Why a provider charged nobody, in the reader's own language where its code is known.

Providers answer with a code and a text, which is Chinese. A known code is kept instead of the text,
and said when somebody looks; what is not known is shown as the provider wrote it.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_MONEY = _("There is not enough money for it (balance too low).")
_OLD_CODE = _("The code has expired. Ask for a fresh one.")
_BAD_CODE = _("The code is not valid. Ask for a fresh one.")
_NOT_HERE = _("The customer's account does not allow this payment.")
_LIMIT = _("A limit of the customer's account was reached.")
_FAILED = _("The payment failed, or the customer did not confirm it in time.")

# As adapters say them: without underscores, and without what stands before a point.
KNOWN: Mapping[str, str | Promise] = {
    "NOTENOUGH": _NO_MONEY, "BUYERBALANCENOTENOUGH": _NO_MONEY,
    "BUYERBANKCARDBALANCENOTENOUGH": _NO_MONEY,
    "AUTHCODEEXPIRE": _OLD_CODE, "AUTHCODEEXPIRED": _OLD_CODE,
    "AUTHCODEERROR": _BAD_CODE, "AUTHCODEINVALID": _BAD_CODE, "PAYMENTAUTHCODEINVALID": _BAD_CODE,
    "SOUNDWAVEPARSERFAIL": _BAD_CODE,
    "NOTSUPORTCARD": _NOT_HERE, "NOTSUPPORTCARD": _NOT_HERE, "BUYERMISMATCH": _NOT_HERE,
    "ERRORBALANCEPAYMENTDISABLE": _NOT_HERE, "ERRORBUYERCERTIFYLEVELLIMIT": _NOT_HERE,
    "BUYERENABLESTATUSFORBID": _NOT_HERE, "BUYERSELLEREQUAL": _NOT_HERE,
    "BUYERPAYMENTAMOUNTDAYLIMITERROR": _LIMIT, "BUYERPAYMENTAMOUNTMONTHLIMITERROR": _LIMIT,
    "BEYONDPAYRESTRICTION": _LIMIT, "BEYONDPERRECEIPTRESTRICTION": _LIMIT, "RULELIMIT": _LIMIT,
    "PAYERROR": _FAILED, "PAYMENTFAIL": _FAILED,
    "not_sent": _("It could not be sent to the provider."),
    "signature": _("The answer was not signed as it should be."),
}  # fmt: skip


def kept(code: str, text: str) -> str:
    """What is kept of an answer: the code where it is known, else what the provider wrote."""
    known = code.rpartition(".")[2].replace("_", "").upper()
    return known if known in KNOWN else text


def in_words(reason: str) -> str:
    """What was kept, as people read it.

    >>> in_words("银行系统异常")
    '银行系统异常'
    """
    return str(KNOWN.get(reason, reason))

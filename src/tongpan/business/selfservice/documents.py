"""The master of the members' own page."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.selfservice.models import MembersPage
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.validity import fill_defaults, invalid_columns

say("page_address", noop("An address begins with https:// or http:// and has no path."))
say("code_wait", noop("Too many codes were asked for. Wait a while."))
say("code_wrong", noop("This code is not right, or holds no more."))
say("consent_first", noop("Agree to the rules to become a member."))
say("no_members_page", noop("This company has no page for members."))
say("invoice_known", noop("The invoice of this slip was asked for already."))
say("invoice_nothing", noop("Nothing of this slip is invoiced."))
say("invoice_title", noop("Write the company's name."))
say("invoice_tax_number", noop("This is not a tax number: it has 15 to 20 digits and letters."))
say("asked_already", noop("You asked for this already. We are at it."))
say("request_closed", noop("This was done or declined already."))


def check_page(row: MembersPage, before: MembersPage | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code", "address"))
    scheme, _sep, rest = row.address.partition("://")
    if scheme not in ("https", "http") or "/" in rest.rstrip("/"):
        yield {"path": "address", "code": "page_address"}


PAGE = register(
    MasterType(
        code="selfservice.page",
        title=_("Members' page"),
        plural=_("Members' pages"),
        help=_(
            "Where members see what they have, and the rules that who joins agrees to. New rules"
            " are a new version; who agreed to an older one is on record with it."
        ),
        job="membership",
        model=MembersPage,
        key="code",
        fields=("code", "valid_from", "address", "rules", "rules_en"),
        listed=("code", "valid_from", "address", "state"),
        complete=fill_defaults,
        check=check_page,
        screens={"order": ("-valid_from",)},
    )
)

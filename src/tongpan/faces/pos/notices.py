"""The door for what payment providers tell by themselves. No person comes in here: a signature."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tongpan.engines.payments import asking
from tongpan.engines.payments.adapters import Forged
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.models import Account
from tongpan.faces.kit.entry import PUBLIC, entry

LONGEST = 64 * 1024


@csrf_exempt
@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("POST",))
def notify(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take in a provider's notice for an account. What is not signed by it leaves no trace."""
    if int(request.headers.get("content-length") or 0) > LONGEST:
        return HttpResponse(status=413)
    account = Account.unscoped.filter(pk=account_id).first()
    if account is None:
        return HttpResponse(status=404)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        asking.receive(account, headers, request.body)
    except Forged:
        return HttpResponse(status=401)
    kind, text = PROVIDERS[account.provider].thanks()
    return HttpResponse(text, content_type=kind)


urlpatterns = [path("notify/<uuid:account_id>/", notify, name="pay-notify")]

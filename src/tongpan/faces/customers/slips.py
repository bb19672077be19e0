"""The page of a slip: whoever holds it, and so its token, asks for its invoice, once."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.actions import ASK_INVOICE
from tongpan.business.till.queries import TOKEN
from tongpan.faces.customers.door import limited, said_by, shown
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import PUBLIC, entry
from tongpan.kernel.documents.gate import run


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("GET", "POST"))
@limited
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """Store, day and amount of the slip, and the request of its invoice. Nothing of its member."""
    found = queries.sale_of_token(token) if TOKEN.fullmatch(token) else None
    if found is None:
        raise Http404
    said: list[str] = []
    if request.method == "POST":
        facts = {
            "token": token,
            "is_company": request.POST.get("who") == "company",
            "title": request.POST.get("title", "")[:200],
            "tax_number": request.POST.get("tax_number", "")[:60],
        }
        try:
            run(ASK_INVOICE, env.new_id(), facts)
        except Refusal as no:
            said = said_by(no)
        else:
            return HttpResponseRedirect(reverse("own-slip", args=[token]))
    context = {
        "store": found.store.name,
        "seller": found.store.entity.name if found.store.entity else "",
        "on": formats.full_day(found.document.business_date),
        "total": formats.money(found.gross, "CNY"),
        "invoiceable": formats.money(found.invoiceable, "CNY") if found.invoiceable > 0 else "",
        "invoice": queries.invoice_of(found.document_id),
        "said": said,
        "typed": request.POST,
    }
    return shown(request, "customers/slip.html", context, status=422 if said else 200)

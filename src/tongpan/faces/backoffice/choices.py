"""What a person sets for themselves: language, light or dark, and the unit they work at."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tongpan.base.refusals import Forbidden
from tongpan.faces.backoffice.door import safe_next
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, entry
from tongpan.faces.kit.frame import THEME_COOKIE, UNIT_KEY, units_of_person
from tongpan.kernel.org.models import Person

YEAR_S = 365 * 24 * 3600


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("POST",))
def set_language(request: HttpRequest) -> HttpResponse:
    """Remembered by the machine, and by the person if somebody is signed in."""
    answer = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR_S, samesite="Lax")
        _remember(request, language=chosen)
    return answer


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("POST",))
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (empty) as the device says."""
    answer = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in ("light", "dark"):
        answer.set_cookie(THEME_COOKIE, chosen, max_age=YEAR_S, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie(THEME_COOKIE)
    _remember(request, theme=chosen if chosen in ("light", "dark") else "system")
    return answer


@entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=("POST",))
def set_unit(request: HttpRequest) -> HttpResponse:
    """Work at another unit, one of those where the person holds anything."""
    chosen = request.POST.get("unit", "")
    if chosen not in {str(unit.pk) for unit in units_of_person()}:
        raise Forbidden("forbidden", permission="", unit=None)
    request.session[UNIT_KEY] = chosen
    return HttpResponseRedirect(safe_next(request))


def _remember(request: HttpRequest, **chosen: str) -> None:
    if request.user.is_authenticated:
        Person.objects.filter(pk=request.user.pk).update(**chosen)

"""The addresses of the back office; the derived pages and the developers' gallery hang in here."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tongpan.faces.backoffice import choices, door, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("first-steps/", home.first_steps, name="first-steps"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("switch/", door.switch, name="switch"),
    path("language/", choices.set_language, name="set-language"),
    path("theme/", choices.set_theme, name="set-theme"),
    path("unit/", choices.set_unit, name="set-unit"),
]
if find_spec("tongpan.faces.kit.derived.urls"):
    urlpatterns.append(path("", include("tongpan.faces.kit.derived.urls")))
if settings.DEBUG:
    urlpatterns.append(path("", include("tongpan.faces.kit.gallery")))

"""Every address of the program."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

FACES = {
    "": "tongpan.faces.backoffice.urls",
    "api/": "tongpan.faces.api.urls",
    "c/": "tongpan.faces.customers.urls",
    "files/": "tongpan.faces.files.urls",
    "help/": "tongpan.faces.help.urls",
    "pay/": "tongpan.faces.pos.notices",
    "till/": "tongpan.faces.pos.urls",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module))
    for prefix, module in sorted(FACES.items(), reverse=True)
    if find_spec(module)
]

handler400 = "tongpan.faces.kit.errors.unreadable"
handler404 = "tongpan.faces.kit.errors.not_here"
handler500 = "tongpan.faces.kit.errors.went_wrong"

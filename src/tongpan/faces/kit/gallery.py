"""The gallery at /kit/: every kind of page with invented values, for whoever works on the kit.

It is there only while TONGPAN_DEBUG is on, and reads no company's data.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation

from tongpan.faces.kit import sample
from tongpan.faces.kit.entry import PUBLIC, entry
from tongpan.faces.kit.pages import FormPage, Page
from tongpan.faces.kit.show import by_path
from tongpan.faces.kit.words import words

PAGES: dict[str, tuple[Callable[[], Page], str, int]] = {
    "home": (sample.home_page, "home", 0),
    "list": (sample.list_page, "buying", 1),
    "empty": (sample.empty_list, "stock", 0),
    "filtered": (lambda: sample.empty_list(is_filtered=True), "stock", 0),
    "document": (sample.document_page, "buying", 2),
    "problem": (lambda: sample.document_page(with_problem=True), "buying", 2),
    "form": (sample.form_page, "stock", 0),
    "wrong": (lambda: sample.form_page(with_problems=True), "stock", 0),
    "item": (sample.master_page, "items", 0),
    "steps": (sample.steps_page, "home", 0),
    "print": (sample.print_page, "buying", 2),
}


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("GET", "POST"))
def show_sample(request: HttpRequest, name: str = "home") -> HttpResponse:
    """One sample page. ?language=en and ?theme=dark choose how it looks."""
    if name not in PAGES:
        raise Http404
    make, job, tab = PAGES[name]
    language = request.GET.get("language", "zh-hans")
    theme = request.GET.get("theme", "")
    with translation.override(language):
        page = make()
        context: dict[str, Any] = {
            "page": page,
            "problems": by_path(page.problems) if isinstance(page, FormPage) else {},
            "shell": sample.shell(job, tab, theme, toast="toast" in request.GET),
            "words": words(),
            "csp_nonce": getattr(request, "csp_nonce", ""),
        }
        return HttpResponse(render_to_string(page.template, context, request))


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("GET", "POST"))
def save_sample(request: HttpRequest) -> HttpResponse:
    """What a draft gets back when it saved itself."""
    version = int(request.POST.get("version") or 0) + 1
    return JsonResponse(
        {"version": version, "note": "自动保存于 18:21", "problems": {}, "parts": {}}
    )


@entry(permission=PUBLIC, scope="none", field_policy="none")
def find_item(request: HttpRequest) -> HttpResponse:
    """What a search field gets back."""
    asked = request.GET.get("q", "") or request.GET.get("code", "")
    found = [item for item in sample.ITEMS if asked in item[0] or asked == item[2]]
    results = [
        {
            "id": i[2],
            "title": i[0],
            "note": f"{i[9]} {i[4]}",
            "cells": {"available": f"{i[9]} {i[4]}"},
        }
        for i in found
    ]
    return JsonResponse({"results": results})


urlpatterns = [
    path("kit/", show_sample),
    path("kit/save/", save_sample),
    path("kit/items", find_item),
    path("kit/search", find_item),
    path("kit/<slug:name>/", show_sample),
]

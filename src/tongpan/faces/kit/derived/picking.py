"""Answers of search fields: rows by code, barcode, name or pinyin, and what they bring along."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.urls import reverse

from tongpan.base.refusals import Refusal
from tongpan.faces.kit.derived.by_name import make, may_make
from tongpan.kernel.documents.fields import Reference, reference_of, references
from tongpan.kernel.documents.mentions import names_of_people, spoken
from tongpan.kernel.documents.naming import may_name
from tongpan.kernel.documents.registry import DocumentType, MasterType, master_types
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.documents.showing import LineFacts
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.masters.search import spelt_like

FOUND_MAX = 20
PEOPLE_MAX = 8
TEXT_MAX = 80
OPEN = (OrgUnit, Person)  # everybody who is signed in knows the units and the people


def pick(request: HttpRequest, label: str) -> JsonResponse:
    """Rows of one table, as `{"results": [{"id", "title", "note"}]}`."""
    found = next((m for m in references() if m._meta.label_lower == label), None)
    if found is None or not (found in OPEN or may_name(found)):
        raise Http404
    reference = reference_of(found)
    search = reference.search_as.get(request.GET.get("as", ""), reference.search)
    rows = search(_text(request.GET), FOUND_MAX)
    answer: dict[str, Any] = {"results": [_result(reference, row) for row in rows]}
    if (declared := master_of(found)) is not None and may_make(declared):
        answer["make_url"] = reverse("pick-make", args=[label])
    return JsonResponse(answer)


def make_named(request: HttpRequest, label: str) -> JsonResponse:
    """A new row of no more than a name, for who missed it in a search field."""
    found = next((m for m in references() if m._meta.label_lower == label), None)
    declared = master_of(found) if found is not None else None
    if declared is None or not may_make(declared):
        raise Http404
    try:
        (row,) = make(declared, [_text(request.POST)])
    except Refusal as refusal:
        said = explain(refusal)
        why = "; ".join(p["message"] for p in said["problems"]) or said["detail"]
        return JsonResponse({"detail": why}, status=422)
    return JsonResponse(_result(reference_of(declared.model), row))


def master_of(model: type[models.Model]) -> MasterType | None:
    """The kind of master data that a table holds; None if it holds something else."""
    return next((t for t in master_types() if t.model is model), None)


def _text(given: QueryDict) -> str:
    return given.get("q", "").strip()[:TEXT_MAX]


def _result(reference: Reference, row: Any) -> dict[str, Any]:
    code = reference.code(row)
    title = reference.label(row)
    note = "" if len(code) > 30 or code == title else code
    return {"id": str(row.pk), "title": title, "note": note, "code": code}


def people(rows: Sequence[Person], given: QueryDict) -> list[dict[str, str]]:
    """Those of `rows` who are found by name, pinyin, initials or sign-in name, each with what to
    write behind the @; without a text, the first of them."""
    found = rows[:PEOPLE_MAX]
    if text := _text(given):
        found = spelt_like(rows, text, limit=PEOPLE_MAX, code=lambda person: str(person.username))
    says = spoken(found, names_of_people())
    return [
        {"id": str(p.pk), "title": p.name, "note": p.username, "says": says[p.pk]} for p in found
    ]


def for_line(
    declared: DocumentType, body: Any, facts: LineFacts, given: QueryDict
) -> dict[str, Any]:
    """Rows for a line, each with `cells`: its units, and what stands beside it.

    `?code=` is a scan: at most one row, with what the code says of unit and quantity.
    """
    (field,) = [f for f in declared.line_fields if f.name == facts.by]
    assert field.target is not None
    reference = reference_of(field.target)
    said: Mapping[str, str] = {}
    rows: Sequence[Any]
    if code := given.get("code", "").strip()[:TEXT_MAX]:
        rows, said = _scanned(reference, facts, code)
    elif facts.search is not None:
        rows = facts.search(body, _text(given), FOUND_MAX)
    else:
        rows = reference.search(_text(given), FOUND_MAX)
    told = facts.of(body, rows) if rows else {}
    results = []
    for row in rows:
        found = _result(reference, row)
        beside = told.get(row.pk, {})
        # What has no other name is told apart by what will stand beside it.
        shown = (str(beside.get(name, "")) for name, _title in facts.columns)
        found["note"] = found["note"] or " · ".join(text for text in shown if text)
        results.append({**found, "cells": _cells(facts, beside, said)})
    return {"results": results}


def _scanned(
    reference: Reference, facts: LineFacts, code: str
) -> tuple[Sequence[Any], Mapping[str, str]]:
    if facts.scan is None:
        row = reference.find([code]).get(code)
        return ([row] if row is not None else []), {}
    try:
        row, said = facts.scan(code)
    except Refusal:
        return [], {}
    return [row], said


def _cells(facts: LineFacts, told: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    cells = dict(told)
    for name, value in said.items():
        if name in facts.choices:  # what was scanned stands first, so it is the one that is chosen
            cells[name] = sorted(cells.get(name, ()), key=lambda c: c["value"] != value)
        else:
            cells[name] = value
    return cells

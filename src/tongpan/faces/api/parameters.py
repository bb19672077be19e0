"""What a list may be asked: filters from an allow-list, a page size, a signed cursor, fields."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import Field, Unreadable, read_date, reference_of
from tongpan.kernel.documents.lists import PAGE_MAX, Wanted
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import masked_fields, who

PAGING = ("cursor", "size", "fields")
SPINE_FILTERS = ("q", "state", "unit", "since", "until", "by")
PAGE_SIZE = 50


def link_filters(fields: Sequence[Field], masked: frozenset[str]) -> list[Field]:
    """The references by which a list may be filtered. A masked one is no filter at all."""
    return [f for f in fields if f.target is not None and f.name not in masked]


def document_filters(declared: DocumentType) -> tuple[str, ...]:
    """The names of the filters that a list of this type has for the acting person."""
    masked = masked_fields(declared.body, declared.permission("view"))
    return (*SPINE_FILTERS, *(f.name for f in link_filters(declared.header_fields, masked)))


def wanted_documents(declared: DocumentType, given: Mapping[str, str]) -> Wanted:
    """The filters of a list of documents, read.

    Errors: Refusal("filter_value") for a value that means nothing.
    """
    masked = masked_fields(declared.body, declared.permission("view"))
    links = {f.name: f for f in link_filters(declared.header_fields, masked)}
    return Wanted(
        text=given.get("q", "")[:100],
        states=_states(given.get("state", "")),
        units=[_unit(text) for text in _parts(given.get("unit", ""))],
        since=_day("since", given),
        until=_day("until", given),
        by=_person(given.get("by", "")),
        fields={
            name: named_row(link, given[name]) for name, link in links.items() if name in given
        },
    )


def named_row(link: Field, text: str) -> Any:
    """The row that a filter names by code or id."""
    assert link.target is not None, f"{link.name} is no reference."
    found = reference_of(link.target).find([text.strip()])
    if text.strip() not in found:
        raise wrong_value(link.name, text)
    return found[text.strip()]


def wrong_value(name: str, text: str) -> Refusal:
    """The refusal of a filter's value."""
    return Refusal("filter_value", name=name, given=text[:60])


def page_size(given: Mapping[str, str]) -> int:
    """How many rows a page shall hold."""
    text = given.get("size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= PAGE_MAX):
        raise Refusal("page_size", size_max=PAGE_MAX)
    return int(text)


def chosen_fields(given: Mapping[str, str], allowed: Sequence[str]) -> frozenset[str] | None:
    """The fields that an answer is asked to show; None means all of them.

    Errors: Refusal("unknown_field") for a name that is not allowed.
    """
    if "fields" not in given:
        return None
    names = _parts(given["fields"])
    for name in names:
        if name not in allowed:
            raise Refusal("unknown_field", name=name[:60])
    return frozenset(names)


def asks_for(chosen: frozenset[str] | None, part: str) -> bool:
    """Whether something of a part, such as the lines, is among the fields that are asked for."""
    return chosen is None or part in chosen or any(c.startswith(f"{part}.") for c in chosen)


def narrowed(
    value: Mapping[str, Any], chosen: frozenset[str] | None, always: Sequence[str] = ("id",)
) -> dict[str, Any]:
    """What is asked for of an answer: a part whole by its name, or one field as `part.field`."""
    if chosen is None:
        return dict(value)
    shown: dict[str, Any] = {}
    for name, inner in value.items():
        if name in chosen or name in always:
            shown[name] = inner
        elif own := frozenset(c.partition(".")[2] for c in chosen if c.startswith(f"{name}.")):
            shown[name] = (
                [narrowed(row, own) for row in inner]
                if isinstance(inner, list)
                else narrowed(inner, own)
            )
    return shown


# -- cursors ------------------------------------------------------------------------------------


def sealed(inner: str | None, code: str, given: Mapping[str, str]) -> str | None:
    """A cursor that fits this list with these filters and no other."""
    return None if inner is None else _signer(code, given).sign(inner)


def opened(code: str, given: Mapping[str, str]) -> str | None:
    """The inner cursor that a caller sent back.

    Errors: Refusal("cursor_invalid") if it was made up, changed, or belongs to another list.
    """
    if "cursor" not in given:
        return None
    try:
        return _signer(code, given).unsign(given["cursor"])
    except BadSignature:
        raise Refusal("cursor_invalid") from None


def _signer(code: str, given: Mapping[str, str]) -> Signer:
    filters = sorted((name, text) for name, text in given.items() if name not in PAGING)
    digest = hashlib.sha256(repr((code, filters)).encode()).hexdigest()
    return Signer(salt=f"tongpan.api.cursor.{digest}")


# -- values -------------------------------------------------------------------------------------


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _states(text: str) -> list[str]:
    states = _parts(text)
    for state in states:
        if state not in State.values:
            raise wrong_value("state", state)
    return states


def _unit(text: str) -> UUID:
    unit = OrgUnit.objects.filter(code=text).first()
    if unit is None:
        raise wrong_value("unit", text)
    return unit.pk


def _day(name: str, given: Mapping[str, str]) -> Any:
    if name not in given:
        return None
    try:
        return read_date(given[name])
    except Unreadable:
        raise wrong_value(name, given[name]) from None


def _person(text: str) -> UUID | None:
    if not text:
        return None
    person = who().person
    if text == "me" and person is not None:
        return person.pk
    try:
        return UUID(text)
    except ValueError:
        raise wrong_value("by", text) from None

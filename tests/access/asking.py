"""The addresses of the program with what stands in their places, as requests that can be made."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.cast import Cast, Thing
from tongpan.faces.kit.derived.forms import line_facts
from tongpan.faces.kit.entry import EntryPoint
from tongpan.kernel.documents.fields import references
from tongpan.kernel.documents.registry import DocumentType, MasterType, document_types, master_types
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import field_classes

ALL: tuple[DocumentType | MasterType, ...] = (*document_types(), *master_types())
TYPES = {declared.code: declared for declared in ALL}
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
TYPE = re.compile(r"/([a-z_]+\.[a-z_]+)(?:/|$)")
FREE = {"kind": ["parties.contact"], "key": ["work"], "job": ["till", "stock"],
        "name": ["basics", "cashier"], "shown": ["zh/home-1440.webp"],
        "label": [], "code": [], "token": ["0" * 32]}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request: what it is about decides who may be answered."""

    point: EntryPoint
    method: str
    path: str
    thing: Thing | None = None
    query: tuple[tuple[str, str], ...] = ()

    @property
    def sent(self) -> dict[str, Any]:
        """What is sent to it: nothing, or the file or the reason that it asks for."""
        if self.path.startswith("/settings/personal/") or self.path.endswith("/reveal"):
            return {"reason": "a request"}
        name = "file" if self.path.endswith("/attach") else ""
        return {name: SimpleUploadedFile("note.txt", b"a note")} if name else {}

    @property
    def url(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def requests(cast: Cast, point: EntryPoint, *, with_queries: bool) -> Iterator[Request]:
    """Every request that the walk makes to this address."""
    entry = point.entry
    methods: Sequence[str] = entry.methods if entry and entry.methods else ("GET",)
    for method in methods:
        for path, thing in _filled(cast, point.route):
            yield Request(point, method, path, thing)
            if method == "GET":
                yield from _about(cast, point, path)
            if method == "GET" and with_queries:
                for query in _queries(cast, point.route):
                    yield Request(point, method, path, thing, query)


def _filled(cast: Cast, route: str) -> Iterator[tuple[str, Thing | None]]:
    """The route with ids in its places: one path for each thing of its type."""
    names = PLACE.findall(route)
    found = TYPE.search(route)
    about = names[0] if names else ""
    if about in ("document_id", "row_id") and found:
        for thing in cast.things[found[1]]:
            places = {about: str(thing.pk), **_of_thing(cast, thing, found[1], route)}
            yield from ((path, thing) for path in _spelt(cast, route, names, places))
    elif about == "slip":
        sale = cast.things["till.sale"][0]
        yield route.replace("<uuid:slip>", str(sale.pk)), sale
    else:
        yield from ((path, None) for path in _spelt(cast, route, names, {}))


def _of_thing(cast: Cast, thing: Thing, code: str, route: str) -> dict[str, str]:
    places = {"verb": "archive" if route.startswith("/m/") else "post"}
    if thing.pk in cast.files:
        places["attachment_id"] = str(cast.files[thing.pk])
    declared = TYPES[code]
    if isinstance(declared, DocumentType):
        facts = line_facts(declared)
        places["column"] = facts.by if facts is not None else "none"
        following = [t.code for t in document_types() if code in t.follows]
        places["following"] = following[0] if following else "stock.transfer"
    return places


def _spelt(cast: Cast, route: str, names: list[str], places: dict[str, str]) -> Iterator[str]:
    options = [_options(cast, route, name, places) for name in names]
    paths = [route]
    for name, choices in zip(names, options, strict=True):
        paths = [
            re.sub(rf"<(?:\w+:)?{name}>", quote(choice), path, count=1)
            for path in paths
            for choice in choices
        ]
    yield from paths


def _options(cast: Cast, route: str, name: str, places: dict[str, str]) -> list[str]:
    if name in places:
        return [places[name]]
    if name == "label":
        return [model._meta.label_lower for model in references()]
    if name == "code" and route.startswith("/settings/numbers/"):
        return ["stock.transfer"]
    if name == "code":
        return ["org.token_days"] if route.startswith("/settings/") else ["items.unit"]
    if route.startswith("/me/sign-in/"):
        return ["begin", "confirm", "renew", "off", "passkey", "add-passkey"]
    if name == "verb" and route.startswith("/settings/personal/"):
        return ["copy", "set_aside", "put_back", "erase"]
    if name == "verb":
        return ["post"] if route.startswith("/d/") else ["let_go"]
    if name in FREE:
        return FREE[name]
    return [str(cast.named[name])]


def _about(cast: Cast, point: EntryPoint, path: str) -> Iterator[Request]:
    """What an address shows nothing without: of which item and unit, after which document."""
    item, unit = str(cast.stage.items["milk"].pk), str(cast.stage.units["warehouse"].pk)
    party = str(cast.stage.parties["dairy"].pk)
    wanted = {
        "/stock/card/": (("item", item), ("unit", unit)),
        "/stock/peek": (("item", item), ("unit", unit)),
        "/money/statement/": (("party", party),),
    }
    if query := wanted.get(point.route):
        yield Request(point, "GET", path, None, query)
    if point.route.endswith("/proposal"):
        found = TYPE.search(point.route)
        declared = TYPES[found[1]] if found else None
        for earlier in declared.follows if isinstance(declared, DocumentType) else ():
            for thing in cast.things[earlier]:
                yield Request(point, "GET", path, thing, (("follows", str(thing.pk)),))


# -- what lists are asked for beside -------------------------------------------------------------


def _queries(cast: Cast, route: str) -> Iterator[tuple[tuple[str, str], ...]]:
    """Searches, orders, columns and filters, by masked fields too: none may tell a value."""
    units = cast.stage.units
    item = str(cast.stage.items["milk"].pk)
    if route in ("/search", "/till/scan") or route.startswith("/pick/"):
        for text in ("7193", "密探", "6222", "乳", "1"):
            yield (("q", text),)
    if route == "/stock/card/" or route == "/stock/peek":
        for unit in ("north", "south", "warehouse"):
            yield (("item", item), ("unit", str(units[unit].pk)))
            yield (("item", item), ("unit", str(units[unit].pk)), ("as", "sheet"))
    if route == "/settings/audit/":
        yield (("all", "1"), ("as", "sheet"))
        yield (("all", "1"), ("kind", "stock.opening"))
    if route in ("/settings/access/", "/me/access/"):
        yield (("as", "sheet"),)
    if route == "/stock/":
        for view in ("none", "all", "short", "coming"):
            yield (("view", view),)
    if route == "/money/statement/":
        party = str(cast.stage.parties["dairy"].pk)
        for role in ("", "payable", "received_not_invoiced"):
            yield (("party", party), ("role", role))
        yield (("party", party), ("as", "sheet"))
        yield (("place", str(cast.things["finance.money_place"][0].pk)),)
        yield (("entity", str(cast.named["entity_id"])), ("role", "cost_of_sales"))
        yield (("unit", str(units["north"].pk)), ("role", "inventory"))
    declared = _listed(route)
    if declared is not None:
        yield from _of_list(route, declared)


def _listed(route: str) -> Any:
    """The type whose list this address is; None if it is none."""
    found = re.fullmatch(r"/(?:d|m|api/v1)/([a-z_]+\.[a-z_]+)/?", route)
    return TYPES.get(found[1]) if found else None


def _of_list(route: str, declared: Any) -> Iterator[tuple[tuple[str, str], ...]]:
    models = (
        [declared.body, declared.line] if isinstance(declared, DocumentType) else [declared.model]
    )
    masked = [
        name
        for model in models
        if model is not None
        for name, kind in field_classes(model).items()
        if kind not in ("public", "internal")
    ]
    for text in ("7193", "6222", "密探"):
        yield (("q", text),)
    for name in [*masked, "total"]:
        yield (("fields", name),) if route.startswith("/api/") else (("columns", name),)
        yield ((name, "7193.7"),)
        yield (("order", name),)
        yield (("sort", name),)


__all__ = ["OrgUnit", "Request", "field", "requests"]

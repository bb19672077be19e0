"""The API's own page for people: every resource with its fields, its addresses and its refusals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tongpan.faces.api.description import openapi
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.faces.kit.frame import frame_context


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def show_docs(request: HttpRequest) -> HttpResponse:
    """Everything that the description says, to be read."""
    described = openapi()
    context = {
        "resources": [_resource(tag, described) for tag in described["tags"]],
        "codes": described["x-codes"],
        "said": described["info"]["description"],
    }
    html = render_to_string("api/docs.html", {**frame_context(request), **context}, request)
    return HttpResponse(html)


def _resource(tag: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """One type: its addresses, and the fields of its body with what they may hold."""
    operations = [
        {"method": method.upper(), "path": path, "summary": said["summary"]}
        for path, item in described["paths"].items()
        for method, said in item.items()
        if method != "parameters" and tag["name"] in said["tags"]
    ]
    name = "".join(part.capitalize() for part in tag["name"].replace(".", "_").split("_"))
    draft = described["components"]["schemas"][f"{name}Draft"]["properties"]
    return {
        "code": tag["name"],
        "title": tag["description"],
        "operations": operations,
        "fields": [_field(path, schema) for path, schema in _flat(draft)],
    }


def _flat(properties: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name, schema in properties.items():
        if name == "header":
            found += [(f"header.{n}", s) for n, s in schema["properties"].items()]
        elif name == "lines":
            found += [(f"lines.n.{n}", s) for n, s in schema["items"]["properties"].items()]
        else:
            found.append((name, schema))
    return found


def _field(path: str, schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {
        "path": path,
        "title": schema.get("title", ""),
        "kind": schema.get("x-kind") or schema.get("format") or kinds[0],
        "is_required": schema.get("x-required-to-post", False),
        "text": schema.get("description", ""),
    }

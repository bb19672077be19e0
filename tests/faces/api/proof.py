"""The proof as a whole: every operation that is described, with what is there and what is not."""

import json
import sys
from typing import Any

import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django_tenants.utils import schema_context

from tests.access.cast import Cast, a_cast
from tests.chain import NOON
from tests.faces.api.trying import There, Tried, try_operation
from tongpan.base import env
from tongpan.config.laboratory import COMPANY, laboratory
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.tokens import make_token

HOST = "127.0.0.1"
EXAMPLES, FEW = 30, 4
Described = dict[str, Any]


def run(*, is_small: bool) -> Result:
    tried = Tried()
    with laboratory(stores=None):
        settings.DEFAULT_COMPANY, settings.ALLOWED_HOSTS = COMPANY, [HOST]
        cast = a_cast(HOST)
        fold()
        with schema_context(cast.company), env.frozen(NOON):
            operations = _try_everything(cast, tried, FEW if is_small else EXAMPLES)
    facts = {
        "operations": operations,
        "asked": len(tried.statuses),
        "statuses": {str(s): tried.statuses.count(s) for s in sorted(set(tried.statuses))},
        "server_errors": len(tried.server_errors),
        "schema_breaks": len(tried.breaks),
        "secrets_in_bodies": len(tried.secrets),
    }
    lines = [f"{name}: {value}" for name, value in facts.items()]
    for title, found in (
        ("server errors", tried.server_errors), ("schema breaks", tried.breaks),
        ("secrets", tried.secrets),
    ):  # fmt: skip
        lines += [f"-- {title}", *found[:40]]
    holds = bool(tried.statuses) and not (tried.server_errors or tried.breaks or tried.secrets)
    return Result(holds=holds, facts=facts, text="\n".join(lines))


def _try_everything(cast: Cast, tried: Tried, examples: int) -> int:
    owner = cast.stage.people["zhou"]
    with cast.stage.as_("zhou", "hq"), system(reason="the key of a proof"):
        _token, key = make_token(owner, "proof", ["*"], days=30)
    headers = {"Authorization": f"Bearer {key}", "Host": HOST}
    client = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {key}")
    described = client.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    schema.app = WSGIHandler()
    with system(reason="what nobody may read"):
        hashes = [p.password.encode() for p in Person.objects.all() if len(p.password) > 40]
    secrets = [key.encode(), *cast.secrets, *hashes]
    there = {code: _there(cast, client, code) for code in cast.things}
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        code = operation.path.split("/")[3]
        count += 1
        print(f"{operation.method.upper()} {operation.path}", file=sys.stderr)
        try_operation(
            operation, headers, tried, examples=examples, there=there.get(code, There()),
            found_in=lambda content: [s.decode() for s in secrets if s in content],
        )  # fmt: skip
    return count


def _there(cast: Cast, client: Client, code: str) -> There:
    """The ids of this type, and what one of them has that may be sent."""
    ids = [str(thing.pk) for thing in cast.things[code]]
    drafts = [str(thing.pk) for thing in cast.things[code] if thing.is_draft] or ids
    answer = client.get(f"/api/v1/{code}/{drafts[0]}") if drafts else None
    if answer is None or answer.status_code != 200:
        return There(ids)
    body: Described = json.loads(answer.content)
    if "header" in body:
        lines = [{k: v for k, v in line.items() if k != "position"} for line in body["lines"]]
        return There(ids, {"header": body["header"], "lines": lines})
    return There(ids, body)

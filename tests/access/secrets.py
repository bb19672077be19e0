"""What must not be seen: how it is searched for, and how a second world hides other values."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

import psycopg
from django.apps import apps
from django.db import models

from tongpan.business.finance.accounts import SIDES, opened_by
from tongpan.kernel.documents.registry import document_types
from tongpan.kernel.org.scope import field_classes

TIMES = 3
NOISE = tuple(
    re.compile(pattern)
    for pattern in (
        rb'nonce="[^"]*"',
        rb"nonce-[A-Za-z0-9+/=]*",
        rb'name="csrfmiddlewaretoken" value="[^"]*"',
        rb'"csrf": ?"[^"]*"',
        rb'data-csrf="[^"]*"',
        rb'"X-CSRFToken": ?"[^"]*"',
        rb'"request_id": ?"[^"]*"',
        rb'"version":"\d+\.',  # of a catalogue: how many transactions the server has had
        rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",  # a new id for a form
    )
)
# Money that tells what goods cost. What is owed and paid does too, but that is what payers see.
COSTLY = (
    "inventory", "cost_of_sales", "received_not_invoiced", "returned_not_credited", "input_tax",
    "price_variance", "opening_equity",
)  # fmt: skip
OWED = ("payable", "advance", "money")


def texts(content: bytes) -> Iterator[bytes]:
    """An answer as it came, and what is inside of it if it is a book of sheets."""
    yield content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for name in sorted(book.namelist()):
                if not name.startswith("docProps/"):
                    yield name.encode() + b"\n" + book.read(name)


def quiet(content: bytes) -> bytes:
    """The answer without what differs every time it is asked for."""
    said = [*texts(content)]
    whole = b"\0".join(said[1:] or said)  # the pages of a book, not how it was packed
    for noise in NOISE:
        whole = noise.sub(b"*", whole)
    return whole


def found_in(content: bytes, marks: Iterable[bytes]) -> list[bytes]:
    """Which of the marks stand in an answer."""
    said = [*texts(content)]
    return [mark for mark in marks if any(mark in text for text in said)]


def change_what_is_masked(admin: "psycopg.Connection[object]") -> int:
    """Give every masked field another value; answers how many fields. Nothing else changes.

    All totals must have been folded.
    """
    admin.execute("set session_replication_role = replica")  # posted facts refuse to be changed
    changed = 0
    for model in apps.get_models():
        for name, kind in field_classes(model).items():
            if kind in ("cost", "personal", "sensitive"):
                field = model._meta.get_field(name)
                assert isinstance(field, models.Field)
                admin.execute(_change(model, field).encode())
                changed += 1
    types = ", ".join(f"'{code}'" for code in _types_with_masked_totals())
    admin.execute(f"update document set total = total * {TIMES} where type in ({types})".encode())
    an_end = "(select from account a where a.id in (e.source, e.target) and a.role = any(%s))"
    admin.execute(
        f"update entry e set amount = amount * {TIMES} where e.value is null"
        f" and exists {an_end} and not exists {an_end}".encode(),
        [list(COSTLY), list(OWED)],
    )
    admin.execute(
        b"update account a set"
        b" inflow = coalesce((select sum(amount) from entry where target = a.id), 0),"
        b" outflow = coalesce((select sum(amount) from entry where source = a.id), 0)"
        b" where ledger = 'money'"
    )
    admin.execute("set session_replication_role = origin")
    return changed


def _change(model: type[models.Model], field: "models.Field[object, object]") -> str:
    table, column = model._meta.db_table, field.column
    if isinstance(field, models.DecimalField):
        return f'update {table} set "{column}" = "{column}" * {TIMES}'
    if isinstance(field, models.JSONField):  # amounts as texts, by names of their own
        more = f"""regexp_replace("{column}"::text, ': "(-?)([0-9])', ': "\\17\\2', 'g')"""
        return f'update {table} set "{column}" = {more}::jsonb'
    other = f"'x' || \"{column}\""
    if field.max_length:
        other = f"left({other}, {field.max_length})"
    return f"""update {table} set "{column}" = {other} where "{column}" <> ''"""


def _types_with_masked_totals() -> list[str]:
    return [
        declared.code
        for declared in document_types()
        if declared.line is not None
        and "cost" in field_classes(declared.line).values()
        # What is owed on a paper is what payers see.
        and not any(opened_by(declared.code, side) for side in SIDES)
    ]

"""What is in this program: every register, for people, tests and writers of clients."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from tongpan.faces.cli import Result
from tongpan.faces.kit.entry import entry_points
from tongpan.kernel.documents import registry
from tongpan.kernel.events.jobs import jobs
from tongpan.kernel.events.registry import events, subscribers
from tongpan.kernel.ledger.roles import roles
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.settings import settings

NAME, NEEDS = "what", "nothing"
HELP = "列出全部登记：单据、动作、事件、权限、地址等 · list every register"

Rows = Sequence[Mapping[str, Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "register", nargs="?", choices=sorted(REGISTERS), help="只列一项 · one only"
    )


def run(given: argparse.Namespace) -> Result:
    wanted = [given.register] if given.register else list(REGISTERS)
    found = {name: REGISTERS[name]() for name in wanted}
    text = "\n\n".join(f"{name} ({len(rows)})\n{_listed(rows)}" for name, rows in found.items())
    return Result(facts=found, text=text)


def _listed(rows: Rows) -> str:
    return "\n".join("  " + "  ".join(_spelt(value) for value in row.values()) for row in rows)


def _spelt(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or "-"
    return "-" if value is None or value == "" else str(value)


def _document_types() -> Rows:
    return [
        {
            "code": each.code,
            "title": each.title,
            "header": list(each.header),
            "lines": list(each.columns),
            "follows": list(each.follows),
            "numbering": each.numbering,
        }
        for each in registry.document_types()
    ]


def _master_types() -> Rows:
    return [
        {"code": each.code, "title": each.title, "key": each.key, "fields": list(each.fields)}
        for each in registry.master_types()
    ]


def _actions() -> Rows:
    return [
        {
            "code": each.code,
            "title": each.title,
            "permission": each.permission,
            "type": each.type.code if each.type else None,
            "states": sorted(each.states),
            "event": each.event,
            "needs_reason": each.needs_reason,
        }
        for each in registry.actions()
    ]


def _events() -> Rows:
    return [{"name": name, "title": title} for name, title in sorted(events().items())]


def _subscribers() -> Rows:
    return [
        {"name": name, "events": list(each.patterns), "job": each.job}
        for name, each in sorted(subscribers().items())
    ]


def _jobs() -> Rows:
    return [{"name": name, "tries": each.tries, "cron": each.cron} for name, each in jobs().items()]


def _permissions() -> Rows:
    return [{"code": each.code, "title": each.title} for each in permissions()]


def _settings() -> Rows:
    return [
        {
            "code": each.code,
            "title": each.title,
            "kind": each.kind,
            "default": each.default,
            "per": each.per,
        }
        for each in settings()
    ]


def _account_roles() -> Rows:
    return [
        {
            "ledger": each.ledger,
            "role": each.role,
            "floor": each.floor,
            "ceiling": each.ceiling,
            "valued": each.is_valued,
        }
        for each in roles()
    ]


def _entry_points() -> Rows:
    """Every address, with who may come in; null where the view declared nothing."""
    return [
        {
            "path": each.route,
            "permission": each.entry.permission if each.entry else None,
            "scope": each.entry.scope if each.entry else None,
            "field_policy": each.entry.field_policy if each.entry else None,
            "methods": list(each.entry.methods) if each.entry else None,
        }
        for each in entry_points()
    ]


REGISTERS = {
    "document_types": _document_types,
    "master_types": _master_types,
    "actions": _actions,
    "events": _events,
    "subscribers": _subscribers,
    "jobs": _jobs,
    "permissions": _permissions,
    "settings": _settings,
    "account_roles": _account_roles,
    "entry_points": _entry_points,
}

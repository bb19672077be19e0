"""Requests that the description allows, made up, and held to what it says of their answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import Failure, FailureGroup

from tongpan.faces.api import limits

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
)  # fmt: skip


@dataclass
class Tried:
    """What became of the requests to some operations."""

    statuses: list[int] = field(default_factory=list)
    server_errors: list[str] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class There:
    """What there is of a type: ids that requests may name, and a body that would be taken."""

    ids: Sequence[str] = ()
    body: Mapping[str, Any] | None = None


def try_operation(
    operation: Any,
    headers: dict[str, str],
    tried: Tried,
    *,
    examples: int,
    there: There = There(),
    found_in: Callable[[bytes], Sequence[str]] = lambda content: (),
) -> None:
    """Make so many requests. Half of them name something that is there, and send back what stands
    in it with some of its fields made up; answers are searched for secrets."""

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), chance=st.randoms(use_true_random=False))
    def each(case: Any, chance: Random) -> None:
        limits.forget_all()
        if there.ids and chance.random() < 0.5:
            _name_what_is_there(case, there, chance)
        response = case.call(headers=headers)
        what = f"{case.method} {case.formatted_path}: {response.status_code}"
        tried.statuses.append(response.status_code)
        if response.status_code >= 500:
            tried.server_errors.append(f"{what} {response.text[:200]}")
        tried.secrets.extend(f"{what} {secret}" for secret in found_in(response.content))
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as broken:
            tried.breaks.append(f"{what} {str(broken)[:600]}")

    each()


def _name_what_is_there(case: Any, there: There, chance: Random) -> None:
    for place in ("path_parameters", "query"):
        given = getattr(case, place) or {}
        for name in ("id", "follows"):
            if name in given:
                given[name] = chance.choice(there.ids)
    if there.body is not None and isinstance(case.body, dict) and case.method in ("POST", "PUT"):
        case.body = _mixed(there.body, case.body, chance)


def _mixed(real: Mapping[str, Any], made_up: Mapping[str, Any], chance: Random) -> dict[str, Any]:
    """The real body, with some of its fields as they were made up."""
    mixed: dict[str, Any] = {}
    for name, value in real.items():
        other = made_up.get(name, value)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            mixed[name] = _mixed(value, other, chance)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            lines = other if isinstance(other, list) else []
            extra = [line for line in lines if isinstance(line, Mapping)] or [{}]
            mixed[name] = [_mixed(line, chance.choice(extra), chance) for line in value]
        else:
            mixed[name] = other if chance.random() < 0.25 else value
    return mixed

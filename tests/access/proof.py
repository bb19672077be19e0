"""The proof as a whole: one walk with everybody, one in another company, one in another world."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from tests.access.cast import Viewer, a_cast
from tests.access.secrets import change_what_is_masked
from tests.access.walk import Found, Walk, difference
from tests.chain import a_chain
from tongpan.base import env
from tongpan.config import companies
from tongpan.config.laboratory import COMPANY, laboratory
from tongpan.faces.cli import Result
from tongpan.faces.kit.entry import EntryPoint, entry_points
from tongpan.kernel.companies.models import Company, Domain
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.scope import system

BLIND = ("blind hq", "blind south", "clerk warehouse", "cashier north")
FEW = ("owner", "blind south", "stranger")
PARTS = 5  # a small proof asks one of so many addresses, others each day
NAMED = 60  # so many are told one by one
HOST, OTHER_HOST, OTHER = "127.0.0.1", "other.example", "other"
PROCESSES = 2


def run(only: str = "", *, is_small: bool = False) -> Result:
    """`only`: those whose name has this text ask. A small proof, of a minute, asks every fifth
    address, others each day, by few people, and searches nothing."""
    points = entry_points()
    if is_small:
        points = points[env.now().toordinal() % PARTS :: PARTS]
    with laboratory(stores=None) as lab:
        settings.DEFAULT_COMPANY = COMPANY
        settings.ALLOWED_HOSTS = [HOST, OTHER_HOST]
        cast = a_cast(HOST)
        fold()
        viewers = [v for v in cast.viewers if only in v.name]
        if is_small:
            viewers = [v for v in viewers if v.name in FEW]
        blind = [v for v in viewers if v.name in BLIND]
        found = Walk(cast, HOST, points=points).by(viewers, PROCESSES)
        stranger = _owner_of_another_company(lab.environ)
        there = Walk(cast, OTHER_HOST, is_elsewhere=True, points=points)
        elsewhere = there.by([stranger], PROCESSES)
        looks = Walk(cast, HOST, methods=("GET",), are_answers_kept=True, points=points)
        seen = replace(looks, with_queries=not is_small)
        first = seen.by(blind, PROCESSES)
        with lab.connect(user="postgres") as admin:
            fields = change_what_is_masked(admin)
        second = seen.by(blind, PROCESSES)
    return _said(points, viewers, found, elsewhere, first, second, fields)


def _owner_of_another_company(environ: Mapping[str, str]) -> Viewer:
    """Somebody who may do everything, in a company of the same database."""
    connection.close()
    companies.as_owner("create", "--schema", OTHER, "--name", "Other", environ=environ)
    with schema_context(OTHER), system(reason="the cast of a proof"):
        Domain.objects.create(
            domain=OTHER_HOST, tenant=Company.objects.get(schema_name=OTHER), is_primary=True
        )
        chain = a_chain()
    return Viewer("owner elsewhere", chain.units["hq"], frozenset({"*"}), chain.people["zhou"],
                  "owner", OTHER)  # fmt: skip


def _said(
    points: Sequence[EntryPoint],
    viewers: Sequence[Viewer],
    found: Found,
    elsewhere: Found,
    first: Found,
    second: Found,
    fields: int,
) -> Result:
    declared = [p for p in points if p.entry is not None]
    differ = [key for key, said in first.answers.items() if second.answers.get(key) != said]
    walks = (found, elsewhere, first)
    leaks = [leak for walk in walks for leak in walk.leaks]
    wrong = [one for walk in walks for one in walk.wrong]
    facts = {
        "entry_points": len(points),
        "declared": len(declared),
        "hit": len(found.hit),
        "doors": len({p.view for p in points}),
        "roles": len({v.role for v in viewers if v.role}),
        "companies": 2,
        "viewers": len(viewers) + 1,
        "asked": sum(walk.asked for walk in (*walks, second)),
        "masked_fields": fields,
        "leaks": len(leaks),
        "inferred": len(differ),
        "wrong": len(wrong),
        "named": [*leaks[:NAMED], *wrong[:NAMED], *(" ".join(key) for key in differ[:NAMED])],
        "unopened": sorted({p.route for p in points} - found.opened),
    }
    lines = [f"{name}: {value}" for name, value in facts.items()]
    lines += ["-- leaks", *leaks[:NAMED], "-- inferred"]
    lines += [
        f"{' '.join(key)}: {difference(first.answers[key][1], second.answers[key][1])}"
        for key in differ[:NAMED]
    ]
    lines += ["-- wrong", *wrong[:NAMED]]
    is_whole = facts["hit"] == facts["declared"] == facts["entry_points"]
    return Result(holds=is_whole and not (leaks or differ or wrong), facts=facts,
                  text="\n".join(lines))  # fmt: skip

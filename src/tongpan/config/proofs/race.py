"""Several tills, each a fresh process, want the last piece: exactly one gets it, in every round.

Beside it runs a twin whose ledger takes no row locks. It must oversell, or the race proves nothing.
Both hesitate for a moment between looking and writing, so that they meet.
"""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tongpan.base import env
from tongpan.business.till.postings import sale_moves
from tongpan.config.laboratory import Laboratory, Worker, laboratory, named
from tongpan.config.proofs.shop import furnish
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system

HELP = "最后一件只卖给一人 · the last piece is sold once"
TILLS = 4
HESITATE = ("  -- Each move in turn", "  perform pg_sleep(0.002);\n  -- Each move in turn")
NO_LOCK = ("order by a.id for update of a", "order by a.id")


def run(given: argparse.Namespace) -> Result:
    held = race(given.rounds, HESITATE)
    twin = race(min(given.rounds, 60), HESITATE, NO_LOCK)
    facts = {
        "rounds": given.rounds,
        "tills": TILLS,
        **{name: held[name] for name in ("won", "oversold", "deadlocks", "user_errors")},
        "violations": held["violations"],
        "twin_rounds": min(given.rounds, 60),
        "twin_oversold": twin["oversold"],
        "twin_violations": twin["violations"],
    }
    bad = ("oversold", "deadlocks", "user_errors", "violations")
    holds = (
        held["won"] == given.rounds and not any(held[name] for name in bad) and twin["oversold"] > 0
    )
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


def race(rounds: int, *changes: tuple[str, str]) -> dict[str, int]:
    """Run so many rounds on a ledger with these changes, and count what became of them."""
    counted = {"won": 0, "oversold": 0, "deadlocks": 0, "user_errors": 0}
    with laboratory() as lab, ExitStack() as stack:
        lab.install_ledger(*changes)
        furnish(1, rounds, on_shelf=1)
        _open_all(rounds)
        tills = [lab.start("tongpan.config.proofs.till", f"till {n}") for n in range(TILLS)]
        for till in tills:
            stack.callback(till.kill)
        for till in tills:
            assert _answer(till) == "ready"
        for item in range(rounds):
            for till in tills:
                _order(till, f"{item} {env.new_id()}")
            answers = [_answer(till) for till in tills]
            _count(counted, answers)
        counted["deadlocks"] += _deadlocks(lab)
        counted["violations"] = sum(len(found.violations) for found in verify())
    return counted


def _open_all(items: int) -> None:
    """More tills in the store, and all accounts of a sale: whoever opens one makes the others wait,
    and here nothing but the lock shall do that."""
    store = OrgUnit.objects.get(pk=named("store 0"))
    with system(reason="the stage of a proof"):
        for n in range(1, TILLS):
            OrgUnit.objects.create(
                id=named(f"till {n}"), parent=store, kind="till", code=f"s0-{n + 1}",
                name=f"Till {n}", entity=store.entity,
            )  # fmt: skip
    moves = sale_moves(
        store.pk, store.pk, [Piece(env.new_id(), named(f"item {n}")) for n in range(items)],
        net=Decimal(1), tax=Decimal(1), taken=[(named("cash"), Decimal(2))],
    )  # fmt: skip
    keys = {key for m in moves for key in (m.source, m.target, *(m.feeds or ()))}
    open_accounts(list(keys))


@dataclass
class Piece:
    """One of an item, as the posting rule of a sale sees it."""

    pk: UUID
    item_id: UUID
    base_quantity: Decimal = Decimal(1)


def _count(counted: dict[str, int], answers: list[str]) -> None:
    sold = answers.count("sold")
    counted["won"] += sold == 1
    counted["oversold"] += sold > 1
    counted["deadlocks"] += answers.count("deadlock")
    odd = [a for a in answers if a not in ("sold", "refused", "deadlock")]
    counted["user_errors"] += len(odd)
    for answer in odd:
        print(answer, file=sys.stderr, flush=True)


def _deadlocks(lab: Laboratory) -> int:
    """As the database itself counted them."""
    with lab.connect(user="postgres") as admin:
        row = admin.execute(
            "select deadlocks from pg_stat_database where datname = current_database()"
        ).fetchone()
        assert row is not None
        return int(row[0])


def _order(till: Worker, line: str) -> None:
    assert till.stdin is not None
    till.stdin.write(line + "\n")
    till.stdin.flush()


def _answer(till: Worker) -> str:
    assert till.stdout is not None
    return till.stdout.readline().strip()

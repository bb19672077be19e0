"""Several tills, each a fresh process, want the last piece: exactly one gets it, in every round.

Beside it runs a twin whose ledger takes no row locks. It must oversell, or the race proves nothing.
Both hesitate for a moment between looking and writing, so that they meet.
"""

import argparse
from contextlib import ExitStack
from decimal import Decimal

from tongpan.base import env
from tongpan.business.stock import accounts as at
from tongpan.config.laboratory import Laboratory, Worker, laboratory, named, put_on_shelves
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import open_accounts

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
        put_on_shelves(1, range(rounds), 1, Decimal("5.00"))
        _open_all(rounds)
        tills = [lab.start("tongpan.config.proofs.till") for _ in range(TILLS)]
        for till in tills:
            stack.callback(till.kill)
        for till in tills:
            assert _answer(till) == "ready"
        for item in range(rounds):
            for till in tills:
                _order(till, f"{named(f'item {item}')} {env.new_id()}")
            answers = [_answer(till) for till in tills]
            _count(counted, answers)
        counted["deadlocks"] += _deadlocks(lab)
        counted["violations"] = sum(len(found.violations) for found in verify())
    return counted


def _open_all(items: int) -> None:
    """Whoever opens an account makes the others wait; here nothing but the lock shall do that."""
    store = named("store 0")
    gone = [at.lost(store, named(f"item {n}")) for n in range(items)]
    open_accounts([*gone, at.transit_loss(store)])


def _count(counted: dict[str, int], answers: list[str]) -> None:
    sold = answers.count("sold")
    counted["won"] += sold == 1
    counted["oversold"] += sold > 1
    counted["deadlocks"] += answers.count("deadlock")
    counted["user_errors"] += sum(a not in ("sold", "refused", "deadlock") for a in answers)


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

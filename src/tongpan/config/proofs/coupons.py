"""Two tills, each in a fresh process, are shown the same coupon: exactly one takes it, in every
round. Beside it runs a twin whose ledger takes no row locks, and must take one twice."""

import sys
from contextlib import ExitStack
from decimal import Decimal

from tongpan.base import env
from tongpan.business.coupons import accounts as at
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.coupons.rules import code_of
from tongpan.business.till.accounts import taken
from tongpan.business.till.postings import sale_moves
from tongpan.config.laboratory import Worker, laboratory, named
from tongpan.config.proofs.race import HESITATE, NO_LOCK, Piece
from tongpan.config.proofs.shop import BEGAN, COUPON_PART, furnish, today
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import Fact, Move, open_accounts, post
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system

TILLS = 2
ONE = Decimal(1)


def raced(rounds: int, twin_rounds: int) -> dict[str, int]:
    """What became of so many coupons, and of those of the twin."""
    held, twin = race(rounds, HESITATE), race(twin_rounds, HESITATE, NO_LOCK)
    return {
        **{f"coupons_{name}": n for name, n in held.items()},
        "coupons_twin_overspent": twin["overspent"],
    }


def race(rounds: int, *changes: tuple[str, str]) -> dict[str, int]:
    """Run so many rounds on a ledger with these changes."""
    counted = {"won": 0, "overspent": 0, "user_errors": 0}
    with laboratory(stores=TILLS) as lab, ExitStack() as stack:
        lab.install_ledger(*changes)
        furnish(TILLS, rounds)
        codes = give_out(rounds)
        _open_all(rounds)
        tills = [lab.start("tongpan.config.proofs.till", f"till {n}") for n in range(TILLS)]
        for till in tills:
            stack.callback(till.kill)
        for till in tills:
            assert _answer(till) == "ready"
        for n, code in enumerate(codes):
            _count(counted, _one_round(n, code, tills))
        counted["overspent"] = _overspent()
        counted["violations"] = sum(len(found.violations) for found in verify())
    return counted


def give_out(count: int) -> list[str]:
    """So many coupons for whoever has the code; the codes."""
    with system(reason="the stage of a proof"):
        top = OrgUnit.objects.get(code="lab")
        kind = CouponKind.objects.create(
            id=named("kind"), code="K1", name="券", amount=COUPON_PART, days=30
        )
        made = Coupon.objects.bulk_create(
            Coupon(
                id=named(f"coupon {n}"), kind=kind, issue=named("issue"), given_on=today(),
                code=code_of(lambda m: int(env.token(8), 16) % m), valid_from=BEGAN,
            )
            for n in range(count)
        )  # fmt: skip
        source = at.given_out(top.pk, kind.pk)
        moves = [Move(source, at.coupon(top.pk, one.pk, kind.pk), ONE) for one in made]
        for k in range(0, count, 300):
            post([Fact(env.new_id(), env.new_id(), today(), tuple(moves[k : k + 300]))])
    return [one.code for one in made]


def _open_all(items: int) -> None:
    """All accounts of these sales: opening one makes others wait, and only the lock shall do so."""
    keys = set()
    for s in range(TILLS):
        store = named(f"store {s}")
        pieces = [Piece(env.new_id(), named(f"item {n}")) for n in range(items)]
        cash = [(named("cash"), Decimal(1))]
        for move in sale_moves(store, store, pieces, net=ONE, tax=ONE, taken=cash):
            keys |= {move.source, move.target, *(move.feeds or ())}
        keys |= {taken(store, named("cash")), at.used(store, named("kind"))}
    open_accounts(list(keys))


def _one_round(n: int, code: str, tills: list[Worker]) -> list[str]:
    for till in tills:
        assert till.stdin is not None
        till.stdin.write(f"{n} {env.new_id()} {code}\n")
        till.stdin.flush()
    return [_answer(till) for till in tills]


def _count(counted: dict[str, int], answers: list[str]) -> None:
    counted["won"] += answers.count("sold") == 1
    for answer in answers:
        if answer not in ("sold", "refused"):
            counted["user_errors"] += 1
            print(answer, file=sys.stderr, flush=True)


def _overspent() -> int:
    """How many coupons were used more than once."""
    rows = balances(Where(ledger="points", roles=["coupon"]))
    return sum(1 for row in rows if row.amount < 0)


def _answer(till: Worker) -> str:
    assert till.stdout is not None
    return till.stdout.readline().strip()

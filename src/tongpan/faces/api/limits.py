"""How many requests one caller may send: a bucket of tokens for each, in memory.

Every process of the server counts for itself, so with n of them the limit is n times as high. It
keeps one program from starving the others; it is no billing.
"""

from dataclasses import dataclass
from threading import Lock

from tongpan.base import env
from tongpan.base.refusals import Refusal

RATE_PER_S = 20.0
BURST = 200.0
CALLERS_MAX = 10_000


@dataclass(slots=True)
class Bucket:
    """What a caller has left, and when that was counted."""

    left: float
    at_s: float


_buckets: dict[str, Bucket] = {}
_lock = Lock()


def spend(caller: str) -> None:
    """Take one token from the caller's bucket.

    Errors: Refusal("rate_limited") with `wait_s` when it is empty.
    """
    now_s = env.monotonic_s()
    with _lock:
        if len(_buckets) > CALLERS_MAX:
            _forget_full(now_s)
        bucket = _buckets.setdefault(caller, Bucket(BURST, now_s))
        bucket.left = min(BURST, bucket.left + (now_s - bucket.at_s) * RATE_PER_S)
        bucket.at_s = now_s
        if bucket.left < 1:
            raise Refusal("rate_limited", wait_s=1)
        bucket.left -= 1


def _forget_full(now_s: float) -> None:
    full = [c for c, b in _buckets.items() if b.left + (now_s - b.at_s) * RATE_PER_S >= BURST]
    for caller in full:
        del _buckets[caller]


def forget_all() -> None:
    """Start counting anew."""
    with _lock:
        _buckets.clear()

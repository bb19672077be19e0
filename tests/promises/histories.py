"""Can what several clients saw at one moment be explained by doing it one after the other?

Every account counts its own changes, so a change says which version of the account it made, and a
look says which version it saw. From that follows who came before whom: the maker of a version
before whoever saw it or made the next one, whoever saw a version before the maker of the next one,
and whoever had ended before another began. A history holds if these never run in a circle.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Act:
    """One transaction of one client: when, which versions it made, which it saw."""

    began_s: float
    ended_s: float
    made: dict[str, tuple[int, ...]] = field(default_factory=dict)
    saw: dict[str, int] = field(default_factory=dict)


def faults(acts: Sequence[Act], start: Mapping[str, int], end: Mapping[str, int]) -> list[str]:
    """What no order explains: a version made twice or by nobody, or who came before themselves."""
    maker: dict[tuple[str, int], int] = {}
    found = []
    for n, act in enumerate(acts):
        for key, versions in act.made.items():
            for version in versions:
                if maker.setdefault((key, version), n) != n:
                    found.append(f"{key}: version {version} was made twice")
    for key, last in end.items():
        missing = [v for v in range(start[key] + 1, last + 1) if (key, v) not in maker]
        found += [f"{key}: version {version} was made by nobody" for version in missing]
    for act in acts:
        found += [
            f"{key}: version {version} was seen and never made"
            for key, version in act.saw.items()
            if version != start[key] and (key, version) not in maker
        ]
    if _runs_in_a_circle(len(acts), [*_before(acts, maker), *_by_the_clock(acts)]):
        found.append("somebody came before themselves")
    return found


def _before(acts: Sequence[Act], maker: Mapping[tuple[str, int], int]) -> Iterator[tuple[int, int]]:
    for n, act in enumerate(acts):
        for key, versions in act.made.items():
            for version in versions:
                yield maker.get((key, version - 1), n), n
        for key, version in act.saw.items():
            yield maker.get((key, version), n), n
            yield n, maker.get((key, version + 1), n)


def _by_the_clock(acts: Sequence[Act]) -> Iterator[tuple[int, int]]:
    """Whoever had ended came before whoever began. Moments stand between them, one behind the
    other, so that there are as many pairs as acts and not their square."""
    moments = sorted(
        [(act.ended_s, 1, n) for n, act in enumerate(acts)]
        + [(act.began_s, 0, n) for n, act in enumerate(acts)]
    )
    moment = first = len(acts)
    for _at_s, has_ended, n in moments:
        if has_ended:
            if moment > first:
                yield moment - 1, moment
            yield n, moment
            moment += 1
        elif moment > first:
            yield moment - 1, n


def _runs_in_a_circle(acts: int, pairs: Sequence[tuple[int, int]]) -> bool:
    after = defaultdict(set)
    waits_for: dict[int, int] = defaultdict(int)
    everybody = set(range(acts))
    for first, then in pairs:
        everybody |= {first, then}
        if first != then and then not in after[first]:
            after[first].add(then)
            waits_for[then] += 1
    free = [one for one in everybody if not waits_for[one]]
    done = 0
    while free:
        one = free.pop()
        done += 1
        for then in after[one]:
            waits_for[then] -= 1
            if not waits_for[then]:
                free.append(then)
    return done < len(everybody)

"""The proofs of the counter, whole: bounded soaks, for `./test --long`."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tongpan.config.installation import ROOT

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


def proven(what: str, *given: str) -> dict[str, Any]:
    """What a proof says, carried out as anybody would."""
    words = [sys.executable, "-m", "tongpan.config.cli", "prove", what, *given, "--json"]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.strip(), done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def test_the_last_yuan_and_the_last_points_are_spent_once() -> None:
    said = proven("wallet", "--rounds", "200")

    assert (said["won"], said["overspent"]) == (200, 0)
    assert said["twin_overspent"] > 0
    assert (said["coupons_won"], said["coupons_overspent"]) == (200, 0)
    assert said["coupons_twin_overspent"] > 0


def test_whatever_comes_back_in_whatever_order_leaves_nothing() -> None:
    said = proven("returns", "--seeds", "0-499")

    assert (said["money_left"], said["points_left"], said["stock_left"]) == ("0.00", "0", "0")


def test_nobody_is_charged_twice_whatever_fails() -> None:
    said = proven("payments", "--attempts", "500")

    assert (said["charged_twice"], said["lost"], said["unknown_open"]) == (0, 0, 0)
    assert min(said["faults"].values()) >= 30


def test_a_day_at_the_counter_comes_to_what_was_done_in_it() -> None:
    said = proven("counter-day", "--sales", "20")

    assert (said["sales"], said["shifts"], said["mouse_events"]) == (20, 2, 0), said
    assert (said["differences"], said["violations"], said["wrong_totals"]) == (0, 0, []), said
    noticed = [said[f"twin_{twin}"] for twin in ("doubled_noticed", "dropped_noticed")]
    assert min(*noticed, said["twin_mouse_events"]) > 0


def test_the_best_composition_of_promotions_is_found() -> None:
    said = proven("promo", "--seeds", "0-1999")

    assert (said["optimal"], said["share_mismatch"]) == (said["baskets"], 0)

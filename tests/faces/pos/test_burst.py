"""What was scanned at the pay step is told from what was typed, however slowly it came."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

BURST = Path(__file__).resolve().parents[3] / "src/tongpan/faces/pos/frontend/burst.js"
CODE, GOODS = "130000000000000412", "6901234510016"
RUN = """
const { note, scannedInto } = await import(%s);
const isPayCode = (text) => /^(1[0-5][0-9]{16}|(2[5-9]|30)[0-9]{14,22})$/.test(text);
console.log(JSON.stringify(JSON.parse(process.argv[1]).map((keys) => {
  let at = 1000, typed = "";
  for (const [key, after] of keys) {
    at += after;
    note({ key, timeStamp: at }, typed);
    typed += key;
  }
  const found = scannedInto(at + 3, isPayCode);
  return found && [found.text, found.before];
})));
"""
Keys = list[tuple[str, int]]


def keys(text: str, after_ms: int = 3) -> Keys:
    return [(key, after_ms) for key in text]


def held_up(text: str, at: int) -> Keys:
    """A code whose keys came fast but for one pause, as on a machine that is busy."""
    return [(key, 400 if n == at else 3) for n, key in enumerate(text)]


def told(cases: list[Keys]) -> list[Any]:
    node = shutil.which("node") or "node"
    ran = subprocess.run(
        [node, "--input-type=module", "-e", RUN % json.dumps(BURST.as_uri()), json.dumps(cases)],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    found: list[Any] = json.loads(ran.stdout)
    return found


def test_a_code_is_never_taken_for_cash_however_it_comes() -> None:
    cases = {
        "fast": keys(CODE),
        "slow": keys(CODE, 150),
        **{f"held up at {n}": held_up(CODE, n) for n in range(1, len(CODE))},
    }

    found = dict(zip(cases, told(list(cases.values())), strict=True))
    assert found == {name: [CODE, ""] for name in cases}


def test_an_amount_before_a_code_is_what_the_code_pays() -> None:
    cases = [[*keys(amount, 200), (CODE[0], 300), *keys(CODE[1:])] for amount in ("20", "30", "5")]

    assert told(cases) == [[CODE, "20"], [CODE, "30"], [CODE, "5"]]


def test_goods_scanned_while_paying_are_goods_and_amounts_are_amounts() -> None:
    cases = [keys(GOODS), keys(GOODS, 150), keys("1300.50", 90), keys("1300000", 200), keys("50")]

    assert told(cases) == [[GOODS, ""], [GOODS, ""], None, None, None]

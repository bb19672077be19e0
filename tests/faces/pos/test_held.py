"""Characters at a scanner's pace reach the till whole and in order, whatever comes between them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HELD = Path(__file__).resolve().parents[3] / "src/tongpan/faces/pos/frontend/held.js"
CODE = "6901234510016"
# A field as a browser keeps it: what is not prevented is put where the caret stands, and what a
# page puts there moves the caret to its end.
RUN = """
const { holds, whole } = await import(%s);
const cases = JSON.parse(process.argv[1]);
const told = [];
for (const { before, caret, keys } of cases) {
  const field = { text: "", selectionStart: 0, inputs: 0, dispatchEvent() { this.inputs += 1; }, get value() { return this.text; }, set value(text) { this.text = text; this.selectionStart = caret ?? text.length; } };
  field.value = before;
  let held = 0, at = 1000, ended = null;
  for (const [key, after] of keys) {
    at += after;
    if (after > 40) await new Promise((resolve) => setTimeout(resolve, 60));
    const event = { key, timeStamp: at, target: field, isPrevented: false, preventDefault() { this.isPrevented = true; } };
    const isHeld = holds(event, field);
    if (isHeld !== event.isPrevented) throw new Error(key);
    held += isHeld;
    if (key === "Enter") { ended = whole(field); field.value = ""; continue; }
    if (key === "Backspace") field.value = field.value.slice(0, -1);
    else if (!isHeld) field.value = field.value.slice(0, field.selectionStart) + key + field.value.slice(field.selectionStart);
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  told.push({ held, ended, value: field.value, inputs: field.inputs });
}
console.log(JSON.stringify(told));
"""  # noqa: E501
Keys = list[tuple[str, int]]


def keys(text: str, after_ms: int = 3) -> Keys:
    return [(key, after_ms) for key in text]


END: Keys = [("Enter", 3)]
ROWS: dict[str, dict[str, Any]] = {
    "a code": {"keys": [*keys(CODE), *END]},
    "two codes in one stream": {"keys": [*keys("12345678"), *END, *keys(CODE), *END]},
    "after what was typed": {"before": "3*", "keys": [*keys(CODE, 3), *END]},
    "held up in the middle": {"keys": [*keys(CODE[:6]), (CODE[6], 400), *keys(CODE[7:]), *END]},
    "a key between": {"keys": [*keys("1234"), ("Backspace", 3), *keys("567"), *END]},
    "no end": {"keys": keys(CODE)},
    "typed by hand": {"keys": keys("apple", 60)},
    "deeds by keys": {"keys": [("Enter", 3), *END]},
    "in the middle of a text": {"before": "12", "caret": 1, "keys": keys("3456")},
}


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    cases = [{"before": "", **row} for row in ROWS.values()]
    ran = subprocess.run(
        [shutil.which("node") or "node", "--input-type=module", "-e",
         RUN % json.dumps(HELD.as_uri()), json.dumps(cases)],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    return dict(zip(ROWS, json.loads(ran.stdout), strict=True))


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("a code", CODE),
        ("two codes in one stream", CODE),
        ("after what was typed", f"3*{CODE}"),
        ("held up in the middle", CODE),
        ("a key between", "123567"),
        ("deeds by keys", ""),
    ],
)
def test_enter_ends_all_that_was_scanned_or_typed(
    told: dict[str, dict[str, Any]], row: str, text: str
) -> None:
    assert told[row]["ended"] == text
    assert told[row]["value"] == ""


def test_only_the_pace_of_a_scanner_is_held_and_never_for_long(
    told: dict[str, dict[str, Any]],
) -> None:
    assert told["a code"]["held"] == len(CODE) - 2
    assert told["a code"]["inputs"] == 0  # none of them was put into the field by itself
    assert (told["no end"]["value"], told["no end"]["inputs"]) == (CODE, 1)
    assert (told["typed by hand"]["held"], told["typed by hand"]["value"]) == (0, "apple")


def test_nothing_is_held_where_the_caret_stands_elsewhere(told: dict[str, dict[str, Any]]) -> None:
    # The field of this test keeps its caret, so what is put there stands in turn before it.
    found = told["in the middle of a text"]
    assert (found["held"], found["value"]) == (0, "165432")

"""Price baskets under promotions, from a file, or those of the golden set.

`promo price FILE` reads cases in the shape that docs/reference/promotion-cases.md describes.
`promo golden` prices the cases that the program comes with, and compares them with what they
should cost, which was worked out without the engine.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tongpan.base.refusals import Refusal
from tongpan.business.promotions import cases
from tongpan.business.promotions.rules.values import KINDS
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result
from tongpan.kernel.documents.sentences import explain

NAME, NEEDS = "promo", "nothing"
HELP = "促销试算 · price baskets under promotions"
KINDS_MIN, OF_EACH_KIND_MIN, GOLDEN_MIN = 15, 8, 300


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("price", "golden"))
    parser.add_argument("file", nargs="?", type=Path, help="price: 案例文件 · a file of cases")


def run(given: argparse.Namespace) -> Result:
    if given.what == "golden":
        return _golden()
    if given.file is None or not given.file.is_file():
        raise CannotRun(f"没有 {given.file}。\nThere is no {given.file}.")
    try:
        raw = json.loads(given.file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as why:
        raise CannotRun(f"{given.file} 不是 JSON。\n{given.file} is no JSON: {why}.") from None
    return _price(raw)


def _price(raw: Any) -> Result:
    """Every case priced, or why it cannot be read. It holds if all can, and all are as expected."""
    told = []
    restated = {case.published: case for case in cases.restated() if case.published}
    for number, one in enumerate(cases.listed(raw), 1):
        name = str(one.get("id", number)) if isinstance(one, dict) else str(number)
        try:
            if cases.is_prose(one) and (known := restated.get(cases.digest_of(one))) is not None:
                told.append(cases.told(known) | {"restated": True})
            else:
                told.append(cases.told(cases.case_from(one, number)))
        except Refusal as refusal:
            told.append({"id": name, "could_not_read": explain(refusal)["problems"]})
    facts = {
        "cases": told,
        "priced": sum("lines" in row for row in told),
        "unread": sum("could_not_read" in row for row in told),
        "failed": [row["id"] for row in told if row.get("as_expected") is False],
    }
    text = "\n".join(f"{row['id']}: {row.get('total', row.get('could_not_read'))}" for row in told)
    holds = bool(told) and not facts["unread"] and not facts["failed"]
    return Result(holds=holds, facts=facts, text=text)


def _golden() -> Result:
    golden = cases.golden()
    failed, by_kind = [], Counter[str]()
    for case in golden:
        by_kind[case.about] += 1
        row = cases.told(case)
        if not row["as_expected"]:
            failed.append({"id": case.id, "total": row["total"], "expected": case.total})
    kinds = {kind for kind in KINDS if by_kind[kind] >= OF_EACH_KIND_MIN}
    facts = {
        "cases": len(golden),
        "passed": len(golden) - len(failed),
        "kinds": len(kinds),
        "of_each_kind": dict(sorted(by_kind.items())),
        "failed": failed[:20],
    }
    holds = not failed and len(golden) >= GOLDEN_MIN and len(kinds) >= KINDS_MIN
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)

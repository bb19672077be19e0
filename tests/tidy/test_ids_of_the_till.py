"""The parts of the till's page are one page: no id stands in two of them."""

import re
from collections import Counter
from pathlib import Path

PARTS = Path(__file__).resolve().parents[2] / "src/tongpan/faces/pos/templates/pos"


def test_no_id_stands_twice_on_the_tills_page() -> None:
    page = (PARTS / "till.html").read_text()
    parts = re.findall(r'include "pos/(parts/[^"]+)"', page)
    inner = [
        m
        for one in parts
        for m in re.findall(r'include "pos/(parts/[^"]+)"', (PARTS / one).read_text())
    ]
    texts = [page, *((PARTS / one).read_text() for one in dict.fromkeys([*parts, *inner]))]
    ids = Counter(found for text in texts for found in re.findall(r'\bid="([^"{]+)"', text))

    assert len(texts) > 2
    assert [name for name, times in ids.items() if times > 1] == []

"""Many rows with one statement: what is read back is what was written."""

from tongpan.base import env
from tongpan.kernel.documents.models import BooksCheck
from tongpan.kernel.documents.writing import copy_values


def test_json_is_read_back_as_it_was_written(company: str) -> None:
    written = [{}, {"名称": ["\\N", "a\tb\nc", '"', None]}, {"deep": {"er": [True, 2**53, "é"]}}]
    rows = [(env.new_id(), env.now(), findings) for findings in written]

    copy_values(BooksCheck, ("id", "at", "findings"), rows)

    found = BooksCheck.objects.in_bulk([pk for pk, *_ in rows])
    assert [found[pk].findings for pk, *_ in rows] == written

"""Sheets in and out by a program."""

import csv
import io

from tests.chain import a_transfer
from tests.faces.api.conftest import codes
from tests.faces.files.conftest import a_book
from tongpan.kernel.documents.models import Document

HEADS = ("document", "from", "to", "item", "quantity")


def a_csv(*rows: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *rows])
    return out.getvalue().encode()


def test_a_sheet_is_rehearsed_imported_and_taken_back(chain, program):
    zhou, content = program("zhou"), a_csv(("A", "W01", "S01", "10001", "4"))

    rehearsed = zhou.raw("imports/stock.transfer?rehearse=true", content, "text/csv")
    before = Document.unscoped.count()
    done = zhou.raw("imports/stock.transfer?name=may.csv", content, "text/csv")
    again = zhou.raw("imports/stock.transfer", content, "text/csv")
    run = done.json()["import"]["id"]
    undone = zhou.post(f"imports/{run}/undo")

    counts = {"new": 1, "changed": 0, "same": 0, "refused": 0, "lines": 1}
    assert rehearsed.json() == {"import": None, "counts": counts, "errors": []}
    assert before == 0
    assert (done.status_code, done.json()["counts"]) == (201, counts)
    assert (again.status_code, again.json()["answer"]) == (409, "imported_before")
    assert undone.json()["state"] == "undone"
    assert Document.unscoped.get().state == "void"
    assert [row["id"] for row in zhou.get("imports").json()["rows"]] == [run]


def test_every_problem_of_a_sheet_is_named_with_its_row_and_column(chain, program):
    zhou = program("zhou")
    content = a_csv(("A", "W01", "S01", "10001", "4"), ("B", "W01", "nowhere", "1", "1e3"))

    refused = zhou.raw("imports/stock.transfer", content, "text/csv")

    assert (refused.status_code, refused.json()["code"]) == (422, "import_has_problems")
    told = zhou.raw("imports/stock.transfer?rehearse=true", content, "text/csv").json()["errors"]
    assert [(e["row"], e["path"], e["code"]) for e in told] == [(3, "quantity", "number_format")]
    assert not Document.unscoped.exists()


def test_files_that_are_no_sheets_and_sheets_of_others_are_refused(chain, program):
    zhou, lin = program("zhou"), program("lin")
    book = a_book(HEADS, ("A", "W01", "S01", "10001", 4))

    assert zhou.raw("imports/stock.transfer", b"", "text/csv").json()["code"] == "file_empty"
    assert zhou.raw("imports/nothing", book).status_code == 404
    assert lin.raw("imports/items.item", book).status_code == 404
    assert codes(zhou.raw("imports/stock.transfer?rehearse=yes", book)) == ["filter_value"]
    run = zhou.raw("imports/stock.transfer", book).json()["import"]["id"]
    assert lin.post(f"imports/{run}/undo").status_code == 404


def test_a_filtered_list_is_exported(chain, program):
    with chain.as_("zhou", "warehouse"):
        a_transfer(chain, "warehouse", "north", {"milk": "4", "tea": "1"})
    zhou = program("zhou")

    answer = zhou.get("stock.transfer/export", {"format": "csv", "state": "draft"})
    none = zhou.get("stock.transfer/export", {"format": "csv", "state": "posted"})
    odd = zhou.get("stock.transfer/export", {"format": "pdf"})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(rows) == 3
    assert len(none.content.splitlines()) == 1
    assert (odd.status_code, odd.json()["code"]) == (400, "filter_value")


def test_the_docs_page_shows_every_resource_to_who_is_signed_in(chain, program):
    client = program("zhou").client
    client.defaults = {}

    away = client.get("/api/v1/docs")
    client.force_login(chain.people["zhou"], backend="tongpan.kernel.org.backend.PersonBackend")
    page = client.get("/api/v1/docs").content.decode()

    assert away.status_code == 302
    assert 'id="stock.transfer"' in page
    assert "lines.n.quantity" in page
    assert 'id="doc_id_conflict"' in page

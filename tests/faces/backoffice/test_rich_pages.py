"""A page on which everything hangs asks the database as little as a bare one."""

from collections.abc import Callable
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain
from tests.faces.backoffice.conftest import text_of
from tests.faces.backoffice.test_home import told
from tongpan.kernel.documents.registry import document_types
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 12
# Not there yet, and not to grow: what slips and parties have besides is read kind by kind.
MORE = {"till.sale": 15, "till.return": 15, "items.item": 14, "parties.party": 20}


def statements(client: Client, url: str) -> list[str]:
    text_of(client, url)  # the first time something is remembered
    with CaptureQueriesContext(connection) as asked:
        text_of(client, url)
    return told(asked)


def test_a_document_with_a_comment_a_file_and_all_its_kin_takes_few_statements(
    chain: Chain, documents: dict[str, UUID], browse: Browse
) -> None:
    client = browse("zhou", "hq")
    types = {declared.code for declared in document_types()}
    for code, pk in documents.items():
        if code not in types:
            continue
        here = f"/d/{code}/{pk}/"
        client.post(f"{here}comment", {"text": "看一下"})
        file = SimpleUploadedFile("a.txt", code.encode())
        assert client.post(f"{here}attach", {"file": file}).status_code == 302

        asked = statements(client, here)

        assert len(asked) <= MORE.get(code, STATEMENTS_MAX), (code, [q[:90] for q in asked])


def test_a_party_and_an_item_take_no_statement_for_each_type_of_document(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    for code, rows in (("parties.party", Party.objects), ("items.item", Item.objects)):
        for row in rows.all():
            asked = statements(client, f"/m/{code}/{row.pk}/")

            assert len(asked) <= MORE[code], (str(row), [q[:90] for q in asked])

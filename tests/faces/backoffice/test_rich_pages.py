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
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_types
from tongpan.masters.items.models import Item, ItemFamily, ItemPicture
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.models import Price

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 12


def statements(client: Client, url: str) -> list[str]:
    text_of(client, url)  # the first time something is remembered
    with CaptureQueriesContext(connection) as asked:
        text_of(client, url)
    return told(asked)


def with_remarks(client: Client, url: str) -> str:
    """The address of a document, after a comment and a file were put on it."""
    client.post(f"{url}comment", {"text": "看一下"})
    file = SimpleUploadedFile("a.txt", url.encode())
    assert client.post(f"{url}attach", {"file": file}).status_code == 302
    return url


def test_a_document_with_a_comment_a_file_and_all_its_kin_takes_few_statements(
    chain: Chain, documents: dict[str, UUID], browse: Browse
) -> None:
    client = browse("zhou", "hq")
    types = {declared.code for declared in document_types()}
    for code, pk in documents.items():
        if code not in types:
            continue
        asked = statements(client, with_remarks(client, f"/d/{code}/{pk}/"))

        assert len(asked) <= STATEMENTS_MAX, (code, [q[:90] for q in asked])


def with_everything(chain: Chain) -> None:
    """Milk gets what an item can have, and its price by a document."""
    milk = chain.items["milk"]
    milk.family = ItemFamily.objects.create(code="F", name="奶")
    milk.variant = "大"
    milk.save()
    Item.objects.create(
        code="10099", name="小牛奶", base_unit=milk.base_unit, family=milk.family, variant="小"
    )
    ItemPicture.objects.create(
        item=milk, position=1, name="a.png", media_type="image/png", size=1, width=1, height=1,
        digest=bytes(32),
    )  # fmt: skip
    with chain.as_("zhou", "hq"):
        listed = Price.objects.filter(item=milk)[0].price_list
        header = {"price_list": listed, "begins_on": "2026-11-22"}
        line = {"item": milk.code, "new_price": "13.90"}
        draft = run("prices.change.save", payload={"header": header, "lines": [line]}).subject
        run("prices.change.post", draft)


def test_a_party_and_an_item_take_no_statement_for_each_type_of_document(
    chain: Chain, browse: Browse
) -> None:
    with_everything(chain)
    client = browse("zhou", "hq")
    for code, rows in (("parties.party", Party.objects), ("items.item", Item.objects)):
        for row in rows.all():
            asked = statements(client, f"/m/{code}/{row.pk}/")

            assert len(asked) <= STATEMENTS_MAX, (str(row), [q[:90] for q in asked])

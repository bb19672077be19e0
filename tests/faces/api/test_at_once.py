"""The same request many times at one moment, against a database that really commits."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from tests.chain import a_chain
from tests.faces.api.conftest import Program
from tongpan.base import env
from tongpan.kernel.documents.models import Document

pytestmark = pytest.mark.races


@pytest.mark.parametrize("method", ["post", "put"])
def test_one_creation_sent_ten_times_at_once_is_one_document(own_database, settings, method):
    settings.DEFAULT_COMPANY = own_database.schema
    chain = a_chain()
    secret, document_id = Program(chain, "zhou").secret, str(env.new_id())
    body: dict[str, Any] = {"unit": "W01", "lines": [{"item": "10001", "quantity": "4"}]}

    def send() -> tuple[int, str]:
        client = Client(headers={"authorization": f"Bearer {secret}"})
        if method == "post":
            answer = client.post(
                "/api/v1/stock.transfer", {**body, "id": document_id}, "application/json"
            )
        else:
            path = f"/api/v1/stock.transfer/{document_id}"
            answer = client.put(path, body, "application/json")
        return answer.status_code, answer.json().get("id", answer.content.decode())

    answers = own_database.at_once(*[send] * 10)

    assert Counter(answers) == {(201, document_id): 1, (200, document_id): 9}
    assert Document.unscoped.count() == 1

"""Home: today's figures as the books have them, for those who may see them."""

from collections.abc import Callable

from django.test import Client

from tests.chain import Chain

Browse = Callable[[str, str], Client]


def text_of(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def test_an_owner_sees_what_all_stores_sold_today(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/")

    # Nine slips: three times 25.80, 14.90 and 16.40; one milk of 12.90 came back.
    assert "¥158.40" in page
    assert "北门店" in page
    assert "实时销售" in page

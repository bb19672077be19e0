"""What nobody types by mistake into a form, an address or a search: a clear no, and nothing lost.

Which row of the list of hostile inputs each is of, stands in docs/internals/hostile-inputs.md.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.chain import NOON, Chain
from tests.faces.derived.conftest import Browser, a_stocked_chain
from tests.faces.derived.test_forms import save, written
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.masters.items.models import Item

EVIL = "<script>alert(1)</script>{{7*191}}${7*191}%s{0.__class__}%(x)s"
Browse = Callable[[str, str], Browser]


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_stocked_chain)


@pytest.fixture
def browse(chain: Chain, company: str, settings: Any) -> Browse:
    settings.DEFAULT_COMPANY = company

    def of(person: str, at: str) -> Browser:
        client = Client()
        client.force_login(chain.people[person])
        session = client.session
        session["unit"] = str(chain.units[at].pk)
        session.save()
        return Browser(client)

    return of


# What is changed of a good form, and the sentence that answers it when it is sent.
FIELDS: dict[str, tuple[dict[str, str], str]] = {
    "Arabic digits": ({"lines.0.quantity": "٣"}, "٣ 不是数字"),
    "an underscore": ({"lines.0.quantity": "1_000"}, "1_000 不是数字"),
    "an exponent": ({"lines.0.quantity": "1e3"}, "1e3 不是数字"),
    "not a number": ({"lines.0.quantity": "NaN"}, "NaN 不是数字"),
    "below nothing": ({"lines.0.quantity": "-1"}, "数量不能为负"),
    "nothing": ({"lines.0.quantity": "0"}, "必须大于零"),
    "minus nothing": ({"lines.0.quantity": "-0.0"}, "必须大于零"),
    "half a box": ({"lines.0.quantity": "0.5"}, "0.5"),
    "a million characters": ({"note": "a" * 1_000_000}, "备注超过 2000 个字"),
    "a null character": ({"note": "a\0b"}, "备注含有无法显示的字符"),
    "10,000 accents": ({"lines.0.lot": "a" + "\u0301" * 10_000}, "批次超过 40 个字"),
    "a tab in a code": ({"lines.0.lot": "a\tb"}, "批次含有无法显示的字符"),
    "a day that is not there": ({"business_date": "2026-02-30"}, "2026-02-30 不是日期"),
    "a day to come": ({"business_date": "2027-11-21"}, "2027"),
}


@pytest.mark.parametrize(("change", "said"), FIELDS.values(), ids=FIELDS)
def test_what_means_nothing_is_said_and_all_that_was_typed_stays(
    chain: Chain, browse: Browse, change: dict[str, str], said: str
) -> None:
    wang, new = browse("wang", "warehouse"), env.new_id()
    with env.frozen(NOON):
        draft = save(wang, new, written(chain, version="0")).json()
        fields = written(chain, version=str(draft["version"])) | change

        answer = wang.post(f"/d/stock.transfer/{new}/do/post", **fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert Document.unscoped.get(pk=new).state == "draft"
    (name, typed), *_ = change.items()
    if name != "lines.0.lot" and "\0" not in typed:  # lots have no column while none is in use
        field = page.split(f'name="{name}"', 1)[1]
        assert typed[:40] in field.split("</textarea>")[0] if name == "note" else field[:400]


def test_goods_sent_where_they_are_and_more_than_there_is_in_two_lines(
    chain: Chain, browse: Browse
) -> None:
    wang, same, twice = browse("wang", "warehouse"), env.new_id(), env.new_id()
    milk = str(chain.items["milk"].pk)
    two = {"lines.0.quantity": "60", "lines.1.id": "", "lines.1.item": milk,
           "lines.1.quantity": "60"}  # fmt: skip
    here = {"to_place": str(chain.places["warehouse"].pk)}

    answers = [
        wang.post(f"/d/stock.transfer/{new}/do/post", **(written(chain) | change))
        for new, change in ((same, here), (twice, two))
    ]

    assert [a.status_code for a in answers] == [422, 422]
    assert all("problem" in a.content.decode() for a in answers)
    assert not Document.unscoped.filter(state="posted", type="stock.transfer").exists()


def test_full_width_digits_are_read_and_shown_plain(chain: Chain, browse: Browse) -> None:
    wang, new = browse("wang", "warehouse"), env.new_id()

    save(wang, new, written(chain) | {"lines.0.quantity": "１２\u200b"})

    page = wang.get(f"/d/stock.transfer/{new}/").content.decode()
    assert 'name="lines.0.quantity" value="12"' in page


def test_more_than_a_page_takes_is_refused_in_words(chain: Chain, browse: Browse) -> None:
    answer = save(browse("wang", "warehouse"), env.new_id(), {"note": "a" * 9_000_000})

    assert answer.status_code == 413
    assert "8 MB" in answer.content.decode()
    assert "Bad Request" not in answer.content.decode()


ADDRESSES = (
    "/m/items.item/?q=a%00", "/d/stock.transfer/?q=%00&state=draft", "/search?q=%00",
    "/stock/?q=%00", "/sign-in/?next=%00", "/m/items.item/?view=%00",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_sign_that_no_text_has_is_refused_in_every_address(browse: Browse, address: str) -> None:
    answer = browse("zhou", "hq").get(address)

    assert answer.status_code == 400
    assert "无法识别" in answer.content.decode() or "could not be read" in answer.content.decode()


LISTS = ("/d/stock.transfer/", "/m/items.item/")


@pytest.mark.parametrize("query", ["%", "_", "\\", "😀", "' or 1=1 --", "a " * 5000, "\u202e"])
def test_what_is_searched_is_taken_as_it_stands(browse: Browse, query: str) -> None:
    zhou = browse("zhou", "hq")

    for address in LISTS:
        page = zhou.get(address, q=query).content.decode()
        assert "10001" not in page.split("<tbody")[-1].split("</tbody")[0]
    assert zhou.get("/search", q=query).status_code == 200


def test_odd_addresses_are_answered_and_never_a_fault(browse: Browse) -> None:
    zhou = browse("zhou", "hq")

    for address in (
        "/d/stock.transfer/?after=xx", "/d/stock.transfer/?sort=unit_cost",
        "/d/stock.transfer/?state=zz&unit=1&since=2026-02-30", "/d/stock.transfer/not-an-id/",
        "/m/items.item/?sort=;drop", "/m/items.item/not-an-id/", "/stock/?unit=x&page=-1",
        "/money/statement/?party=1", "/money/ageing/?of=1", "/d/stock.transfer/?size=1000000000",
    ):  # fmt: skip
        assert zhou.get(address).status_code in (200, 302, 404, 422), address


def test_what_looks_like_a_program_is_text_everywhere(chain: Chain, browse: Browse) -> None:
    zhou = browse("zhou", "hq")
    with chain.as_("zhou", "hq"):
        item = run("items.item.save", chain.items["milk"].pk, {"name": EVIL}).result
        draft = run("stock.transfer.save", payload={
            "header": {"from_place": chain.places["warehouse"], "to_place": chain.places["north"]},
            "lines": [{"item": item, "quantity": "4"}], "note": EVIL,
        }).subject  # fmt: skip
        run("stock.transfer.comment", draft, {"text": EVIL})
        short = run("stock.transfer.save", payload={
            "header": {"from_place": chain.places["warehouse"], "to_place": chain.places["north"]},
            "lines": [{"item": item, "quantity": "4000"}],
        }).subject  # fmt: skip

    pages = [
        zhou.get(address)
        for address in (
            f"/m/items.item/{item.pk}/", "/m/items.item/", f"/d/stock.transfer/{draft}/",
            f"/d/stock.transfer/{draft}/print", "/stock/",
        )
    ]  # fmt: skip
    pages.append(zhou.post(f"/d/stock.transfer/{short}/do/post"))  # the refusal names the item

    for page in pages:
        text = page.content.decode()
        assert page.status_code in (200, 422), page.request["PATH_INFO"]
        assert "alert(1)" in text, page.request["PATH_INFO"]
        assert not re.search(r"<script[^>]*>alert|1337", text)
        assert "{0.__class__}%(x)s" in text


def test_signs_that_only_hide_are_not_kept(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        made = run("items.item.save", payload={
            "code": "\ufeffA\u200b1\u2060", "name": "a\u202egnp.exe 👨\u200d👩\u200d👧",
            "base_unit": "box",
        }).result  # fmt: skip

    assert (made.code, made.name) == ("A1", "agnp.exe 👨\u200d👩\u200d👧")
    assert not Item.objects.filter(code__contains="\u200b").exists()


def test_a_form_from_nowhere_is_not_taken(chain: Chain, company: str, settings: Any) -> None:
    settings.DEFAULT_COMPANY = company
    client = Client(enforce_csrf_checks=True)
    client.force_login(chain.people["zhou"])
    client.get("/notices/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "x" * 64

    answers = [
        client.post("/notices/seen", {"unit": "x", "csrfmiddlewaretoken": token}, headers=headers)
        for headers in ({"Origin": "null"}, {"Origin": "https://elsewhere.example"})
    ]

    assert [a.status_code for a in answers] == [403, 403]

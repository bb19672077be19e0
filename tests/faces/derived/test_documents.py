"""A document that is read: by whom, with what, and what hangs on it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.chain import NOON, Chain, a_transfer, on_shelf
from tests.faces.derived.conftest import Browser
from tongpan.base import env
from tongpan.faces.kit.derived import documents
from tongpan.faces.kit.derived.histories import DETAILS_MAX
from tongpan.faces.kit.derived.prints import amount_in_words
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Attachment, Comment, Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Browser]


@pytest.mark.parametrize(
    ("person", "at", "is_there"),
    [("wang", "warehouse", True), ("chen", "north", True), ("zhao", "south", False)],
)
def test_both_ends_of_a_transfer_see_it_and_nobody_else(
    browse: Browse, sent: UUID, person: str, at: str, is_there: bool
) -> None:
    somebody = browse(person, at)

    answers = [
        somebody.get(f"/d/stock.transfer/{sent}/").status_code,
        somebody.get(f"/d/stock.transfer/{sent}/print").status_code,
        somebody.post(f"/d/stock.transfer/{sent}/comment", text="seen").status_code,
    ]

    assert answers == ([200, 200, 302] if is_there else [404, 404, 404])


def test_a_document_is_not_there_under_another_type(browse: Browse, sent: UUID) -> None:
    assert browse("zhou", "hq").get(f"/d/stock.opening/{sent}/").status_code == 404


def test_the_address_of_a_refused_deed_leads_back_to_the_document(
    browse: Browse, draft: UUID
) -> None:
    deed = f"/d/stock.transfer/{draft}/do/post"

    answer = browse("wang", "warehouse").get(deed)

    assert (answer.status_code, answer["Location"]) == (302, f"/d/stock.transfer/{draft}/")
    assert browse("zhao", "south").get(deed).status_code == 404


@pytest.mark.parametrize("path", ["", "print"])
def test_the_receiver_sees_neither_cost_nor_the_senders_stock(
    browse: Browse, sent: UUID, path: str
) -> None:
    html = browse("chen", "north").get(f"/d/stock.transfer/{sent}/{path}").content.decode()

    assert "鲜牛奶 950 mL" in html
    assert "436.00" not in html
    assert "100 → 60" not in html


def test_the_sender_sees_the_balance_before_and_after(browse: Browse, sent: UUID) -> None:
    html = browse("wang", "warehouse").get(f"/d/stock.transfer/{sent}/").content.decode()

    assert "100 → 60" in html  # milk on the shelf
    assert "0 → 40" in html  # and on its way


def test_a_draft_says_what_posting_will_write(browse: Browse, draft: UUID) -> None:
    html = browse("wang", "warehouse").get(f"/d/stock.transfer/{draft}/").content.decode()

    assert "100 → 60" in html
    assert "436.00" in html  # what the goods are worth now


def test_cost_is_not_in_the_history_of_who_may_not_see_it(chain: Chain, browse: Browse) -> None:
    opening = on_shelf(chain, "north", tea=("7", "3.21"))

    with_cost = browse("zhou", "hq").get(f"/d/stock.opening/{opening}/").content.decode()
    without = browse("chen", "north").get(f"/d/stock.opening/{opening}/").content.decode()

    assert "3.21" in with_cost
    assert "无糖乌龙茶" in without
    assert "3.21" not in without
    assert "22.47" not in without


def test_a_reversed_document_shows_both_postings(chain: Chain, browse: Browse, sent: UUID) -> None:
    with chain.as_("zhou", "hq"), env.frozen(NOON + timedelta(hours=1)):
        run("stock.transfer.reverse", sent, {"reason": "wrong shop"})

    html = browse("wang", "warehouse").get(f"/d/stock.transfer/{sent}/").content.decode()

    assert "100 → 60" in html
    assert "60 → 100" in html
    assert "wrong shop" in html


def test_a_long_document_is_shown_in_parts_with_what_each_part_moved(
    chain: Chain, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LINES_SHOWN", 2)
    wanted = (("milk", "40"), ("cola", "48"), ("milk", "7"))
    with chain.as_("wang", "warehouse"):
        header = {"from_place": chain.places["warehouse"], "to_place": chain.places["north"]}
        lines = [{"item": chain.items[name], "quantity": quantity} for name, quantity in wanted]
        long = run("stock.transfer.save", payload={"header": header, "lines": lines}).subject
        run("stock.transfer.post", long)
    wang, url = browse("wang", "warehouse"), f"/d/stock.transfer/{long}/"

    first, second, every, odd = (
        wang.get(url, **query).content.decode()
        for query in ({}, {"lines": "3"}, {"lines": "all"}, {"lines": "²"})
    )

    assert [_shown(page) for page in (first, second, every)] == [["1", "2"], ["3"], ["1", "2", "3"]]
    assert odd.count("100 → 60") == first.count("100 → 60") == 1
    assert "60 → 53" not in first
    assert "100 → 60" not in second
    assert "60 → 53" in second  # after what the first line took of the same goods
    assert "100 → 60" in every
    assert "60 → 53" in every
    for page in (first, second, every):
        assert "<b>3 行</b>" in page  # the sums are of all lines
        assert "库存 3 笔" in page
    assert f'href="{url}?lines=3#lines"' in first
    assert f'href="{url}?lines=1#lines"' in second
    paper = wang.get(f"{url}print").content.decode()
    assert paper.count("鲜牛奶 950 mL") == 2


def _shown(page: str) -> list[str]:
    """The numbers of the lines on a page."""
    return re.findall(r'<td class="row-number num">(\d+)</td>', page)


def test_a_history_names_the_first_changes_and_counts_the_rest(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    with chain.as_("wang", "warehouse"):
        names = ("milk", "cola", "apple") * 3
        header = {"from_place": chain.places["warehouse"], "to_place": chain.places["north"]}
        lines = [{"item": chain.items[name], "quantity": 1} for name in names]
        long = run("stock.transfer.save", payload={"header": header, "lines": lines}).subject

    page = browse("wang", "warehouse").get(f"/d/stock.transfer/{long}/").content.decode()

    told = page.split('id="panel-history"')[1].split('id="panel-comments"')[0]
    assert told.count('<span class="note"> · ') == DETAILS_MAX
    assert "第 1 行 商品 鲜牛奶 950 mL" in told
    assert re.search(r"另有 \d+ 处改动", told)


def test_who_is_named_in_a_comment_is_told(chain: Chain, browse: Browse, sent: UUID) -> None:
    browse("wang", "warehouse").post(
        f"/d/stock.transfer/{sent}/comment", text="@陈店长 please count twice"
    )

    comment = Comment.unscoped.get(document=sent)
    assert comment.mentions == [chain.people["chen"].pk]


def test_who_may_be_named_is_found_by_name_pinyin_initials_and_sign_in_name(
    browse: Browse, sent: UUID
) -> None:
    wang = browse("wang", "warehouse")

    def found(text: str) -> list[str]:
        answer = wang.get(f"/d/stock.transfer/{sent}/people", q=text).json()
        return [one["says"] for one in answer["results"]]

    assert found("林") == found("lxy") == found("linxiaoyu") == found("lin") == ["林小雨"]
    assert set(found("")) == {"林小雨", "周敏", "陈店长"}
    assert found("zhao") == []  # South sees nothing of it
    assert browse("zhao", "south").get(f"/d/stock.transfer/{sent}/people").status_code == 404


def test_a_name_that_nobody_has_is_asked_about_and_what_was_written_is_kept(
    browse: Browse, sent: UUID
) -> None:
    wang, url = browse("wang", "warehouse"), f"/d/stock.transfer/{sent}/comment"

    asked = wang.post(url, text="@吴经理 <four> boxes")
    html = asked.content.decode()

    assert asked.status_code == 200
    assert "@吴经理" in html.split("data-focus")[1].split("</b>")[0]
    assert "@吴经理 &lt;four&gt; boxes</textarea>" in html
    assert not Comment.unscoped.exists()

    wang.post(url, text="@吴经理 <four> boxes", answers="mention_unknown")
    assert Comment.unscoped.get().text == "@吴经理 <four> boxes"


def test_what_was_written_to_who_may_not_see_it_is_kept_on_a_draft_s_form(
    browse: Browse, draft: UUID
) -> None:
    refused = browse("wang", "warehouse").post(
        f"/d/stock.transfer/{draft}/comment", text="@zhao look"
    )

    assert refused.status_code == 422
    assert "@zhao look</textarea>" in refused.content.decode()
    assert not Comment.unscoped.exists()


def test_a_file_comes_back_to_be_kept_and_not_to_be_run(browse: Browse, sent: UUID) -> None:
    wang = browse("wang", "warehouse")
    content = b"%PDF-1.7 <script>alert(1)</script>"

    wang.post(
        f"/d/stock.transfer/{sent}/attach",
        file=SimpleUploadedFile("note.pdf", content, "application/pdf"),
    )
    file = Attachment.unscoped.get(document=sent)
    answer = wang.get(f"/d/stock.transfer/{sent}/files/{file.pk}")

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    other = browse("zhao", "south").get(f"/d/stock.transfer/{sent}/files/{file.pk}")
    assert other.status_code == 404


def test_a_page_in_disguise_is_not_accepted_as_a_file(browse: Browse, sent: UUID) -> None:
    answer = browse("wang", "warehouse").post(
        f"/d/stock.transfer/{sent}/attach",
        file=SimpleUploadedFile("x.html", b"<script>", "text/html"),
    )

    assert answer.status_code == 422
    assert not Attachment.unscoped.filter(document=sent).exists()


def test_what_people_write_is_shown_as_they_wrote_it(browse: Browse, sent: UUID) -> None:
    wang = browse("wang", "warehouse")
    wang.post(f"/d/stock.transfer/{sent}/comment", text="<b>bold</b>")

    html = wang.get(f"/d/stock.transfer/{sent}/").content.decode()

    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_several_documents_print_one_after_the_other(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    opening = on_shelf(chain, "warehouse", tea=("1", "1"))
    ids = [str(sent), str(sent)]

    html = (
        browse("wang", "warehouse").post("/d/stock.transfer/batch/print", ids=ids).content.decode()
    )

    assert html.count('class="paper a4"') == 1  # the same document once
    strangers = browse("wang", "warehouse").post(
        "/d/stock.transfer/batch/print", ids=[str(sent), str(opening)]
    )
    assert strangers.status_code == 404


def test_pages_of_a_batch_say_whose_they_are_and_of_one_paper_which_they_are(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    with chain.as_("wang", "warehouse"):
        other = a_transfer(chain, "warehouse", "north", {"milk": "1"}).subject
    wang = browse("wang", "warehouse")
    ids = [str(sent), str(other)]

    batch = wang.post("/d/stock.transfer/batch/print", ids=ids).content.decode()
    alone = wang.get(f"/d/stock.transfer/{sent}/print").content.decode()
    with system(reason="looking"):
        number = Document.objects.get(pk=sent).number
    assert f'content: "{number} · 本批第 " counter(page) " 张，共 " counter(pages) " 张"' in batch
    assert batch.count('data-nth="') == 4  # each paper, and the rule that names its pages
    assert 'content: "第 " counter(page) " 页 / 共 " counter(pages) " 页"' in alone
    assert "本批" not in alone


@pytest.mark.parametrize("paper", ["a4", "needle", "80", "58", "nonsense"])
def test_every_paper_is_printed(browse: Browse, sent: UUID, paper: str) -> None:
    answer = browse("wang", "warehouse").get(f"/d/stock.transfer/{sent}/print", paper=paper)

    assert "DB-W01-26-00001" in answer.content.decode()


def test_a_strip_names_every_value_below_its_goods(chain: Chain, browse: Browse) -> None:
    """Seven columns beside each other ran over the edge of the paper."""
    opening = on_shelf(chain, "north", tea=("7", "3.21"))

    html = (
        browse("zhou", "hq").get(f"/d/stock.opening/{opening}/print", paper="80").content.decode()
    )

    strip = html.split('<article class="paper strip')[1].split("</article>")[0]
    assert "<table" not in strip
    name, told = strip.split('<div class="line"><div>')[1].split('<div class="told">')
    assert "无糖乌龙茶" in name
    assert re.findall(r"<span>(.*?)</span>", told.split("</div>")[0]) == [
        "数量 7 瓶",
        "成本单价 ¥ 3.21",
    ]
    assert '<div class="pair"><span>数量</span><span><b>7 瓶</b></span></div>' in strip


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("6166", "陆仟壹佰陆拾陆元整"),
        ("0.05", "伍分"),
        ("10.50", "壹拾元伍角"),
        ("-3", "负叁元整"),
        ("0", "零元整"),
        ("100000000.01", "壹亿元零壹分"),
    ],
)
def test_amounts_are_written_out(amount: Any, words: str) -> None:
    from decimal import Decimal

    assert amount_in_words(Decimal(amount)) == words


def test_on_a_phone_a_sold_line_says_what_it_comes_to() -> None:
    """What was taken off is told behind the amount, and does not take its place."""
    declared = document_type("till.sale")

    places = {
        f.name: at for f, at in documents._placed((*declared.line_fields, *declared.told_fields))
    }

    assert (places["gross"], places["taken_off"]) == ("code", "")

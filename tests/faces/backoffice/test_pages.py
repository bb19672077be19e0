"""Items, parties, money, the integrity of the books, and what people are told."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from tests.chain import Chain
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.kernel.documents import notices
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.integrity import check, is_sound, last_check
from tongpan.kernel.documents.models import BooksCheck, Document, Notice
from tongpan.kernel.events.registry import Happened
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]


def test_an_item_shows_where_it_stands_what_it_costs_and_how_it_sells(
    chain: Chain, browse: Browse
) -> None:
    page = text_of(browse("zhou", "hq"), f"/m/items.item/{chain.items['milk'].pk}/")

    assert "加权平均" in page
    assert "每周销量" in page
    assert "最近出入库" in page
    assert "123" in page
    assert "断货：南站店" in page
    assert "6901234500017" in page


def test_an_item_without_the_sight_of_costs_has_no_gap_where_they_were(
    chain: Chain, browse: Browse
) -> None:
    page = text_of(browse("zhao", "south"), f"/m/items.item/{chain.items['milk'].pk}/")

    assert "鲜牛奶" in page
    for word in ("成本", "加权平均", "金额", "8.50"):
        assert word not in page.split("<main")[1]


def test_a_supplier_page_says_what_is_owed_and_opens_it(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    dairy = chain.__dict__["dairy"].pk
    page = text_of(client, f"/m/parties.party/{dairy}/")

    # 60 came and 2 went back at 9.60 with 13 % in it; 40 of them were billed, 100 were paid, and 5
    # of what was billed went back and was credited.
    assert "236.00" in page  # 384.00 billed less 100.00 and 48.00
    assert "152.92" in page  # 18 not billed yet, without tax
    assert "388.92" in page
    assert "FP-W01-26-00001" in page.split('id="open-items"')[-1]

    statement = text_of(client, f"/money/statement/?party={dairy}&role=payable")
    assert "236.00" in statement
    assert "FP-W01-26-00001" in statement


def test_a_supplier_page_leads_to_a_payment_of_what_is_owed(chain: Chain, browse: Browse) -> None:
    client, dairy = browse("zhou", "hq"), chain.__dict__["dairy"]
    page = text_of(client, f"/m/parties.party/{dairy.pk}/")
    start = page.index("/d/finance.supplier_payment/new?")

    form = text_of(client, page[start : page.index('"', start)].replace("&amp;", "&"))

    assert "付款 ¥236.00" in page
    assert f'value="{dairy.pk}"' in form
    assert f'value="{chain.__dict__["bank"].pk}"' in form  # from where they were paid last time
    assert re.search(r'name="lines\.0\.amount"[^>]*value="236"', form)


def test_a_bill_leads_to_what_settled_it(chain: Chain, browse: Browse) -> None:
    client, bill = browse("zhou", "hq"), Document.unscoped.get(type="purchasing.bill")

    page = text_of(client, f"/d/purchasing.bill/{bill.pk}/")

    assert "部分付款" in page
    assert "¥236.00" in page
    for number in ("FK-HQ-26-00001", "HZ-W01-26-00001", "CT-W01-26-00002"):
        assert number in page


def test_home_leads_whoever_pays_to_the_bills(chain: Chain, browse: Browse) -> None:
    bill = Document.unscoped.get(type="purchasing.bill")

    page = text_of(browse("zhou", "hq"), "/")

    assert "待付账单" in page
    assert "¥236.00" in page
    assert f"/d/purchasing.bill/{bill.pk}/" in page
    assert "待付账单" not in text_of(browse("zhao", "south"), "/")


def test_a_money_account_says_what_it_holds(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    bank = chain.__dict__["bank"].pk
    assert "−</span>100.00" in text_of(client, f"/m/finance.money_place/{bank}/")
    assert "FK-HQ-26-00001" in text_of(client, f"/money/statement/?place={bank}")


def test_a_stranger_to_money_is_not_there(chain: Chain, browse: Browse) -> None:
    client = browse("zhao", "south")
    dairy = chain.__dict__["dairy"].pk

    assert client.get(f"/money/statement/?party={dairy}").status_code == 404
    assert client.get("/integrity/").status_code == 404


def test_the_books_are_checked_in_words(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/integrity/")

    assert "全部成立" in page
    assert "分毫不差" in page
    assert "每个余额等于它的分录之和" in page
    with system(reason="look"):
        found = last_check()
        assert found is not None
        assert is_sound(found.findings)
        checked = BooksCheck.objects.count()
        check()
        assert BooksCheck.objects.count() == checked + 1


def test_what_does_not_hold_is_said(chain: Chain, browse: Browse) -> None:
    with system(reason="a bad day"):
        found = last_check()
        assert found is not None
        findings = found.findings
        findings["invariants"][0] |= {"violations": 1, "examples": ["stock 10001: 3"]}
        BooksCheck.objects.create(at=env.now(), findings=findings)
    page = text_of(browse("zhou", "hq"), "/integrity/")

    assert "有规则不成立" in page
    assert "stock 10001: 3" in page


def test_who_reads_a_restored_copy_is_told_of_its_letter(chain: Chain, browse: Browse) -> None:
    assert "单号中的字母" not in text_of(browse("zhou", "hq"), "/integrity/")
    with connection.cursor() as cursor:
        cursor.execute("select numbering_incarnation(1000000)")

    page = text_of(browse("zhou", "hq"), "/integrity/")

    assert re.search(r"单号中的字母.{0,200}\bB\b.{0,200}数据恢复于", page, re.DOTALL)


# -- what people are told ----------------------------------------------------------------------


def _happened(chain: Chain, name: str, subject: UUID, actor: str, **payload: object) -> Happened:
    person = chain.people[actor]
    return Happened(
        1, env.new_id(), env.now().date(), name, subject, chain.units["north"].pk, person.pk, None,
        env.now(), payload,
    )  # fmt: skip


def _told(name: str, chain: Chain) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(person=chain.people[name]).order_by("at")
    return [(row.kind, row.text) for row in rows]


def test_who_may_post_is_told_once_of_what_was_submitted(chain: Chain) -> None:
    with system(reason="tell"):
        waiting = Document.unscoped.get(type="stock.transfer", state="submitted")
        event = _happened(chain, "stock.transfer.submitted", waiting.pk, "zhao")
        notices.tell(event)
        notices.tell(event)

    assert _told("zhou", chain) == [("submitted", "")]
    assert _told("zhao", chain) == []  # it was their own
    assert _told("lin", chain) == []  # may not post there


def test_who_submitted_is_told_when_it_comes_back(chain: Chain) -> None:
    with system(reason="tell"):
        waiting = Document.unscoped.get(type="stock.transfer", state="submitted")
        notices.tell(_happened(chain, "stock.transfer.returned", waiting.pk, "zhou"))

    assert _told("zhao", chain) == [("returned", "")]


def test_a_notice_of_a_webhook_names_it_to_those_who_may_look_after_it(
    chain: Chain, browse: Browse
) -> None:
    told = [chain.people["zhou"].pk, chain.people["lin"].pk]
    notices.notify(told, "webhook_gone", str(env.new_id()), "财务软件")

    zhou, lin = browse("zhou", "hq"), browse("lin", "north")
    pages = [text_of(client, "/notices/") for client in (zhou, lin)]
    rows = {n.person.username: n.pk for n in Notice.objects.select_related("person")}

    assert ["财务软件" in page for page in pages] == [True, False]
    assert all("已暂停" in page for page in pages)
    assert zhou.get(f"/notices/{rows['zhou']}/").url.startswith("/settings/webhooks/")  # type: ignore[attr-defined]
    assert lin.get(f"/notices/{rows['lin']}/").status_code == 404


def test_the_maker_is_told_of_a_comment_and_sees_it(
    chain: Chain, browse: Browse, documents: dict[str, UUID]
) -> None:
    with chain.as_("wang", "warehouse"):
        said = run("stock.transfer.comment", documents["stock.transfer"], {"text": "已装车"})
    with system(reason="tell"):
        payload = {"comment": str(said.result.pk), "mentions": []}
        notices.tell(
            _happened(
                chain, "stock.transfer.commented", documents["stock.transfer"], "wang", **payload
            )
        )
    assert _told("zhou", chain) == [("comment", "已装车")]

    client = browse("zhou", "hq")
    page = text_of(client, "/notices/")
    assert "已装车" in page
    assert 'class="badge num"' in page
    row = Notice.objects.get(person=chain.people["zhou"])
    answer: Any = client.get(f"/notices/{row.pk}/")
    assert answer.url == f"/d/stock.transfer/{documents['stock.transfer']}/"
    assert 'class="badge num"' not in text_of(client, "/notices/")


def test_a_notice_is_its_persons_own(chain: Chain, browse: Browse) -> None:
    with system(reason="tell"):
        waiting = Document.unscoped.get(type="stock.transfer", state="submitted")
        notices.tell(_happened(chain, "stock.transfer.submitted", waiting.pk, "zhao"))
    row = Notice.objects.get(person=chain.people["zhou"])

    assert browse("zhao", "south").get(f"/notices/{row.pk}/").status_code == 404

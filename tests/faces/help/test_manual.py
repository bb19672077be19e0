"""The manual in the program: the same chapters as on disk, in both languages."""

import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from tests.chain import Chain, a_chain
from tests.faces.help import pictures
from tongpan.faces.help import chapters
from tongpan.faces.kit.menu import JOBS

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"


@pytest.fixture
def lin(company: str, settings) -> Client:
    settings.DEFAULT_COMPANY = company
    chain: Chain = a_chain()
    client = Client()
    client.force_login(chain.people["lin"])
    return client


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chapter_is_there_and_no_other(language: str) -> None:
    names = {file.stem for file in (GUIDE / language).glob("*.md")}

    assert names == set(chapters.CHAPTERS)


@pytest.mark.parametrize("page", sorted(GUIDE.rglob("*.md")), ids=lambda page: page.stem)
def test_a_chapter_links_only_to_chapters(page: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", page.read_text())

    assert [link for link in links if link.removesuffix(".md") not in chapters.CHAPTERS] == []


def test_a_chapter_is_read_in_the_readers_language(lin: Client) -> None:
    page = lin.get("/help/warehouse/").content.decode()

    assert "<h1>仓管</h1>" in page
    assert 'href="/help/buyer/"' in page


def test_the_contents_name_every_chapter(lin: Client) -> None:
    page = lin.get("/help/").content.decode()

    assert [name for name in chapters.CHAPTERS if f'href="/help/{name}/"' not in page] == []


def test_every_job_leads_to_a_chapter(lin: Client) -> None:
    found = [lin.get(f"/help/for/{job.code}/", follow=True).status_code for job in JOBS]

    assert found == [200] * len(JOBS)


@pytest.mark.parametrize("name", chapters.CHAPTERS)
def test_both_languages_have_the_same_parts_and_pictures(name: str) -> None:
    zh, en = (GUIDE / language / f"{name}.md" for language in ("zh", "en"))

    assert zh.read_text().count("\n## ") == en.read_text().count("\n## ")
    assert _screens(zh) == _screens(en)
    for language, page in (("zh", zh), ("en", en)):
        assert page.read_text().count("](../pictures/") == len(list(pictures.of_page(page)))
        assert all(words and one.language == language for words, one in pictures.of_page(page))


def _screens(page: Path) -> list[tuple[str, int]]:
    return [(one.screen, one.width) for _, one in pictures.of_page(page)]


def test_every_picture_is_there_small_enough_and_shown_by_a_chapter() -> None:
    there = {str(file.relative_to(chapters.PICTURES)) for file in chapters.PICTURES.rglob("*.*")}

    assert there == {one.path for one in pictures.shown()}
    for one in pictures.shown():
        file = chapters.PICTURES / one.path
        assert file.stat().st_size < 60_000, one
        with Image.open(file) as picture:
            assert picture.size == chapters.SIZES[one.width], one


def test_a_chapter_shows_its_pictures_with_words_for_who_cannot_see_them(lin: Client) -> None:
    page = lin.get("/help/cashier/").content.decode()

    found = re.findall(r'<img src="([^"]+)" loading="lazy" width="1120" [^>]*alt="[^"]+', page)
    assert len(found) == 3
    answer = lin.get(found[0])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert lin.get("/help/pictures/../en/cashier.md").status_code == 404
    assert lin.get("/help/pictures/zh/none.webp").status_code == 404


def test_what_is_searched_is_found_in_either_language_and_opens_at_its_part(lin: Client) -> None:
    page = lin.get("/help/?q=nobody else can sell").content.decode()
    none = lin.get("/help/?q=zzzz").content.decode()

    assert re.search(r'href="/help/seller/#part-2">接单：销售订单', page)
    assert 'id="part-2">接单：销售订单' in lin.get("/help/seller/").content.decode()
    assert "使用说明里没有提到" in none


def test_what_is_no_chapter_is_not_there(lin: Client) -> None:
    assert lin.get("/help/secrets/").status_code == 404


def test_a_stranger_reads_nothing(company: str, settings) -> None:
    settings.DEFAULT_COMPANY = company

    assert Client().get("/help/warehouse/").status_code == 302

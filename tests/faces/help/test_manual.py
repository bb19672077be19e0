"""The manual in the program: the same chapters as on disk, in both languages."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.chain import Chain, a_chain
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
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())

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


def test_what_is_no_chapter_is_not_there(lin: Client) -> None:
    assert lin.get("/help/secrets/").status_code == 404


def test_a_stranger_reads_nothing(company: str, settings) -> None:
    settings.DEFAULT_COMPANY = company

    assert Client().get("/help/warehouse/").status_code == 302

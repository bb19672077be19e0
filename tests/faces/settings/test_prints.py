"""Print templates by hand: written, looked at, refused, used, and left again."""

from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.chain import Chain, a_transfer, on_shelf
from tests.faces.settings.test_settings import sent, text_of
from tongpan.base.refusals import Forbidden
from tongpan.engines.prints.models import PrintTemplate
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

HEAD = "通盘便利 科技园店\n电话 0755-1234567 {{ document.number }}"


@pytest.fixture
def transfer(chain: Chain) -> UUID:
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    with chain.as_("wang", "warehouse"):
        made = a_transfer(chain, "warehouse", "north", {"milk": "40"})
        run("stock.transfer.post", made.subject)
    return made.subject


def _typed(chain: Chain, unit: str = "hq", **more: object) -> dict[str, object]:
    typed = {"kind": "stock.transfer", "unit": str(chain.units[unit].pk), "name": "公司格式",
             "paper": "a4", "spacing": "wide", "shows_words": "true", "title": "送货单",
             "head": HEAD, "foot": "谢谢惠顾 <b>", "signatures": "司机\n收货",
             "columns": ["quantity", "item"]}  # fmt: skip
    return typed | more


def test_a_template_is_written_seen_used_and_left_again(
    zhou: Client, chain: Chain, transfer: UUID
) -> None:
    asked = zhou.post("/settings/prints/new", {"kind": "stock.transfer"})
    form = text_of(zhou, asked.headers["Location"])
    assert "{{ document.number }}" in form
    seen = zhou.post("/settings/prints/preview", _typed(chain)).content.decode()
    assert "送货单" in seen
    assert "谢谢惠顾 &lt;b&gt;" in seen

    sent(zhou, asked.headers["Location"], **_typed(chain))
    one = PrintTemplate.objects.get()
    paper = text_of(zhou, f"/d/stock.transfer/{transfer}/print")
    number = paper.split('class="code">')[1].split("<")[0]

    assert f"电话 0755-1234567 {number}" in paper
    assert "谢谢惠顾 &lt;b&gt;" in paper
    heads = [part.split("</th>")[0].split(">")[-1] for part in paper.split('<th scope="col"')[1:]]
    assert heads == ["#", "Quantity", "Item"]
    assert "<dt>司机</dt>" in paper
    assert "is-wide" in paper
    assert "送货单" not in text_of(zhou, f"/d/stock.transfer/{transfer}/print?template=built-in")

    path = f"/settings/prints/{one.pk}/"
    sent(zhou, path, **_typed(chain, title="调拨送货单"))
    assert "送货单 → 调拨送货单" in text_of(zhou, path)  # versions are kept
    sent(zhou, f"{path}switch", is_active="")
    assert "Not used" in text_of(zhou, "/settings/prints/")
    assert "司机" not in text_of(zhou, f"/d/stock.transfer/{transfer}/print")


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_lost(
    zhou: Client, chain: Chain, transfer: UUID
) -> None:
    wrong = _typed(chain, foot="ok\n{{ settings }}", head="{% include 'x' %}", columns=["secret"])

    preview = zhou.post("/settings/prints/preview", wrong).content.decode()
    answer = sent(zhou, "/settings/prints/new?kind=stock.transfer", 422, **wrong).content.decode()

    for html in (preview, answer):
        assert "Line 2, position 4: settings cannot be written here." in html
        assert "Line 1, position 4: include cannot be written here." in html
    assert "No column is called secret there." in answer
    assert "ok\n{{ settings }}</textarea>" in answer
    assert "送货单" in preview  # what is right is shown
    assert not PrintTemplate.objects.exists()
    much = "{% for a in lines %}" * 9
    said = sent(zhou, "/settings/prints/new?kind=stock.transfer", 422, **_typed(chain, head=much))
    assert "this is more than a print template may do" in said.content.decode()


def test_the_nearest_template_holds_and_others_can_be_chosen(
    zhou: Client, chain: Chain, transfer: UUID
) -> None:
    url = "/settings/prints/new?kind=stock.transfer"
    sent(zhou, url, **_typed(chain, "hq", name="总部", title="总部格式"))
    sent(zhou, url, **_typed(chain, "warehouse", name="仓库", title="仓库格式", paper="needle"))
    sent(zhou, url, **_typed(chain, "north", name="北店", title="北店格式"))
    top = PrintTemplate.objects.get(name="总部")

    paper = text_of(zhou, f"/d/stock.transfer/{transfer}/print")
    other = text_of(zhou, f"/d/stock.transfer/{transfer}/print?template={top.pk}")
    on_a4 = text_of(zhou, f"/d/stock.transfer/{transfer}/print?paper=a4")

    assert "<h1>仓库格式</h1>" in paper
    assert 'class="paper needle' in paper
    assert f"template={top.pk}" in paper
    assert "<h1>总部格式</h1>" in other
    assert "<h1>总部格式</h1>" in on_a4
    assert "北店" not in paper


def test_who_looks_after_one_unit_writes_its_templates_only(
    zhou: Client, zhao: Client, chain: Chain
) -> None:
    url = "/settings/prints/new?kind=stock.transfer"
    assert zhao.get("/settings/prints/").status_code == 404
    with system(reason="a role is widened"):
        RoleAction.objects.create(role_id=chain_keeper(), code="prints.template.edit")
    sent(zhou, url, **_typed(chain, "hq"))
    sent(zhao, url, **_typed(chain, "south", name="南店"))
    top = PrintTemplate.objects.get(name="公司格式")

    assert "南店" in text_of(zhao, "/settings/prints/")
    assert "公司格式" not in text_of(zhao, "/settings/prints/")
    assert zhao.get(f"/settings/prints/{top.pk}/").status_code == 404
    with chain.as_("zhao", "south"), pytest.raises(Forbidden):
        run("prints.template.save", top.pk, _typed(chain, "south"))
    assert zhao.post(url, _typed(chain, "hq", name="x")).status_code != 302
    assert not PrintTemplate.objects.filter(name="x").exists()


def chain_keeper() -> UUID:
    return RoleAction.objects.filter(role__code="keeper").values_list("role_id", flat=True)[0]


def test_a_logo_stands_where_the_mark_stood(zhou: Client, chain: Chain, transfer: UUID) -> None:
    sent(zhou, "/settings/prints/new?kind=stock.transfer", **_typed(chain))
    path = f"/settings/prints/{PrintTemplate.objects.get().pk}/"
    drawn = BytesIO()
    Image.new("RGB", (1200, 600), "red").save(drawn, "PNG")

    no = sent(zhou, f"{path}set_logo", 422, file=SimpleUploadedFile("a.png", b"<svg/>"))
    sent(zhou, f"{path}set_logo", file=SimpleUploadedFile("a.png", drawn.getvalue()))
    paper = text_of(zhou, f"/d/stock.transfer/{transfer}/print")
    sent(zhou, f"{path}drop_logo")

    assert "is no picture that can be kept" in no.content.decode()
    assert '<img class="logo" src="data:image/png;base64,' in paper
    assert "data:image/png" not in text_of(zhou, f"/d/stock.transfer/{transfer}/print")


def test_a_template_shows_nobody_what_they_may_not_see(
    zhou: Client, browse: object, chain: Chain
) -> None:
    """Cost is named by the template; who may not see it gets the same paper without it."""
    opening = on_shelf(chain, "north", tea=("7", "3.21"))
    words = "{% for one in lines %}[{{ one.unit_cost }}]{% endfor %}{{ document.total }}|"
    columns = ["item", "unit_cost", "quantity"]
    typed = _typed(chain, kind="stock.opening", head=words, columns=columns)
    sent(zhou, "/settings/prints/new?kind=stock.opening", **typed)

    mine = text_of(zhou, f"/d/stock.opening/{opening}/print")
    theirs = text_of(browse("chen", "north"), f"/d/stock.opening/{opening}/print")  # type: ignore[operator]

    assert "[3.21]" in mine
    assert '<td class="num">3.21</td>' in mine
    assert "[]|" in theirs
    assert "3.21" not in theirs
    assert "22.47" not in theirs


def test_each_print_is_written_down_and_a_reprint_says_so(
    zhou: Client, chain: Chain, transfer: UUID
) -> None:
    url = f"/d/stock.transfer/{transfer}/print"

    looked = text_of(zhou, url)
    first = zhou.post(url).json()
    again = text_of(zhou, url)

    assert first == {"copy": 1}
    assert '<span class="copy-note"></span>' in looked
    assert '<span class="copy-note">Reprint 2</span>' in again
    assert history_of(transfer).filter(action="stock.transfer.print").count() == 1
    assert "printed" in text_of(zhou, f"/d/stock.transfer/{transfer}/")
    assert zhou.post(url).json() == {"copy": 2}

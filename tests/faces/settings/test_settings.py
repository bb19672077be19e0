"""The settings by hand: people, roles, units, legal entities, tokens, choices."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.chain import Chain
from tongpan.business.starter.roles import lacking
from tongpan.kernel.documents import numbering
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    LegalEntity,
    OrgUnit,
    Person,
    PersonContact,
    Role,
    RoleAction,
    SettingValue,
    TaxpayerKind,
)
from tongpan.kernel.org.scope import permissions, system
from tongpan.kernel.org.tokens import token_person

PAGES = ("people", "roles", "units", "entities", "tokens", "choices", "numbers")


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def sent(client: Client, url: str, status: int = 302, /, **typed: Any) -> Any:
    answer = client.post(url, typed)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def wrong(answer: Any) -> list[str]:
    """The names of the fields that something is said beside."""
    return re.findall(r'<div class="wrong" id="([\w.]+)-wrong">', answer.content.decode())


# -- who comes in -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_the_owner_sees_every_page_and_its_form(zhou: Client, page: str) -> None:
    text = text_of(zhou, f"/settings/{page}/")

    assert f'href="/settings/{page}/"' in text  # its tab
    if page not in ("choices", "numbers"):
        text_of(zhou, f"/settings/{page}/new")


@pytest.mark.parametrize("page", PAGES)
def test_a_cashier_finds_no_settings(browse: Any, page: str) -> None:
    lin = browse("lin", "north")

    assert lin.get(f"/settings/{page}/").status_code == 404
    assert "/settings/" not in text_of(lin, "/")


def test_a_stranger_is_sent_to_the_door(company: str, settings: Any) -> None:
    settings.DEFAULT_COMPANY = company
    answer = Client().get("/settings/people/")

    assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/sign-in/")


# -- people -------------------------------------------------------------------------------------


def a_person(zhou: Client, **typed: str) -> Person:
    given = {"username": "Sun.Li", "name": "孙丽", "language": "zh-hans", **typed}
    sent(zhou, "/settings/people/new?id=01980000-0000-7000-8000-000000000001", **given)
    return Person.objects.get(username="sun.li")


def test_a_person_is_made_once_with_how_to_reach_them(zhou: Client) -> None:
    one = a_person(zhou, phone="13812345678")

    page = text_of(zhou, f"/settings/people/{one.pk}/")
    shown = sent(zhou, f"/settings/people/{one.pk}/reveal", 200)
    assert one.pk.hex.startswith("01980000")
    assert "13812345678" not in page
    assert "138****5678" in page
    assert "13812345678" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "Look at personal data" in text_of(zhou, f"/settings/people/{one.pk}/")  # its history
    assert "13812345678" in text_of(zhou, f"/settings/people/{one.pk}/edit")
    assert history_of(one.pk).filter(action="org.person.reveal").count() == 2
    assert "13812345678" not in str(list(history_of(one.pk).values_list("changes", flat=True)))
    assert "孙丽" in text_of(zhou, "/settings/people/?q=sun")
    assert "孙丽" not in text_of(zhou, "/settings/people/?q=nobody")


def test_somebody_without_a_password_is_not_said_to_be_let_in(zhou: Client) -> None:
    page = text_of(zhou, f"/settings/people/{a_person(zhou).pk}/")

    assert "No password yet" in page
    assert "may sign in" not in page


def test_a_new_colleague_is_offered_the_language_of_who_takes_them_on(
    zhou: Client, chain: Chain
) -> None:
    Person.objects.filter(username="zhou").update(language="en")

    page = zhou.get("/settings/people/new").content.decode()

    assert re.search(r'value="en"\s+selected', page)


def test_what_is_wrong_with_a_person_is_said_beside_the_field(zhou: Client) -> None:
    no_name = sent(zhou, "/settings/people/new", 422, username="x y", name="")
    taken = sent(zhou, "/settings/people/new", 422, username="lin", name="Lin")

    assert wrong(no_name) == ["name"]
    assert wrong(taken) == ["username"]
    assert 'value="x y"' in no_name.content.decode()  # what was typed stands there again


def test_a_person_is_changed_and_the_change_is_in_their_history(zhou: Client, chain: Chain) -> None:
    lin = chain.people["lin"]
    text_of(zhou, f"/settings/people/{lin.pk}/edit")
    sent(zhou, f"/settings/people/{lin.pk}/edit", name="林雨", language="en", email="l@x.cn")

    lin.refresh_from_db()
    assert (lin.name, lin.language) == ("林雨", "en")
    assert PersonContact.objects.get(person=lin).email == "l@x.cn"
    assert "林小雨 → 林雨" in text_of(zhou, f"/settings/people/{lin.pk}/")


def test_a_person_is_switched_off_and_let_in_again(zhou: Client, chain: Chain) -> None:
    lin = chain.people["lin"]

    sent(zhou, f"/settings/people/{lin.pk}/switch_off")
    off = text_of(zhou, "/settings/people/?view=off")
    sent(zhou, f"/settings/people/{lin.pk}/end_sessions")
    sent(zhou, f"/settings/people/{lin.pk}/switch_on")

    lin.refresh_from_db()
    assert "林小雨" in off
    assert (lin.is_active, lin.session_round) == (True, 2)
    assert zhou.post(f"/settings/people/{lin.pk}/delete").status_code == 404
    assert zhou.get(f"/settings/people/{lin.pk}/switch_off").status_code == 405


def test_a_password_and_a_pin_are_set_and_a_poor_one_is_refused(zhou: Client, chain: Chain) -> None:
    lin = chain.people["lin"]
    poor = sent(zhou, f"/settings/people/{lin.pk}/set_password", 422, password="12345678")
    sent(zhou, f"/settings/people/{lin.pk}/set_password", password="purple-Violin-9")
    sent(zhou, f"/settings/people/{lin.pk}/set_pin", 422, pin="1111")
    sent(zhou, f"/settings/people/{lin.pk}/set_pin", pin="2580")

    lin.refresh_from_db()
    assert "too easy to guess" in poor.content.decode()
    assert lin.check_password("purple-Violin-9")
    assert lin.pin
    kept = str(list(history_of(lin.pk).values_list("changes", flat=True)))
    assert "Violin" not in kept
    assert "2580" not in kept


def test_a_role_is_given_and_ended(zhou: Client, chain: Chain) -> None:
    lin, south = chain.people["lin"], chain.units["south"]
    role = Role.objects.get(code="keeper")
    text_of(zhou, f"/settings/people/{lin.pk}/give")
    sent(
        zhou, f"/settings/people/{lin.pk}/give", role=str(role.pk), unit=str(south.pk),
        valid_from="2026-01-01", valid_until="",
    )  # fmt: skip
    grant = Grant.objects.get(person=lin, role=role)
    assert "店务" in text_of(zhou, f"/settings/people/{lin.pk}/")

    text_of(zhou, f"/settings/grants/{grant.pk}/")
    bad = sent(zhou, f"/settings/grants/{grant.pk}/", 422, last_day="soon")
    sent(zhou, f"/settings/grants/{grant.pk}/", last_day="2026-12-31")

    grant.refresh_from_db()
    assert wrong(bad) == ["last_day"]
    assert (grant.unit, grant.valid_until) == (south, date(2026, 12, 31))


def test_nobody_gives_more_than_they_hold(zhao: Client, chain: Chain) -> None:
    owner, lin = Role.objects.get(code="owner"), chain.people["lin"]
    south, north = chain.units["south"], chain.units["north"]

    more = sent(
        zhao, f"/settings/people/{lin.pk}/give", 422, role=str(owner.pk), unit=str(south.pk)
    )
    keeper = Role.objects.get(code="keeper")
    elsewhere = zhao.post(
        f"/settings/people/{lin.pk}/give", {"role": str(keeper.pk), "unit": str(north.pk)}
    )
    theirs = Grant.objects.filter(unit=north).first()
    assert theirs is not None

    assert "only give what you hold yourself" in more.content.decode()
    assert elsewhere.status_code == 404
    assert zhao.get(f"/settings/grants/{theirs.pk}/").status_code == 404
    assert Grant.objects.filter(person=lin).count() == 1


def test_who_may_not_change_somebody_is_offered_no_button_for_it(browse: Any, chain: Chain) -> None:
    with system(reason="test"):
        role = Role.objects.create(code="people", name="人事")
        RoleAction.objects.create(role=role, code="org.*")
        Grant.objects.create(person=chain.people["wang"], role=role, unit=chain.units["hq"])
    wang = browse("wang")
    zhou = chain.people["zhou"]

    page = text_of(wang, f"/settings/people/{zhou.pk}/")
    form = text_of(wang, f"/settings/people/{chain.people['lin'].pk}/give")
    owner = str(Role.objects.get(code="owner").pk)
    refused = sent(
        wang, f"/settings/people/{chain.people['lin'].pk}/give", 422,
        role=owner, unit=str(chain.units["hq"].pk),
    ).content.decode()  # fmt: skip

    assert "set_password" not in page
    assert "switch_off" not in page
    assert "/edit" not in page
    assert "only who holds it too can change this" in page
    assert owner not in form
    assert "Not offered, for they hold more than you" in form
    assert "人事</option>" in form
    assert "hold yourself: everything." in refused


def test_somebody_new_is_given_a_role_first_and_then_a_password(zhou: Client) -> None:
    nobody = Person.objects.create(username="mei", name="梅朵")

    first = text_of(zhou, f"/settings/people/{nobody.pk}/")
    give = text_of(zhou, f"/settings/people/{nobody.pk}/give")
    with system(reason="test"):
        role, unit = Role.objects.get(code="keeper"), OrgUnit.objects.get(code="HQ")
        Grant.objects.create(person=nobody, role=role, unit=unit)
    then = text_of(zhou, f"/settings/people/{nobody.pk}/")

    assert re.search(r'class="button primary"[^>]*href="[^"]*/give"', first)
    assert not re.search(r'class="button primary"[^>]*href="[^"]*/give"', then)
    assert give.count('<option value="" selected>') == 2  # neither role nor unit is chosen yet


# -- modules ------------------------------------------------------------------------------------


def test_a_module_is_switched_off_for_a_store_and_its_pages_are_gone(
    zhou: Client, browse: Any, chain: Chain
) -> None:
    store = chain.units["south"]
    url = f"/settings/units/{store.pk}/modules"
    zhao = browse("zhao", "south")
    before = zhao.get("/d/stock.transfer/").status_code
    sent(zhou, url, stock="false", till="true")
    page = text_of(zhou, f"/settings/units/{store.pk}/")

    assert 'value="false" selected' in text_of(zhou, url)
    assert "Stock: switched off" in page  # its history
    assert (before, zhao.get("/d/stock.transfer/").status_code) == (200, 404)
    assert "/stock/" not in text_of(zhao, "/")
    assert zhao.get(url).status_code == 404  # not for oneself
    sent(zhou, f"/settings/units/{chain.units['hq'].pk}/modules", till="false")
    assert "switched off at 总部" in text_of(zhou, url)


# -- roles --------------------------------------------------------------------------------------


def test_a_role_is_made_and_its_permissions_changed_after_a_look_at_what_changes(
    zhou: Client, chain: Chain
) -> None:
    ticked = {
        "holds.stock.loss.post": "on", "limit.stock.loss.post": "5000",
        "holds.stock.transfer.view": "on", "limit.stock.count.post": "77",
    }  # fmt: skip
    sent(zhou, "/settings/roles/new", code="sender", name="发货员", **ticked)
    role = Role.objects.get(code="sender")
    first = {a.code: a.amount_max for a in role.actions.all()}
    page = text_of(zhou, f"/settings/roles/{role.pk}/")
    changed = {"code": "sender", "name": "发货", "holds.stock.loss.post": "on",
               "limit.stock.loss.post": "800", "holds.stock.count.view": "on"}  # fmt: skip
    review = sent(zhou, f"/settings/roles/{role.pk}/", 200, **changed).content.decode()
    unsaved = set(role.actions.values_list("code", flat=True))
    again = sent(zhou, f"/settings/roles/{role.pk}/", 200, **changed, again="1").content.decode()
    sent(zhou, f"/settings/roles/{role.pk}/", **changed, confirmed="1")

    role.refresh_from_db()
    assert first == {"stock.loss.post": 5000, "stock.transfer.view": None}
    assert 'name="holds.stock.loss.post" data-code="stock.loss.post" checked' in page
    assert 'name="limit.stock.loss.post" value="5000"' in page
    gained, lost = review.index("May do from now on"), review.index("May do no longer")
    assert gained < review.index("Stock count: View") < lost < review.index("Transfer: View")
    assert "Loss or other out: Post: 5000 → 800" in review
    assert "0 people have this role" in review
    assert unsaved == set(first)
    assert 'name="limit.stock.loss.post" value="800"' in again
    assert role.name == "发货"
    assert {a.code: a.amount_max for a in role.actions.all()} == {
        "stock.loss.post": 800, "stock.count.view": None,
    }  # fmt: skip


def test_all_of_something_covers_its_boxes(zhou: Client) -> None:
    role = Role.objects.create(code="keeps", name="仓务")
    RoleAction.objects.create(role=role, code="stock.*")
    page = text_of(zhou, f"/settings/roles/{role.pk}/")

    assert 'data-code="stock.*" checked>' in page
    assert 'data-code="stock.transfer.post" checked disabled>' in page
    assert 'data-code="purchasing.order.post">' in page


def test_a_role_begins_as_a_copy_and_tells_who_has_it(zhou: Client, chain: Chain) -> None:
    keeper = Role.objects.get(code="keeper")
    copy = text_of(zhou, f"/settings/roles/new?from={keeper.pk}")
    page = text_of(zhou, f"/settings/roles/{keeper.pk}/")

    assert 'value="Copy of 店务"' in copy
    assert 'data-code="org.grant.edit" checked' in copy
    assert f'data-url="/settings/people/{chain.people["zhao"].pk}/"' in page
    assert "S02 南站店" in page


def test_a_role_of_an_earlier_program_catches_up_with_new_companies(zhou: Client) -> None:
    role = Role.objects.create(code="auditor", name="审计")
    RoleAction.objects.create(role=role, code="stock.*")
    given = lacking("auditor", ["stock.*"])
    url = f"/settings/roles/{role.pk}/"
    before = text_of(zhou, url)
    page = text_of(zhou, f"{url}?caught_up=1")
    told = dict.fromkeys((f"holds.{code}" for code in [*given, "stock.*"]), "on")
    sent(zhou, url, code="auditor", name="审计", **told, confirmed="1")
    after = text_of(zhou, url)

    assert given
    assert not any(code.startswith("stock.") for code in given)
    assert f"Tick what has come since ({len(given)})" in before
    assert f"{len(given)} permissions more are ticked" in page
    assert all(f'data-code="{code}" checked' in page for code in given)
    assert "Tick what has come since" not in after


def test_a_role_of_ones_own_has_nothing_to_catch_up_with() -> None:
    assert lacking("sender", []) == {}
    assert lacking("owner", ["*"]) == {}


def test_boxes_say_in_words_what_they_let_one_do(zhou: Client) -> None:
    page = text_of(zhou, "/settings/roles/new")

    assert "Take a fact back by its opposite." in page
    assert "those whose rights one holds, and entrusted ones." in page
    assert "Purchase orders (price" in page  # the fields that a class of fields is made of
    assert page.count('data-code="') == page.count('name="holds.')
    assert set(re.findall(r'data-code="([^"]*[^*])"', page)) == {p.code for p in permissions()}


def test_the_last_administrator_is_not_locked_out(zhou: Client, chain: Chain) -> None:
    owner = Role.objects.get(code="owner")
    grant = Grant.objects.get(role=owner)
    off = sent(zhou, f"/settings/people/{grant.person_id}/switch_off", 422).content.decode()
    ended = sent(zhou, f"/settings/grants/{grant.pk}/", 422, last_day="2030-01-01")
    ticked = {"code": "owner", "name": "老板", "holds.stock.*": "on", "confirmed": "1"}
    emptied = sent(zhou, f"/settings/roles/{owner.pk}/", 422, **ticked).content.decode()

    grant.refresh_from_db()
    assert "Nobody would be left who may look after people" in off
    assert "Nobody would be left" in ended.content.decode()
    assert "Nobody would be left" in emptied
    assert grant.person.is_active
    assert grant.valid_until is None
    assert [a.code for a in owner.actions.all()] == ["*"]


def test_a_permission_that_nobody_knows_is_refused(zhou: Client) -> None:
    answer = sent(zhou, "/settings/roles/new", 422, code="x", name="X", **{"holds.fly.away": "on"})

    assert "fly.away" in answer.content.decode()
    assert not Role.objects.filter(code="x").exists()


def test_a_limit_that_is_no_number_is_refused_and_stays_as_typed(zhou: Client) -> None:
    keeper = Role.objects.get(code="keeper")
    ticked = {"code": "keeper", "name": "店务", "holds.stock.count.post": "on",
              "limit.stock.count.post": "many"}  # fmt: skip
    review = sent(zhou, f"/settings/roles/{keeper.pk}/", 200, **ticked).content.decode()
    answer = sent(zhou, f"/settings/roles/{keeper.pk}/", 422, **ticked, confirmed="1")

    assert "Stock count: Post (up to many)" in review
    assert "many is not a number" in answer.content.decode()
    assert 'value="many"' in answer.content.decode()


def test_permissions_are_found_by_word_and_code(zhou: Client, browse: Any) -> None:
    found = zhou.get("/settings/permissions?q=stock.transfer.po").json()["results"]

    assert [one["id"] for one in found] == ["stock.transfer.post"]
    assert browse("lin", "north").get("/settings/permissions").status_code == 404


# -- units --------------------------------------------------------------------------------------


def test_a_store_and_its_till_are_made(zhou: Client, chain: Chain) -> None:
    hq = chain.units["hq"]
    sent(zhou, "/settings/units/new", kind="store", parent=str(hq.pk), code="S09", name="湖滨店",
         mode="", time_zone="", day_cut="04:00", entity="")  # fmt: skip
    store = OrgUnit.objects.get(code="S09")
    form = text_of(zhou, f"/settings/units/new?parent={store.pk}")
    sent(zhou, "/settings/units/new", kind="till", parent=str(store.pk), code="S09-1", name="1 号")

    assert (store.path, store.entity, f"{store.day_cut:%H:%M}") == ("/HQ/S09/", hq.entity, "04:00")
    assert '<option value="till" selected>' in form
    assert OrgUnit.objects.get(code="S09-1").path == "/HQ/S09/S09-1/"
    assert "湖滨店" in text_of(zhou, "/settings/units/")
    assert "1 号" in text_of(zhou, f"/settings/units/{store.pk}/")


def test_a_unit_is_renamed_closed_and_moved(zhou: Client, chain: Chain) -> None:
    north, hq = chain.units["north"], chain.units["hq"]
    sent(zhou, "/settings/units/new", kind="region", parent=str(hq.pk), code="E", name="东区")
    east = OrgUnit.objects.get(code="E")
    text_of(zhou, f"/settings/units/{north.pk}/edit")
    sent(zhou, f"/settings/units/{north.pk}/edit", code="S10", name="北门新店", is_active="false")
    text_of(zhou, f"/settings/units/{north.pk}/move")
    sent(zhou, f"/settings/units/{north.pk}/move", parent=str(east.pk))

    north.refresh_from_db()
    assert (north.path, north.name, north.is_active) == ("/HQ/E/S10/", "北门新店", False)
    page = text_of(zhou, f"/settings/units/{north.pk}/")
    assert "S01 → S10" in page
    assert "Active yes → no" in page
    assert "HQ → HQ / E" in page


def test_what_is_wrong_with_a_unit_is_said(zhou: Client, chain: Chain) -> None:
    hq = str(chain.units["hq"].pk)
    empty = sent(zhou, "/settings/units/new", 422, kind="store", parent=hq, code="", name="")
    spaces = sent(zhou, "/settings/units/new", 422, kind="store", parent=hq, code="a b", name="A")

    assert wrong(empty) == ["code", "name"]
    assert wrong(spaces) == ["code"]


def test_a_store_s_keeper_changes_that_store_alone(zhao: Client, chain: Chain) -> None:
    south, north = chain.units["south"], chain.units["north"]
    listed = text_of(zhao, "/settings/units/")
    sent(zhao, f"/settings/units/{south.pk}/edit", code="S02", name="南站新店")

    assert ("南站店" in listed, "北门店" in listed.split("<table")[1]) == (True, False)
    assert zhao.get(f"/settings/units/{north.pk}/").status_code == 404
    assert zhao.post(f"/settings/units/{north.pk}/edit", {"name": "x"}).status_code == 404
    assert zhao.get("/settings/people/").status_code == 404
    assert OrgUnit.objects.get(pk=south.pk).name == "南站新店"


# -- legal entities -----------------------------------------------------------------------------


def test_a_legal_entity_is_made_with_its_kind_of_taxpayer(zhou: Client) -> None:
    bad = sent(zhou, "/settings/entities/new", 422, name="东方公司", credit_code="123")
    sent(zhou, "/settings/entities/new", name="东方公司", credit_code="91350100M000100Y43",
         currency="CNY")  # fmt: skip
    entity = LegalEntity.objects.get(name="东方公司")
    text_of(zhou, f"/settings/entities/{entity.pk}/kind")
    sent(zhou, f"/settings/entities/{entity.pk}/kind", kind="small_scale", valid_from="2026-01-01")
    sent(zhou, f"/settings/entities/{entity.pk}/edit", name="东方有限公司", currency="CNY")

    assert wrong(bad) == ["credit_code"]
    kind = TaxpayerKind.objects.get(entity=entity)
    assert (kind.kind, kind.valid_from) == ("small_scale", date(2026, 1, 1))
    page = text_of(zhou, f"/settings/entities/{entity.pk}/")
    assert "Small-scale taxpayer" in page or "小规模" in page
    assert "东方有限公司" in text_of(zhou, "/settings/entities/")


def test_no_role_is_given_before_one_was_chosen(zhou: Client, chain: Chain) -> None:
    lin = chain.people["lin"]
    before = lin.grants.count()

    form = text_of(zhou, f"/settings/people/{lin.pk}/give")
    answer = sent(
        zhou, f"/settings/people/{lin.pk}/give", 422, role="", unit=str(chain.units["hq"].pk)
    )

    assert '<option value="" selected>' in form
    assert wrong(answer) == ["role"]
    assert lin.grants.count() == before


# -- tokens -------------------------------------------------------------------------------------


def scopes(*codes: str) -> dict[str, str]:
    """These boxes, ticked."""
    return {f"holds.{code}": "on" for code in codes}


def test_a_token_is_offered_what_its_maker_holds_by_name(
    zhou: Client, browse: Any, chain: Chain
) -> None:
    whole = text_of(zhou, "/settings/tokens/new")
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="MAKER", name="令牌管理")
        for code in ("org.token.edit", "stock.transfer.*"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.filter(person=chain.people["lin"]).delete()
        Grant.objects.create(person=chain.people["lin"], role=role, unit=chain.units["hq"])
    part = text_of(browse("lin", "hq"), "/settings/tokens/new")

    assert 'name="holds.stock.count.post"' in whole
    assert 'name="holds.stock.*"' in whole
    assert "limit." not in whole
    offered = set(re.findall(r'name="holds\.([^"]+)"', part))
    assert offered >= {"org.token.edit", "stock.transfer.*", "stock.transfer.post", "*"}
    assert [code for code in offered if not code.startswith(("org.token", "stock.transfer"))] == [
        "*"
    ]


def test_a_key_is_shown_once_and_works_until_it_is_revoked(zhou: Client) -> None:
    answer = sent(
        zhou, "/settings/tokens/new", 200, name="till sync", days="30",
        **scopes("stock.transfer.view", "items.item.view"),
    )  # fmt: skip
    key = re.search(r"tp_[\w-]+", answer.content.decode())
    assert key is not None
    token = ApiToken.objects.get(name="till sync")

    assert answer.headers["Cache-Control"] == "no-store"
    with system(reason="test"):
        assert token_person(key[0]) == token
    assert token.scopes == ["items.item.view", "stock.transfer.view"]
    assert key[0] not in text_of(zhou, f"/settings/tokens/{token.pk}/")
    assert "till sync" in text_of(zhou, "/settings/tokens/")

    sent(zhou, f"/settings/tokens/{token.pk}/revoke")

    with system(reason="test"):
        assert token_person(key[0]) is None
    assert "till sync" not in text_of(zhou, "/settings/tokens/")
    assert f"{token.pk}/revoke" not in text_of(zhou, f"/settings/tokens/{token.pk}/")


def test_a_token_reaches_no_further_than_its_person(zhou: Client, chain: Chain) -> None:
    answer = sent(
        zhou, "/settings/tokens/new", 422, name="x", days="30", **scopes("org.role.edit"),
        person=str(chain.people["lin"].pk),
    )  # fmt: skip
    long = sent(zhou, "/settings/tokens/new", 422, name="x", days="9999", **scopes("*"))

    assert wrong(answer) == ["scopes"]
    assert wrong(long) == ["days"]
    assert not ApiToken.objects.exists()


def test_a_token_without_a_name_or_without_scopes_is_refused_beside_its_fields(
    zhou: Client, chain: Chain
) -> None:
    empty = sent(zhou, "/settings/tokens/new", 422, name=" ", days="30")
    nameless = sent(zhou, "/settings/tokens/new", 422, name="", days="30", **scopes("*"))

    assert wrong(empty) == ["name", "scopes"]
    assert wrong(nameless) == ["name"]
    assert not ApiToken.objects.exists()


# -- choices ------------------------------------------------------------------------------------


def test_a_choice_is_made_for_the_company_and_for_a_store(zhou: Client, chain: Chain) -> None:
    south = chain.units["south"]
    text_of(zhou, "/settings/choices/org.session_days/")
    sent(zhou, "/settings/choices/org.session_days/", value="30")
    text_of(zhou, f"/settings/choices/prints.paper/?unit={south.pk}")
    sent(zhou, "/settings/choices/prints.paper/", value="80", unit=str(south.pk))

    listed = text_of(zhou, "/settings/choices/")
    assert set(SettingValue.objects.values_list("code", "unit__code", "value")) == {
        ("org.session_days", "HQ", 30), ("prints.paper", "S02", "80"),
    }  # fmt: skip
    assert "南站店" in listed.split("<table")[1]
    assert "30" in listed


def test_what_cannot_be_chosen_is_said_beside_the_field(zhou: Client) -> None:
    answer = sent(zhou, "/settings/choices/org.session_days/", 422, value="1000")

    assert wrong(answer) == ["value"]
    assert zhou.get("/settings/choices/no.such/").status_code == 404


def test_a_store_s_keeper_chooses_for_the_store_alone(zhao: Client, chain: Chain) -> None:
    own, other = chain.units["south"], chain.units["north"]
    sent(zhao, "/settings/choices/prints.paper/", value="58", unit=str(own.pk))

    for data in ({"value": "58", "unit": str(other.pk)}, {"value": "58"}):
        assert zhao.post("/settings/choices/prints.paper/", data).status_code == 404
    assert SettingValue.objects.get().unit == own


def test_a_sign_in_is_kept_for_as_long_as_was_chosen(zhou: Client, chain: Chain) -> None:
    sent(zhou, "/settings/choices/org.session_days/", value="30")

    assert (
        "for 30 days" in Client(headers={"accept-language": "en"}).get("/sign-in/").content.decode()
    )


# -- document numbers ---------------------------------------------------------------------------


def test_numbers_are_written_as_the_company_chooses(zhou: Client) -> None:
    form = "/settings/numbers/stock.transfer/"
    assert "DB-HQ-26-00001" in text_of(zhou, form)

    refused = sent(zhou, form, 422, letters="qc", begins="month", digits="9")
    assert wrong(refused) == ["digits"]
    assert 'value="qc"' in refused.content.decode()
    assert wrong(sent(zhou, form, 422, letters="qc", begins="month", digits="4")) == ["letters"]
    sent(zhou, form, letters="dbo", begins="month", digits="4")

    listed = text_of(zhou, "/settings/numbers/")
    assert "DBO-HQ-2611-0001" in listed
    assert "each month" in listed
    assert "Letters of the number DB → DBO" in text_of(zhou, form)
    assert zhou.get("/settings/numbers/stock.nothing/").status_code == 404
    assert "Document numbers" in text_of(zhou, "/settings/audit/").split("<tbody")[1]
    numbering.forget()

"""Units, people, roles, grants and tokens are changed through the gate, and it is written down."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.chain import Chain
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.org_actions import ACTIONS
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    LegalEntity,
    OrgUnit,
    Person,
    PersonContact,
    Role,
)
from tongpan.kernel.org.scope import acting, may
from tongpan.kernel.org.sign_in import check_pin, check_sign_in
from tongpan.kernel.org.tokens import token_person

SECRET, PIN = "correct horse battery", "295173"


def do(chain: Chain, action: str, subject: UUID | None = None, /, **payload: Any) -> Any:
    """What the owner does at headquarters."""
    with chain.as_("zhou", "hq"):
        return run(action, subject, payload)


def problems(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        act()
    return [(p["path"], p["code"]) for p in no.value.problems] or [("", no.value.code)]


def changes(subject: UUID, action: str) -> dict[str, Any]:
    found: dict[str, Any] = history_of(subject).get(action=action).changes
    return found


def everything_written() -> str:
    """All text of history, events and requests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select string_agg(h::text, '') from history h)"
            " || (select string_agg(e::text, '') from event e)"
            " || coalesce((select string_agg(r::text, '') from request r), '')"
        )
        return str(cursor.fetchone()[0])


# -- entities and units --------------------------------------------------------------------------


def test_a_legal_entity_is_made_and_changed(chain: Chain) -> None:
    entity = do(chain, "org.entity.save", name="南方公司", credit_code="91350100m000100y43").subject
    do(chain, "org.entity.save", entity, name="南方有限公司", is_active="")
    do(chain, "org.entity.set_taxpayer_kind", entity, kind="general", valid_from="2026-01-01")
    do(chain, "org.entity.set_taxpayer_kind", entity, kind="small_scale", valid_from="2026-01-01")

    row = LegalEntity.objects.get(pk=entity)
    assert (row.name, row.credit_code) == ("南方有限公司", "91350100M000100Y43")
    assert row.taxpayer_kind(date(2026, 6, 1)) == "small_scale"
    assert history_of(entity).filter(changes={"name": ["南方公司", "南方有限公司"]}).count() == 1
    assert (
        history_of(entity)
        .filter(changes={"taxpayer_kind.2026-01-01": ["general", "small_scale"]})
        .exists()
    )
    assert {row.kind for row in history_of(entity)} == {"org.entity"}


def test_a_legal_entity_that_cannot_be_is_refused(chain: Chain) -> None:
    code = "91350100M000100Y43"
    do(chain, "org.entity.save", name="南方公司", credit_code=code)

    assert problems(lambda: do(chain, "org.entity.save", name="")) == [("name", "required")]
    assert problems(lambda: do(chain, "org.entity.save", name="a", currency="yuan")) == [
        ("currency", "too_long")
    ]
    assert problems(lambda: do(chain, "org.entity.save", name="a", currency="cny")) == [
        ("currency", "currency_not_valid")
    ]
    assert problems(lambda: do(chain, "org.entity.save", name="a", credit_code=code)) == [
        ("credit_code", "duplicate")
    ]
    assert problems(lambda: do(chain, "org.entity.save", name="a", credit_code="1")) == [
        ("", "credit_code_not_valid")
    ]
    assert problems(
        lambda: do(chain, "org.entity.set_taxpayer_kind", chain.units["hq"].entity_id)
    ) == [("kind", "required"), ("valid_from", "required")]


def test_a_store_is_opened_below_its_parent_and_inherits_from_it(chain: Chain) -> None:
    opened = do(
        chain, "org.unit.save", code="S09", name="东街店", kind="store", parent="HQ",
        day_cut="04:00",
    ).subject  # fmt: skip

    unit = OrgUnit.objects.get(pk=opened)
    assert (unit.path, unit.entity) == ("/HQ/S09/", chain.units["hq"].entity)
    assert unit.day_cut.hour == 4
    assert changes(opened, "org.unit.save")["day_cut"] == [None, "04:00:00"]
    assert [e[0] for e in events_of(opened)] == ["org.unit.saved"]
    assert history_of(opened).get().org_unit == opened


def test_a_unit_is_renamed_with_all_below_and_its_history_says_from_what(chain: Chain) -> None:
    hq, north = chain.units["hq"].pk, chain.units["north"].pk

    do(chain, "org.unit.save", hq, code="TOP", name="总公司")

    assert OrgUnit.objects.get(pk=north).path == "/TOP/S01/"
    assert changes(hq, "org.unit.save") == {"code": ["HQ", "TOP"], "name": ["总部", "总公司"]}


def test_a_unit_is_moved_with_the_right_at_both_ends(chain: Chain) -> None:
    region = do(chain, "org.unit.save", code="E", name="东区", kind="region", parent="HQ").subject
    north = chain.units["north"].pk

    do(chain, "org.unit.move", north, parent="E")

    assert OrgUnit.objects.get(pk=north).path == "/HQ/E/S01/"
    assert changes(north, "org.unit.move") == {"path": ["/HQ/S01/", "/HQ/E/S01/"]}
    assert problems(lambda: do(chain, "org.unit.move", north)) == [("parent", "required")]
    assert problems(lambda: do(chain, "org.unit.move", region, parent="S01")) == [
        ("", "unit_under_itself")
    ]
    assert problems(lambda: do(chain, "org.unit.move", env.new_id(), parent="E")) == [
        ("", "not_found")
    ]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({}, [("code", "required"), ("name", "required"), ("kind", "required"),
              ("entity", "required")]),
        ({"code": "S01", "name": "x", "kind": "store", "parent": "HQ"}, [("", "unit_code_taken")]),
        ({"code": "T", "name": "x", "kind": "till", "parent": "HQ"},
         [("parent", "unit_stands_wrong")]),
        ({"code": "T", "name": "x", "kind": "store", "parent": "HQ", "time_zone": "Mars"},
         [("time_zone", "time_zone_unknown")]),
        ({"code": "T", "name": "x", "kind": "store", "parent": "HQ", "day_cut": "noon"},
         [("day_cut", "not_a_time")]),
        ({"code": "T", "name": "x", "kind": "shop", "parent": "HQ"}, [("kind", "not_a_choice")]),
        ({"code": "T", "name": "x", "kind": "store", "parent": "?"},
         [("parent", "not_found_reference")]),
        ({"path": "/HQ/x/"}, [("path", "unknown_field")]),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_is_refused(chain: Chain, payload: Any, found: Any) -> None:
    count = OrgUnit.objects.count()

    assert problems(lambda: do(chain, "org.unit.save", **payload)) == found
    assert OrgUnit.objects.count() == count


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"kind": "warehouse"}, [("kind", "fixed_field")]),
        ({"parent": "S02"}, [("parent", "fixed_field")]),
        ({"name": ""}, [("name", "required")]),
        ({"mode": ""}, [("mode", "required")]),
        ({"time_zone": "Mars"}, [("time_zone", "time_zone_unknown")]),
        ({"code": "a/b"}, [("code", "unit_code_not_valid")]),
        ({"code": "S02"}, [("", "unit_code_taken")]),
    ],
)
def test_a_change_that_cannot_be_is_refused(chain: Chain, payload: Any, found: Any) -> None:
    north = chain.units["north"]

    assert problems(lambda: do(chain, "org.unit.save", north.pk, **payload)) == found
    assert OrgUnit.objects.get(pk=north.pk).name == north.name


# -- people --------------------------------------------------------------------------------------


def test_a_person_is_made_and_changed_and_their_phone_stays_private(chain: Chain) -> None:
    wu = do(
        chain, "org.person.save", username=" Wu ", name="吴芳", language="en", phone="13812345678"
    ).subject
    do(chain, "org.person.save", wu, username="wu", name="吴芳芳", email="wu@example.com", theme="")

    row = Person.objects.get(pk=wu)
    assert (row.username, row.name, row.language, row.theme) == ("wu", "吴芳芳", "en", "system")
    contact = PersonContact.objects.get(person=wu)
    assert (contact.phone, contact.email) == ("13812345678", "wu@example.com")
    assert "138123" not in everything_written()
    assert "example.com" not in everything_written()
    said = [row.changes for row in history_of(wu)]
    assert {"name": ["吴芳", "吴芳芳"], "email": ["•", "•"]} in said
    assert {row.kind for row in history_of(wu)} == {"org.person"}


def test_a_phone_is_kept_in_one_form_and_what_is_none_is_refused(chain: Chain) -> None:
    said = {"username": "wu", "name": "吴芳"}
    wu = do(chain, "org.person.save", **said, phone="+86 138-1234-5678").subject

    for wrong in ("call me", "138123456789", "1381234567"):
        with pytest.raises(Refusal) as no:
            do(chain, "org.person.save", wu, phone=wrong)
        assert (no.value.code, no.value.facts["given"]) == ("phone_format", wrong)

    assert PersonContact.objects.get(person=wu).phone == "13812345678"
    do(chain, "org.person.save", wu, phone="021-6666 8888 转 12")
    assert PersonContact.objects.get(person=wu).phone == "021-6666 8888 转 12"


def test_a_person_needs_no_way_to_be_reached(chain: Chain) -> None:
    wu = do(chain, "org.person.save", username="wu", name="吴芳").subject

    assert not PersonContact.objects.filter(person=wu).exists()
    assert set(history_of(wu).get().changes) >= {"username", "name"}


def test_a_person_without_a_name_or_with_a_known_one_is_refused(chain: Chain) -> None:
    assert problems(lambda: do(chain, "org.person.save")) == [
        ("username", "required"),
        ("name", "required"),
    ]
    taken = {"username": "LIN", "name": "林"}
    assert problems(lambda: do(chain, "org.person.save", **taken)) == [("", "sign_in_name_taken")]
    lin = chain.people["lin"].pk
    assert problems(lambda: do(chain, "org.person.save", lin, username="wu")) == [
        ("username", "fixed_field")
    ]
    assert problems(lambda: do(chain, "org.person.save", username=5, name="x")) == [
        ("name", "not_text")
    ]


def test_a_person_is_switched_off_and_on(chain: Chain) -> None:
    lin = chain.people["lin"]

    do(chain, "org.person.switch_off", lin.pk)
    assert not Person.objects.get(pk=lin.pk).is_active
    do(chain, "org.person.switch_on", lin.pk)
    do(chain, "org.person.end_sessions", lin.pk)

    row = Person.objects.get(pk=lin.pk)
    assert (row.is_active, row.session_round) == (True, lin.session_round + 2)
    assert [e[0] for e in events_of(lin.pk)] == [
        "org.person.switched_off", "org.person.switched_on", "org.person.sessions_ended",
    ]  # fmt: skip


def test_secrets_work_and_are_written_nowhere(own_chain: Chain) -> None:
    from tests.chain import NOON

    lin = own_chain.people["lin"]
    with own_chain.as_("zhou", "hq"):
        run("org.person.set_password", lin.pk, {"password": SECRET}, request_id=env.new_id())
        run("org.person.set_pin", lin.pk, {"pin": PIN}, request_id=env.new_id())

    with env.frozen(NOON):
        assert check_sign_in("lin", SECRET, address="here") == lin
    with own_chain.as_("zhou", "north"):
        assert check_pin("lin", PIN, unit=own_chain.units["north"]) == lin
    assert changes(lin.pk, "org.person.set_password") == {"password": ["•", "•"]}
    assert changes(lin.pk, "org.person.set_pin") == {"pin": ["•", "•"]}
    written = everything_written()
    row = Person.objects.get(pk=lin.pk)
    for secret in (SECRET, PIN, row.password, row.pin):
        assert secret not in written


def test_the_digest_of_a_request_does_not_tell_the_pin_in_it(chain: Chain) -> None:
    """Ten thousand PINs are tried in no time; without the key of this installation in vain."""
    from tongpan.kernel.documents.gate import Doing, _digest
    from tongpan.kernel.documents.registry import find_action

    action = find_action("org.person.set_pin")
    assert action is not None
    pk = env.new_id()

    def digest(pin: str) -> bytes:
        return _digest(Doing(action, pk, {"pin": pin}, frozenset(), None, env.now()))

    mine = digest("295173")
    from django.test import override_settings

    with override_settings(SECRET_KEY="another installation"):
        assert digest("295173") != mine
    assert digest("295174") != mine == digest("295173")


def test_a_weak_secret_is_refused_in_the_words_of_org(chain: Chain) -> None:
    lin = chain.people["lin"].pk

    assert problems(lambda: do(chain, "org.person.set_password", lin, password="123")) != []
    assert problems(lambda: do(chain, "org.person.set_pin", lin, pin="1111")) == [
        ("", "pin_refused")
    ]
    assert problems(lambda: do(chain, "org.person.set_pin", lin)) == [("", "pin_refused")]
    assert not history_of(lin).exists()


def test_nobody_takes_over_somebody_who_holds_more(chain: Chain) -> None:
    zhou = chain.people["zhou"].pk
    for action, payload in (
        ("org.person.save", {"name": "mine"}),
        ("org.person.set_password", {"password": SECRET}),
        ("org.person.set_pin", {"pin": PIN}),
        ("org.person.switch_off", {}),
        ("org.person.end_sessions", {}),
        ("org.token.make", {"person": str(zhou), "name": "x", "scopes": ["*"], "days": 9}),
    ):
        with chain.as_("chen", "north"), pytest.raises(Refusal) as no:
            run(action, zhou, payload)
        assert no.value.code in ("forbidden", "invalid"), action


def test_a_token_has_a_name_and_a_scope(chain: Chain) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("org.token.make", payload={"name": " ", "scopes": [], "days": 9})

    said = [(problem["path"], problem["code"]) for problem in no.value.problems]
    assert said == [("name", "required"), ("scopes", "required")]


def test_one_changes_ones_own_password_and_a_narrow_token_does_not(chain: Chain) -> None:
    lin = chain.people["lin"]
    with chain.as_("lin", "north"):
        run("org.person.set_password", lin.pk, {"password": SECRET})
    with chain.as_("lin", "north", scopes=["stock.transfer.view"]):
        for action, payload in (
            ("org.person.set_password", {"password": "another horse entirely"}),
            ("org.person.set_pin", {"pin": PIN}),
            ("org.token.make", {"name": "x", "scopes": ["stock.transfer.save"], "days": 9}),
        ):
            with pytest.raises(Forbidden):
                run(action, lin.pk, payload)


# -- roles and grants ----------------------------------------------------------------------------


def test_a_role_is_made_changed_and_told_in_words(chain: Chain) -> None:
    role = do(
        chain, "org.role.save", code="buyer", name="采购",
        actions={"purchasing.*": None, "stock.transfer.post": "500.00"},
    ).subject  # fmt: skip
    do(chain, "org.role.save", role, name="采购员")
    do(chain, "org.role.save", role, code="buyers", actions={"purchasing.*": 900})

    row = Role.objects.get(pk=role)
    assert (row.code, row.name) == ("buyers", "采购员")
    assert list(row.actions.values_list("code", "amount_max")) == [("purchasing.*", 900)]
    said = [h.changes for h in history_of(role)]
    assert {"name": ["采购", "采购员"]} in said
    assert {
        "code": ["buyer", "buyers"],
        "actions.purchasing.*": ["", "900"],
        "actions.stock.transfer.post": ["500", None],
    } in said


def test_a_role_that_cannot_be_is_refused(chain: Chain) -> None:
    made = {"code": "buyer", "name": "采购"}

    def refused(**more: Any) -> Any:
        return problems(lambda: do(chain, "org.role.save", **made | more))

    assert refused(code="") == [("code", "required")]
    assert refused(code="owner") == [("code", "duplicate")]
    assert refused(actions=["*"]) == [("actions", "object_format")]
    assert refused(actions={"stock.*": "much"}) == [("actions.stock.*.limit", "not_a_number")]
    assert refused(actions={"no.such": None}) == [("", "permission_unknown")]
    with chain.as_("chen", "north"), pytest.raises(Refusal):
        run("org.role.save", payload=made)
    assert not Role.objects.filter(code="buyer").exists()


def test_a_role_is_given_prolonged_and_ended(chain: Chain) -> None:
    lin = chain.people["lin"]
    given = {"person": "lin", "role": "warehouse", "unit": "W01", "valid_from": "2026-11-01"}
    grant = do(chain, "org.grant.give", **given).subject
    with chain.as_("lin", "warehouse"):
        assert may("stock.transfer.post", chain.units["warehouse"])

    do(chain, "org.grant.give", grant, **given, valid_until="2026-12-31")
    do(chain, "org.grant.end", grant, last_day="2026-11-20")

    assert str(Grant.objects.get(pk=grant).valid_until) == "2026-11-20"
    with chain.as_("lin", "warehouse"):
        assert not may("stock.transfer.post", chain.units["warehouse"])
    said = [h.changes for h in history_of(grant)]
    assert {"valid_until": [None, "2026-12-31"]} in said
    assert {"valid_until": ["2026-12-31", "2026-11-20"]} in said
    assert {h.org_unit for h in history_of(grant)} == {chain.units["warehouse"].pk}
    assert Grant.objects.filter(person=lin).count() == 2


def test_a_grant_that_cannot_be_is_refused(chain: Chain) -> None:
    given = {"person": "lin", "role": "cashier", "unit": "S01"}

    assert problems(lambda: do(chain, "org.grant.give", **given)) == [("role", "duplicate")]
    assert problems(lambda: do(chain, "org.grant.give", unit="S01")) == [
        ("person", "required"),
        ("role", "required"),
    ]
    assert problems(lambda: do(chain, "org.grant.end", env.new_id(), last_day="2026-11-20")) == [
        ("", "not_found")
    ]
    theirs = chain.people["lin"].grants.get().pk
    assert problems(lambda: do(chain, "org.grant.end", theirs)) == [("last_day", "not_a_date")]
    with chain.as_("chen", "north"), pytest.raises(Forbidden):
        run("org.grant.give", payload=given | {"role": "owner"})


# -- tokens --------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_revoked(chain: Chain) -> None:
    request = env.new_id()
    with chain.as_("zhou", "hq"):
        payload = {"name": "bookkeeping", "scopes": ["stock.transfer.view"], "days": "30"}
        made = run("org.token.make", payload=payload, request_id=request)
        again = run("org.token.make", payload=payload, request_id=request)
        secret = made.result
        token = ApiToken.objects.get(pk=made.subject)
        assert token_person(secret) == token
        run("org.token.revoke", token.pk)
        assert token_person(secret) is None

    assert (again.is_repeat, again.result, again.subject) == (True, None, made.subject)
    written = everything_written()
    assert secret not in written
    assert token.hashed not in written
    assert changes(token.pk, "org.token.make")["scopes"] == [None, "stock.transfer.view"]
    assert changes(token.pk, "org.token.revoke") == {"revoked": [False, True]}


def test_a_token_that_cannot_be_is_refused(chain: Chain) -> None:
    def refused(**payload: Any) -> Any:
        return problems(lambda: do(chain, "org.token.make", **{"name": "x", "days": 9} | payload))

    assert refused(scopes="*") == [("scopes", "list_format")]
    assert refused(scopes=["no.such"]) == [("", "permission_unknown")]
    assert refused(scopes=["*"], days=None) == [("", "token_lifetime")]
    assert refused(scopes=["*"], days="x") == [("", "token_lifetime")]
    assert refused(scopes=["*"], person="nobody") == [("person", "not_found_reference")]
    assert refused(scopes=["*"], person="lin") == [("", "token_scope_exceeds")]


def test_the_token_of_another_person_is_made_by_who_may_do_all_that_they_may(chain: Chain) -> None:
    made = do(
        chain, "org.token.make", person="lin", name="scale", scopes=["items.item.view"], days=9
    )

    assert ApiToken.objects.get(pk=made.subject).person == chain.people["lin"]


# -- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [row[0] for row in ACTIONS])
def test_who_holds_nothing_changes_nothing(chain: Chain, code: str) -> None:
    chain.people["lin"].grants.all().delete()
    payloads: dict[str, dict[str, Any]] = {
        "org.entity.save": {"name": "x"},
        "org.unit.save": {"code": "T", "name": "x", "kind": "store", "parent": "HQ"},
        "org.person.save": {"username": "x", "name": "x"},
        "org.role.save": {"code": "x", "name": "x", "actions": {}},
    }
    with acting(chain.people["lin"], chain.units["north"]), pytest.raises(Refusal) as no:
        run(code, None, payloads.get(code, {}))

    assert no.value.code in ("forbidden", "not_found", "invalid", "token_lifetime")

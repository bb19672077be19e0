"""The read gate: rows out of scope and masked fields are absent, however one asks."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, Sum
from django.db.models.functions import Concat, Lower

from tests.kernel.org.conftest import Chain, a_person
from tongpan.kernel.org.models import Grant, LegalEntity, OrgUnit, Person, PersonContact, Role
from tongpan.kernel.org.scope import (
    MaskedField,
    NoScope,
    ScopedModel,
    acting,
    classify,
    field_classes,
    fields_of_class,
    masked_fields,
    system,
    visible,
)


# Two models over tables that are there: a "row" of a unit with a cost, and what it links to.
class Maker(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)  # plays a cost
    currency = models.CharField(max_length=3)

    objects = models.Manager["Maker"]()

    class Meta:
        app_label = "test_org"
        db_table = "legal_entity"
        managed = False


class Row(ScopedModel):
    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)  # plays a cost
    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_column="parent_id")
    maker = models.ForeignKey(
        Maker, models.PROTECT, related_name="rows", db_column="entity_id"
    )  # plays a supplier whose name is a cost
    time_zone = models.CharField(max_length=40)  # plays personal data

    view_permission: ClassVar[str] = "row.view"

    class Meta(ScopedModel.Meta):
        app_label = "test_org"
        db_table = "org_unit"
        managed = False


class RowOfAnyKind(ScopedModel):
    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    up = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_column="parent_id")

    scope_path = ("up", "up__parent")

    class Meta(ScopedModel.Meta):
        app_label = "test_org"
        db_table = "org_unit"
        managed = False


class LinkedRow(ScopedModel):
    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_column="parent_id")
    maker = models.ForeignKey(
        Maker, models.PROTECT, related_name="linked", db_column="entity_id"
    )  # the link itself plays a cost

    class Meta(ScopedModel.Meta):
        app_label = "test_org"
        db_table = "org_unit"
        managed = False


class OrderedRow(ScopedModel):
    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)  # plays a cost, and rows are in its order
    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_column="parent_id")

    class Meta(ScopedModel.Meta):
        app_label = "test_org"
        db_table = "org_unit"
        managed = False
        ordering = (F("path").desc(), "-name", "pk", "code")


classify(Row, name="cost", time_zone="personal")
classify(OrderedRow, name="cost")
classify(Maker, name="cost")
classify(LinkedRow, maker="cost")


def codes(rows: Any) -> set[str]:
    return {row.code for row in rows}


# -- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda: visible(Row),
        lambda: visible(LegalEntity),
        lambda: Row.objects.all(),
        lambda: Row.objects.filter(code="north"),
        lambda: Row.objects.count(),
        lambda: Row.objects.get(code="north"),
        lambda: Row.objects.create(code="x"),
        lambda: masked_fields(Row),
    ],
)
def test_nothing_is_read_while_nobody_acts(chain: Chain, ask: Callable[[], Any]) -> None:
    with pytest.raises(NoScope):
        ask()


def test_no_rows_at_all_may_be_had_by_anybody(chain: Chain) -> None:
    assert list(Row.objects.none()) == []


@pytest.mark.parametrize(
    ("at", "seen"),
    [
        ("hq", {"hq", "east", "north", "south", "north-1", "wh"}),
        ("east", {"north", "south", "north-1"}),
        ("north", {"north-1"}),
        ("south", set()),
    ],
)
def test_rows_of_units_at_and_below_the_grant_are_seen(
    chain: Chain, at: str, seen: set[str]
) -> None:
    person = a_person(sees=(getattr(chain, at), "row.view"))

    with acting(person):
        assert codes(visible(Row)) == codes(Row.objects.all()) == seen
        assert visible(Row).count() == Row.objects.count() == len(seen)
        assert visible(Row).filter(code="wh").exists() is ("wh" in seen)


def test_who_sees_all_units_sees_what_belongs_to_none(chain: Chain) -> None:
    """And pays for no join: the top unit itself has no parent, so it is such a row here."""
    with acting(a_person("owner", sees=(chain.hq, "row.view"))):
        assert "hq" in codes(visible(Row))
        assert " IN (SELECT" not in str(visible(Row).query)
    with acting(a_person("lin", sees=(chain.east, "row.view"))):
        assert "hq" not in codes(visible(Row))


def test_another_permission_shows_no_rows(chain: Chain) -> None:
    person = a_person(other=(chain.hq, "row.post"), some=(chain.north, "row.availability"))

    with acting(person):
        assert codes(visible(Row)) == codes(Row.objects.all()) == set()
        assert codes(visible(Row, "row.availability")) == {"north-1"}


def test_without_grants_there_is_nothing_and_no_error(chain: Chain) -> None:
    with acting(a_person()):
        assert list(visible(Row)) == list(Row.objects.all()) == []


def test_a_row_of_two_units_is_seen_from_either_and_any_permission_shows_it(chain: Chain) -> None:
    person = a_person(does=(chain.east, "anything.at_all"))

    with acting(person):
        assert codes(visible(RowOfAnyKind)) == {"north", "south", "north-1"}
    with acting(a_person("wu", does=(chain.hq, "anything.at_all")), scopes=["other.*"]):
        assert codes(visible(RowOfAnyKind)) == set()
    with acting(a_person("xu", does=(chain.hq, "*")), scopes=["other.*"]):
        assert "wh" in codes(visible(RowOfAnyKind))


def test_the_system_sees_every_row_and_field(chain: Chain) -> None:
    with system(reason="test"):
        assert len(visible(Row).exclude(code="hq")) == 5
        assert masked_fields(Row) == masked_fields(Person) == frozenset()
        assert visible(Row).get(code="north").name == "北店"


def test_a_query_keeps_the_scope_it_was_made_in(chain: Chain) -> None:
    with acting(a_person("lin", sees=(chain.north, "row.view"))):
        rows = visible(Row)

    with system(reason="test"):
        assert codes(rows) == {"north-1"}
        with pytest.raises(MaskedField):
            rows.order_by("name").first()
    assert codes(rows.all()) == {"north-1"}


# -- fields -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "at", "masked"),
    [
        ((), "", {"name", "time_zone"}),
        (("see.cost",), "hq", {"time_zone"}),
        (("see.cost",), "east", {"time_zone"}),
        (("see.cost",), "north", {"name", "time_zone"}),  # not at every unit whose rows are seen
        (("see.*",), "hq", set()),
        (("*",), "hq", set()),
    ],
)
def test_a_field_is_shown_when_its_class_may_be_seen_wherever_rows_are(
    chain: Chain, held: tuple[str, ...], at: str, masked: set[str]
) -> None:
    grants: Any = {f"g{n}": (getattr(chain, at), code) for n, code in enumerate(held)}
    person = a_person(views=(chain.east, "row.view"), **grants)

    with acting(person):
        assert masked_fields(Row) == masked


def test_secrets_are_shown_to_nobody(chain: Chain) -> None:
    with acting(a_person("owner", does=(chain.hq, "*"))):
        assert {"password", "pin"} <= masked_fields(Person)
        assert not masked_fields(PersonContact)
        with pytest.raises(MaskedField):
            visible(Person).filter(password__startswith="argon2")
        with pytest.raises(MaskedField):
            visible(Person).get(username="owner").password  # noqa: B018


def test_every_field_has_a_class(chain: Chain) -> None:
    assert field_classes(Row) == {
        "id": "internal", "code": "internal", "name": "cost", "org_unit": "internal",
        "maker": "internal", "time_zone": "personal",
    }  # fmt: skip
    with pytest.raises(AssertionError):
        classify(Row, name="expensive")


@pytest.fixture
def clerk(chain: Chain) -> Person:
    return a_person("clerk", sees=(chain.hq, "row.view"))


def _refreshed(row: Row) -> Row:
    row.refresh_from_db(fields=["name"])
    return row


DOORS: dict[str, Callable[[], Any]] = {
    "filter": lambda: visible(Row).filter(name="北店"),
    "filter with a look-up": lambda: visible(Row).filter(name__startswith="北"),
    "exclude": lambda: visible(Row).exclude(name="北店"),
    "Q": lambda: visible(Row).filter(Q(code="x") | ~Q(name="北店")),
    "get": lambda: visible(Row).get(name="北店"),
    "order_by": lambda: list(visible(Row).order_by("name")),
    "order_by down": lambda: list(visible(Row).order_by("-name")),
    "order_by F": lambda: list(visible(Row).order_by(F("name").desc())),
    "order_by a function": lambda: list(visible(Row).order_by(Lower("name"))),
    "latest": lambda: visible(Row).latest("name"),
    "distinct": lambda: list(visible(Row).distinct("name")),
    "values": lambda: visible(Row).values("code", "name"),
    "values by an alias": lambda: visible(Row).values(other=F("name")),
    "values_list": lambda: visible(Row).values_list("name", flat=True),
    "values_list of all": lambda: visible(Row).values_list(),
    "annotate": lambda: visible(Row).annotate(other=F("name")),
    "alias": lambda: visible(Row).alias(other=F("name")).filter(other="x"),
    "annotate a function": lambda: visible(Row).annotate(other=Concat("code", "name")),
    "aggregate": lambda: visible(Row).aggregate(Max("name")),
    "group": lambda: visible(Row).values("code").annotate(n=Count("name")),
    "filtered aggregate": lambda: visible(Row).aggregate(n=Count("pk", filter=Q(name="x"))),
    "filter by F": lambda: visible(Row).filter(code=F("name")),
    "a subquery": lambda: visible(Row).filter(
        Exists(LegalEntity.objects.filter(name=OuterRef("name")))
    ),
    "behind a link": lambda: visible(Row).filter(maker__name="北方商贸"),
    "order behind a link": lambda: list(visible(Row).order_by("maker__name")),
    "values behind a link": lambda: visible(Row).values("maker__name"),
    "sum behind a link": lambda: visible(Row).aggregate(Sum("maker__name")),
    "through a masked link": lambda: visible(LinkedRow).filter(maker__currency="CNY"),
    "a masked link": lambda: visible(LinkedRow).filter(maker_id="x"),
    "values of a masked link": lambda: visible(LinkedRow).values("maker_id"),
    "reading": lambda: visible(Row).get(code="north").name,
    "reading what only() left out": lambda: visible(Row).only("code").get(code="north").name,
    "reading what only() named": lambda: visible(Row).only("name").get(code="north").name,
    "reading after defer(None)": lambda: visible(Row).defer(None).get(code="north").name,
    "reading behind a link": lambda: visible(Row).get(code="north").maker.name,
    "reading behind select_related": lambda: (
        visible(Row).select_related("maker").get(code="north").maker.name
    ),
    "reading behind prefetch_related": lambda: (
        visible(Row).prefetch_related("maker").get(code="north").maker.name
    ),
    "reading a masked link": lambda: visible(LinkedRow).get(code="north").maker,
    "reading a masked link's key": lambda: visible(LinkedRow).get(code="north").maker_id,
    "selecting a masked link": lambda: visible(LinkedRow).select_related("maker").first(),
    "refreshing": lambda: _refreshed(visible(Row).get(code="north")).name,
    "back from the other side": lambda: visible(Role).filter(grants__person__password="x"),
    "back over a token": lambda: visible(Grant).filter(person__tokens__hashed="x"),
    "counting behind a link": lambda: visible(Grant).aggregate(n=Count("person__pin")),
    "reading rows behind a prefetch": lambda: (
        visible(Role).prefetch_related("grants__person").get().grants.all()[0].person.pin
    ),
    "reading behind a guarded prefetch": lambda: (
        visible(Role)
        .prefetch_related(Prefetch("grants", visible(Grant)))
        .get()
        .grants.all()[0]
        .person.pin
    ),
    "writing out": lambda: [getattr(row, "name") for row in visible(Row).iterator()],  # noqa: B009
}


@pytest.mark.parametrize("door", DOORS)
def test_a_masked_field_is_behind_no_door(chain: Chain, clerk: Person, door: str) -> None:
    with acting(clerk), pytest.raises(MaskedField):
        DOORS[door]()


MEANINGLESS = {"sum behind a link", "a masked link"}  # a sum of names, an id that is none


@pytest.mark.parametrize("door", sorted(set(DOORS) - MEANINGLESS))
def test_the_same_doors_are_open_to_those_who_may(chain: Chain, clerk: Person, door: str) -> None:
    """The twin: without it a door that is shut for everybody would look safe."""
    with system(reason="test"), suppress(Row.DoesNotExist):
        DOORS[door]()


def test_a_masked_field_is_not_in_the_sql(chain: Chain, clerk: Person) -> None:
    with acting(clerk):
        for rows in (visible(Row), visible(Row).select_related("maker"), visible(Row).only("name")):
            assert '"name"' not in str(rows.query)
            assert '"time_zone"' not in str(rows.query)
    with acting(a_person("owner", does=(chain.hq, "*"))):
        assert '"org_unit"."name"' in str(visible(Row).query)


def test_what_is_open_still_works_behind_the_gate(
    chain: Chain, clerk: Person, django_assert_num_queries: Any
) -> None:
    with acting(clerk):
        rows = visible(Row).select_related("maker", "org_unit").order_by("-code")
        assert [row.maker.currency for row in rows] == ["CNY"] * 5  # the top has no parent to join
        assert [row.org_unit.code for row in rows.filter(code="north")] == ["east"]
        first = visible(Row).values().first()
        assert first is not None
        assert set(first) == {"id", "code", "org_unit_id", "maker_id"}
        assert visible(Row).values("maker__currency").annotate(n=Count("pk")).get()["n"] == 6
        assert visible(Row).aggregate(last=Max("code")) == {"last": "wh"}
        north = visible(Row).get(code="north")
        with django_assert_num_queries(0):
            for name in ("name", "time_zone"):
                with pytest.raises(MaskedField):
                    getattr(north, name)
        assert len(visible(Row).prefetch_related(Prefetch("maker", visible(Maker)))) == 6


def test_saving_what_came_through_the_gate_keeps_what_was_masked(
    chain: Chain, clerk: Person
) -> None:
    with acting(clerk):
        north = visible(Row).get(code="north")
        north.save()

    assert OrgUnit.objects.get(code="north").name == "北店"


def test_the_same_answers_whatever_the_masked_value_is(chain: Chain, clerk: Person) -> None:
    def answers() -> list[Any]:
        with acting(clerk):
            rows = visible(Row).select_related("maker")
            return [list(rows.values()), [(row.code, row.maker.currency) for row in rows]]

    before = answers()
    OrgUnit.objects.update(name="changed")
    LegalEntity.objects.update(name="changed")

    assert answers() == before


def test_code_that_posts_reads_what_the_clerk_may_not_see(chain: Chain, clerk: Person) -> None:
    """An action needs the cost to post it: only what is shown goes through `visible`."""
    with acting(clerk):
        assert Row.objects.get(code="north").name == "北店"
        assert Row.objects.get(code="north").maker.name == "北方商贸"


@pytest.mark.parametrize(
    "write", ["update", "delete", "create", "bulk_create", "get_or_create", "raw"]
)
def test_the_gate_is_for_reading(chain: Chain, clerk: Person, write: str) -> None:
    with acting(clerk), pytest.raises(TypeError):
        getattr(visible(Row), write)()


def test_tables_without_units_are_seen_by_their_permission_held_anywhere(chain: Chain) -> None:
    person = a_person("lin", sees=(chain.north, "see.personal"))
    contact = PersonContact.objects.create(person=person, phone="13800138000")

    with acting(person):
        assert visible(PersonContact).get().phone == "138****8000"
    with acting(a_person("wu")), pytest.raises(MaskedField):
        visible(PersonContact).get(pk=contact.pk).phone  # noqa: B018
    with acting(a_person("xu")):
        assert visible(Grant).count() == 1


class Ware(models.Model):
    """A master row: of no unit, but with a permission of its own."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)

    view_permission: ClassVar[str] = "ware.view"

    class Meta:
        app_label = "test_org"
        db_table = "legal_entity"
        managed = False


def test_a_table_without_units_may_still_need_a_permission(chain: Chain) -> None:
    with acting(a_person("lin", sees=(chain.till, "ware.view"))):
        assert visible(Ware).count() == 1
    with acting(a_person("wu", sees=(chain.hq, "row.view"))):
        assert visible(Ware).count() == 0


def test_a_masked_field_that_was_not_loaded_stays_shut_after_the_act(
    chain: Chain, clerk: Person
) -> None:
    with acting(clerk):
        seen = visible(Row).get(code="north")
    with system(reason="test"):
        trusted = Row.objects.only("code").get(code="north")
        assert trusted.name == "北店"
        late = Row.objects.only("code").get(code="north")

    for row in (seen, late):
        with pytest.raises(MaskedField):
            row.name  # noqa: B018


def test_rows_are_in_the_order_of_what_is_shown(chain: Chain, clerk: Person) -> None:
    with acting(clerk):
        for_clerk = visible(OrderedRow).query.order_by
    with acting(a_person("owner", does=(chain.hq, "*"))):
        for_owner = visible(OrderedRow).query.order_by

    assert for_clerk[1:] == ("pk", "code", "pk")
    assert for_owner == (), "as the model says"


def test_a_way_is_read_once_however_often_it_is_named(
    chain: Chain, clerk: Person, django_assert_num_queries: Any
) -> None:
    with acting(clerk), django_assert_num_queries(3):
        rows = list(
            visible(Grant).prefetch_related("unit", "unit__entity").prefetch_related("unit")
        )

    assert rows


def test_a_prefetch_of_what_is_not_there_is_a_mistake_of_the_program(
    chain: Chain, clerk: Person
) -> None:
    with acting(clerk), pytest.raises(ValueError, match="no rows behind"):
        visible(Row).prefetch_related("nothing")


def test_classifying_a_field_as_open_leaves_it_alone(chain: Chain, clerk: Person) -> None:
    classify(Ware, name="public")

    assert field_classes(Ware)["name"] == "public"
    with acting(a_person("lin", sees=(chain.till, "ware.view"))):
        assert visible(Ware).get(name="北方商贸").name == "北方商贸"


def test_the_fields_of_a_class_are_known() -> None:
    found = {f"{field.model.__name__}.{field.name}" for field in fields_of_class("personal")}

    assert {"PersonContact.phone", "PersonContact.email"} <= found
    assert not found & {f"{f.model.__name__}.{f.name}" for f in fields_of_class("secret")}

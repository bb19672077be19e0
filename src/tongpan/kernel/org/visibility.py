"""The read gate: which rows and which fields the acting person sees.

A `ScopedModel` has no query outside `acting(...)` or `system(...)`. `visible(Model)` is what every
list, total, export, print and search starts from: besides the rows it masks fields, in the query
itself. A masked field is not selected, and can be neither filtered, sorted, computed with nor read
from an instance: whoever tries gets `MaskedField`, so a mask never shows as nothing or as zero.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.options import Options
from django.db.models.query import ModelIterable
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql import Query

from tongpan.kernel.org.context import Acting, NoScope, who
from tongpan.kernel.org.rules import all_below, is_top

FIELD_CLASSES = ("public", "internal", "cost", "personal", "sensitive", "secret")
OPEN_CLASSES = ("public", "internal")

SomeModel = TypeVar("SomeModel", bound=models.Model)
# Of a table whose rows belong to no unit, and that not everybody sees whole: which of them are seen
# by whoever may see the table at these units. The table has it as `seen_from`.
SeenFrom = Callable[["models.QuerySet[Any]"], Q]


class MaskedField(Exception):
    """The acting person may not see this field, so it cannot be asked for in any way."""


# -- rows --------------------------------------------------------------------------------------


class ScopedManager(models.Manager[SomeModel]):
    """Rows of the units where the acting person may see them; raises NoScope when nobody acts."""

    def get_queryset(self) -> models.QuerySet[SomeModel]:
        return _in_scope(super().get_queryset(), who(), "")

    def none(self) -> models.QuerySet[SomeModel]:
        return super().get_queryset().none()


class UnscopedManager(models.Manager[SomeModel]):
    """All rows. A row that is reached from a masked one, as `line.item`, is masked as well."""

    def get_queryset(self) -> models.QuerySet[SomeModel]:
        source = self._hints.get("instance")  # type: ignore[attr-defined]
        if source is not None and (seen_by := source.__dict__.get(SEEN_BY)):
            return GuardedQuerySet(self.model, using=self._db, acting=seen_by)
        return super().get_queryset()


class ScopedModel(models.Model):
    """A table whose rows belong to org units.

    `scope_path` names the look-up of the unit, or several of them: one in scope is enough.
    `view_permission` is the code that shows a row; empty is any permission at its unit.
    """

    scope_path: ClassVar[str | tuple[str, ...]] = "org_unit"
    view_permission: ClassVar[str] = ""

    objects = ScopedManager()
    unscoped = UnscopedManager()

    class Meta:
        abstract = True
        base_manager_name = "unscoped"


def _in_scope(
    rows: models.QuerySet[SomeModel], acting: Acting, code: str
) -> models.QuerySet[SomeModel]:
    """`rows`, less those of units where the acting person does not hold the view permission."""
    model = rows.model
    code = code or getattr(model, "view_permission", "")
    if acting.is_system or not (code or issubclass(model, ScopedModel)):
        return rows
    paths = _view_paths(acting, code)
    if not paths:
        return rows.none()
    closed = acting.closed_where(code) if code else []
    if not issubclass(model, ScopedModel):
        seen_from: SeenFrom | None = getattr(model, "seen_from", None)
        if seen_from is None or is_top(paths[0]):
            return rows
        return rows.filter(seen_from(_units_under(paths, closed)))
    if is_top(paths[0]) and not closed:
        return rows
    units = _units_under(paths, closed).values("pk")
    scope_paths = [model.scope_path] if isinstance(model.scope_path, str) else model.scope_path
    is_in_scope = Q()
    for scope_path in scope_paths:
        is_in_scope |= Q(**{f"{scope_path}__in": units})
    return rows.filter(is_in_scope)


def _units_under(paths: Sequence[str], closed: Sequence[str]) -> "models.QuerySet[Any]":
    within = under(paths, closed=closed)
    return apps.get_model("org", "OrgUnit")._base_manager.filter(within)


def under(paths: Sequence[str], prefix: str = "", *, closed: Sequence[str] = ()) -> Q:
    """The condition that a unit's path is one of `paths` or below, and not at or below one that is
    `closed`; `prefix` leads to the unit."""
    condition = Q(**{f"{prefix}pk__in": []})
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    for path in closed:
        condition &= ~Q(**{f"{prefix}path__startswith": path})
    return condition


def _view_paths(acting: Acting, code: str) -> list[str]:
    return acting.paths_where(code) if code else acting.paths_of_any()


# -- fields ------------------------------------------------------------------------------------

_classes: dict[type[models.Model], dict[str, str]] = {}


def classify(model: type[models.Model], **field_classes: str) -> None:
    """Say of fields what they hold: public, internal, cost, personal, sensitive or secret.

    A field that nobody classifies is internal. Seeing any further class needs `see.<class>`;
    nobody is shown a secret.
    """
    for name, field_class in field_classes.items():
        assert field_class in FIELD_CLASSES, f"{field_class!r} is no class of fields."
        field = cast("models.Field[Any, Any]", model._meta.get_field(name))
        _classes.setdefault(field.model, {})[field.name] = field_class
        if field_class not in OPEN_CLASSES:
            is_link = isinstance(getattr(field.model, field.attname), ForeignKeyDeferredAttribute)
            kind = MaskedLinkAttribute if is_link else MaskedAttribute
            setattr(field.model, field.attname, kind(field))
            if field.model._meta.base_manager_name is None:
                field.model._meta.__class__ = ClassifiedOptions


class ClassifiedOptions(Options):  # type: ignore[type-arg]
    """A model's options whose base manager masks the rows behind a link from a masked row.

    Named in no `Meta`, so a model that gets its first classified field needs no migration.
    """

    @property
    def base_manager(self) -> "models.Manager[Any]":
        manager: UnscopedManager[Any] = UnscopedManager()
        manager.name, manager.model = "_base_manager", self.model
        manager.auto_created = True
        return manager


def field_classes(model: type[models.Model]) -> dict[str, str]:
    """The class of every field of a model's rows, by name."""
    return {
        field.name: _classes.get(field.model, {}).get(field.name, "internal")
        for field in model._meta.concrete_fields
    }


def fields_of_class(kind: str) -> list["models.Field[Any, Any]"]:
    """Every field of one class, table by table."""
    return [
        cast("models.Field[Any, Any]", model._meta.get_field(name))
        for model, classes in _classes.items()
        for name, field_class in classes.items()
        if field_class == kind
    ]


def masked_fields(model: type[models.Model], code: str = "") -> frozenset[str]:
    """The names of the fields that the acting person may not see in the rows of `visible(...)`.

    One query shows one set of columns. So a field is shown only when the person may see its class
    at every unit whose rows they see; for rows without a unit, anywhere.
    """
    return _masked(model, who(), code)


def _masked(model: type[models.Model], acting: Acting, code: str) -> frozenset[str]:
    if acting.is_system:
        return frozenset()
    hidden = _hidden_classes(acting, model, code)
    return frozenset(
        name for name, field_class in field_classes(model).items() if field_class in hidden
    )


def _hidden_classes(acting: Acting, model: type[models.Model], code: str) -> set[str]:
    is_scoped = issubclass(model, ScopedModel)
    rows_at = _view_paths(acting, code or getattr(model, "view_permission", ""))
    hidden = {"secret"}
    for field_class in ("cost", "personal", "sensitive"):
        seen_at = acting.paths_where(f"see.{field_class}")
        if not seen_at or (is_scoped and not all_below(rows_at, seen_at)):
            hidden.add(field_class)
    return hidden


class MaskedAttribute(DeferredAttribute):
    """A classified field on an instance: if it was not loaded, no query is made for a stranger."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None and self.field.attname not in instance.__dict__:
            _refuse_reading(instance, self.field)
        return super().__get__(instance, cls)


class MaskedLinkAttribute(ForeignKeyDeferredAttribute, MaskedAttribute):
    """The same for a field that links to another row."""


def _refuse_reading(instance: models.Model, field: "models.Field[Any, Any]") -> None:
    seen_by = instance.__dict__.get(SEEN_BY)
    acting: Acting | None
    try:
        acting = who()
    except NoScope:
        acting = seen_by
    if acting is None or field.name in _masked(type(instance), acting, ""):
        raise MaskedField(f"{field.model._meta.label}.{field.name}")


# -- values in part ----------------------------------------------------------------------------

_in_part: dict[type[models.Model], dict[str, Callable[[str], str]]] = {}
_is_whole: ContextVar[bool] = ContextVar("is_whole", default=False)


def show_in_part(model: type[models.Model], **forms: Callable[[str], str]) -> None:
    """Say which text fields `visible(...)` shows in part, to tell them apart: 138****5678.

    Whole they are only inside `whole()`, for a look that was written down.
    """
    _in_part[model] = forms


def forms_in_part(model: type[models.Model]) -> Mapping[str, Callable[[str], str]]:
    """The fields of a model that are shown in part, each with how."""
    return _in_part.get(model, {})


@contextmanager
def whole() -> Iterator[None]:
    """Inside, what is shown in part is shown whole."""
    before = _is_whole.set(True)
    try:
        yield
    finally:
        _is_whole.reset(before)


def _shorten(instance: models.Model, acting: Acting) -> None:
    if acting.is_system or _is_whole.get():
        return
    for name, form in forms_in_part(type(instance)).items():
        if kept := instance.__dict__.get(name):
            instance.__dict__[name] = form(kept)


# -- the guarded query -------------------------------------------------------------------------

SEEN_BY = "_seen_by"  # on an instance that came through the gate: for whom


def visible(model: type[SomeModel], code: str | None = None) -> "GuardedQuerySet[SomeModel]":
    """The rows and fields of `model` that the acting person may see; for reading only.

    `code` is the permission that shows a row, where it is not the model's `view_permission`.

    Errors: NoScope when nobody acts; MaskedField from any use of a masked field.
    """
    acting = who()
    rows: GuardedQuerySet[SomeModel] = GuardedQuerySet(model, acting=acting, code=code or "")
    return cast("GuardedQuerySet[SomeModel]", _in_scope(rows, acting, code or ""))


class GuardedQuery(Query):
    """A query that knows for whom it is, and refuses to name a masked field."""

    acting: Acting
    code: str
    masked: dict[Any, frozenset[str]]  # by model, as found out; shared by all that grows from here

    def masks(self, field: Any) -> bool:
        """Whether this field, of whichever table in the query, is masked."""
        model = getattr(field, "model", None)
        if model is None or field.name not in _classes.get(model, {}):
            return False
        if model not in self.masked:
            code = self.code if model is self.model else ""
            self.masked[model] = _masked(model, self.acting, code)
        return field.name in self.masked[model]

    def names_to_path(  # every look-up, ordering, expression and value passes here
        self, names: Any, opts: Any, allow_many: Any = True, fail_on_missing: Any = False
    ) -> Any:
        found = super().names_to_path(names, opts, allow_many, fail_on_missing)
        path, final_field, targets, _rest = found
        links = [getattr(step.join_field, "field", step.join_field) for step in path]
        for field in (final_field, *targets, *links):
            if self.masks(field):
                raise MaskedField(f"{field.model._meta.label}.{field.name}")
        return found

    def get_compiler(
        self, using: Any = None, connection: Any = None, elide_empty: Any = True
    ) -> Any:
        compiler = super().get_compiler(using, connection, elide_empty)
        compiler.__class__ = _guarded_compiler(cast("Hashable", type(compiler)))
        return compiler


@cache
def _guarded_compiler(base: Hashable) -> type[Any]:
    """The database's own compiler, which leaves masked columns out wherever rows are selected."""

    plain = cast("type[Any]", base)

    def get_default_columns(self: Any, *args: Any, **kwargs: Any) -> Any:
        columns = plain.get_default_columns(self, *args, **kwargs)
        return [column for column in columns if not self.query.masks(column.target)]

    return type(f"Guarded{plain.__name__}", (plain,), {"get_default_columns": get_default_columns})


class GuardedRows(ModelIterable):  # type: ignore[type-arg]
    """Instances that remember for whom they were read, so that rows behind them are masked too."""

    def __iter__(self) -> Iterator[Any]:
        acting = cast("GuardedQuery", self.queryset.query).acting
        for instance in super().__iter__():
            _remember(instance, acting)
            yield instance


def _remember(instance: models.Model, acting: Acting) -> None:
    instance.__dict__[SEEN_BY] = acting
    _shorten(instance, acting)
    for related in instance._state.fields_cache.values():
        if isinstance(related, models.Model) and SEEN_BY not in related.__dict__:
            _remember(related, acting)


class GuardedQuerySet(models.QuerySet[SomeModel]):
    """What `visible` answers: rows to read, filter and sort by what may be seen."""

    def __init__(
        self,
        model: type[SomeModel] | None = None,
        query: Any = None,
        using: str | None = None,
        hints: Any = None,
        *,
        acting: Acting | None = None,
        code: str = "",
    ) -> None:
        if query is None:
            query = GuardedQuery(model)
            query.acting, query.code, query.masked = acting or who(), code, {}
            _order_by_what_is_shown(query)
        super().__init__(model, query, using, hints)
        self._iterable_class = GuardedRows

    def values(self, *fields: Any, **expressions: Any) -> Any:
        """As Django's; without names it gives every field that may be seen."""
        if not fields and not expressions:
            query = cast("GuardedQuery", self.query)
            short = {} if _is_whole.get() else forms_in_part(self.model)
            fields = tuple(
                field.attname
                for field in self.model._meta.concrete_fields
                if not query.masks(field) and field.name not in short
            )
        return super().values(*fields, **expressions)

    def _values(self, *fields: Any, **expressions: Any) -> Any:
        """Behind `values` and `values_list`: plain values would be whole."""
        short = set(fields) & set(forms_in_part(self.model))
        if short and not _is_whole.get():
            raise MaskedField(f"{self.model._meta.label}: {', '.join(sorted(map(str, short)))}")
        return super()._values(*fields, **expressions)  # type: ignore[misc]

    def prefetch_related(self, *lookups: Any) -> Any:
        """As Django's; rows that are fetched behind a plain name are masked too."""
        guarded: list[Any] = []
        known = {one.prefetch_to for one in self._prefetch_related_lookups}  # type: ignore[attr-defined]
        for lookup in lookups:
            if isinstance(lookup, str):
                new = [
                    one for one in self._guarded_prefetches(lookup) if one.prefetch_to not in known
                ]
                known |= {one.prefetch_to for one in new}
                guarded += new
            else:
                guarded.append(lookup)
        return super().prefetch_related(*guarded)

    def _guarded_prefetches(self, lookup: str) -> Iterator[Any]:
        acting = cast("GuardedQuery", self.query).acting
        model: Any = self.model
        names = lookup.split(LOOKUP_SEP)
        for count, name in enumerate(names, start=1):
            model = _accessor_model(model, name)
            rows = _in_scope(GuardedQuerySet(model, acting=acting), acting, "")
            yield Prefetch(LOOKUP_SEP.join(names[:count]), rows)

    def _refuse_writing(self, *_args: Any, **_kwargs: Any) -> Any:
        raise TypeError("visible(...) is for reading; write through an action.")

    update = delete = create = bulk_create = bulk_update = _refuse_writing
    get_or_create = update_or_create = raw = extra = _refuse_writing


def _order_by_what_is_shown(query: GuardedQuery) -> None:
    """The model's own order, less the masked fields in it: an order would tell their values."""
    meta = query.get_meta()
    ordering = meta.ordering or ()
    shown = [
        name
        for name in ordering
        if not isinstance(name, str)
        or name.lstrip("-") == "pk"
        or not query.masks(meta.get_field(name.lstrip("-").split(LOOKUP_SEP)[0]))
    ]
    if len(shown) < len(ordering):
        query.add_ordering(*shown, "pk")


def _accessor_model(model: type[models.Model], name: str) -> Any:
    """The model behind `instance.<name>`, forward or reverse."""
    for field in model._meta.get_fields():
        accessor = getattr(field, "get_accessor_name", lambda field=field: field.name)()
        if accessor == name and field.related_model is not None:
            return field.related_model
    raise ValueError(f"{model.__name__} has no rows behind {name!r}.")

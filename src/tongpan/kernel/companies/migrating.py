"""Bringing the tables of one schema to the newest migration.

Django makes a migration's picture of the models anew with every operation: each new model is put
beside all others that lean on the same ones, and nearly all of ours lean on units and people. Two
hundred models were rendered some two hundred times, most of a minute for a company. Here a model
that is new joins the picture as it would join a program that is being loaded; all else is Django's.
"""

from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django_tenants.utils import get_public_schema_name

SHARED = get_public_schema_name()


def migrate(schema: str) -> None:
    """Bring this schema to the newest migration: a company's, or `SHARED`. Must be there already.

    Each migration is a transaction: what was cut off goes on where it stopped. Django's own table
    of permissions stays empty, for nobody asks it.
    """
    company = cast("Any", connection)
    company.set_schema(schema, include_public=False)  # its own record of migrations, not another's
    try:
        MigrationRecorder(connection).ensure_schema()
        company.set_schema(schema)
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        executor.migrate(_newest(executor.loader, schema), state=_applied(executor.loader))
    finally:
        company.set_schema_to_public()


def _newest(loader: MigrationLoader, schema: str) -> list[tuple[str, str]]:
    """The last migration of each app whose tables stand in this schema."""
    names = settings.SHARED_APPS if schema == SHARED else settings.TENANT_APPS
    labels = {app.label for app in apps.get_app_configs() if app.name in names}
    return [leaf for leaf in loader.graph.leaf_nodes() if leaf[0] in labels]


def _applied(loader: MigrationLoader) -> ProjectState:
    """The picture of what this schema has had so far."""
    nodes = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    return _Growing(loader.project_state(nodes).models, loader.unmigrated_apps)


class _Growing(ProjectState):
    """A picture that a new model joins by itself; its copies are Django's own."""

    def add_model(self, model_state: ModelState) -> None:
        rendered = self.apps
        del self.__dict__["apps"]  # without a picture nothing of it is made anew
        super().add_model(model_state)
        self.__dict__["apps"] = rendered
        rendered.render_multiple([model_state])

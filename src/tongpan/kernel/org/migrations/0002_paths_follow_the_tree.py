"""A trigger: whatever writes units, a path is the parent's path and the unit's own code.

The parent is locked against a move in another transaction: of two that cross, the later waits and
is refused. Runs after the whole statement, so one statement may move a branch.
"""

from typing import Any

from django.db import migrations
from psycopg import sql

MAKE = """
create function {schema}.org_unit_path_follows() returns trigger language plpgsql
set search_path = {schema}, pg_temp as $$
declare
  above text := '/';
begin
  if new.parent_id is not null then
    select path into above from org_unit where id = new.parent_id for share;
  end if;
  if new.path <> above || new.code || '/'
    or exists (select from org_unit below
               where below.parent_id = new.id and below.path <> new.path || below.code || '/')
  then
    raise exception 'The path % of unit % does not follow the tree.', new.path, new.code
      using errcode = 'check_violation', constraint = 'unit_path_follows_the_tree';
  end if;
  return null;
end $$;

create constraint trigger unit_path_follows_the_tree
  after insert or update of parent_id, code, path on {schema}.org_unit
  for each row execute function {schema}.org_unit_path_follows();
"""

TAKE_AWAY = """
drop trigger unit_path_follows_the_tree on {schema}.org_unit;
drop function {schema}.org_unit_path_follows();
"""


def _run(text: str) -> Any:
    def run(_apps: Any, schema_editor: Any) -> None:
        schema = sql.Identifier(schema_editor.connection.schema_name)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(sql.SQL(text).format(schema=schema))

    return run


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [migrations.RunPython(_run(MAKE), _run(TAKE_AWAY))]

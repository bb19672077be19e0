"""The database function that says what a person holds: one plan, kept by each connection."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

HELD_BEFORE = """
create or replace function org_held(p_person uuid) returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_array(
                   a.code, u.path, a.amount_max::text, u.time_zone, g.valid_from, g.valid_until
               )), '[]')
        from role_grant g
        join person p on p.id = g.person_id and p.is_active
        join role_action a on a.role_id = g.role_id
        join org_unit u on u.id = g.unit_id
        where g.person_id = p_person
    );
end $$;
"""

HELD = """
-- Every code that a person's roles hold: [code, path, amount, time zone, from, until, closed] of
-- each; closed are the modules that are switched off there, above or below, as [module, path].
-- A person who is switched off holds nothing, wherever their name still stands.
create or replace function org_held(p_person uuid) returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_array(
                   a.code, u.path, a.amount_max::text, u.time_zone, g.valid_from, g.valid_until,
                   coalesce(off.closed, '[]')
               )), '[]')
        from role_grant g
        join person p on p.id = g.person_id and p.is_active
        join role_action a on a.role_id = g.role_id
        join org_unit u on u.id = g.unit_id
        left join lateral (
            select jsonb_agg(jsonb_build_array(m.module, at.path)) as closed
            from module_off m join org_unit at on at.id = m.unit_id
            where starts_with(at.path, u.path) or starts_with(u.path, at.path)
        ) off on true
        where g.person_id = p_person
    );
end $$;
"""


def create_before(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """As it was before units could do without modules."""
    editor.execute(HELD_BEFORE, params=None)


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(HELD, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function org_held(uuid)")

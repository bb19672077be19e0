"""The table of history and the one function that writes it, in one company's schema."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql

from tongpan.kernel.companies.partitions import APP_ROLE, drop_sql, ensure_month_sql, guard_sql

TABLE = """
create table history (
    id uuid not null,
    business_date date not null,
    at timestamptz not null,
    action text not null,
    kind text not null,
    subject uuid not null,
    org_unit uuid,
    actor uuid,
    authorised_by uuid,
    via text not null,
    changes jsonb not null,
    note text not null,
    primary key (business_date, id)
) partition by range (business_date);
create index history_of_a_subject on history (subject, at desc);
create index history_of_an_actor on history (actor, at desc);
"""

WRITE = """
create or replace function history_write(
    p_actor uuid, p_authorised_by uuid, p_via text,
    p_rows jsonb  -- of each its id, day, moment, action, kind, subject, org unit, changes and note
) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare
    month text = '';
begin
    for n in 0 .. jsonb_array_length(p_rows) - 1 loop
        continue when month = left(p_rows->n->>1, 7);
        month := left(p_rows->n->>1, 7);
        perform history_ensure_month((month || '-01')::date);
    end loop;
    insert into history
    select (r->>0)::uuid, (r->>1)::date, (r->>2)::timestamptz, r->>3, r->>4, (r->>5)::uuid,
           (r->>6)::uuid, p_actor, p_authorised_by, p_via, r->7, r->>8
    from jsonb_array_elements(p_rows) r;
end $$;
"""
WROTE_ONE = (
    "drop function if exists history_write("
    "uuid, date, timestamptz, text, text, uuid, uuid, uuid, uuid, text, jsonb, text)"
)

# Not the owner's: a person's own rights are enough to recognise a request and to write documents.
BEGIN = """
-- What the gate must know first: whether the request was carried out before, and what the acting
-- person holds. Of two equal requests at one moment the later waits here for the earlier.
create or replace function gate_begin(
    p_id uuid, p_action text, p_digest bytea, p_subject uuid, p_at timestamptz,
    p_person uuid,  -- null: what they hold is known
    out known_digest bytea, out known_subject uuid, out held jsonb
) language plpgsql as $$
begin
    if p_person is not null then
        held := org_held(p_person);
    end if;
    if p_id is not null then
        insert into request (id, action, digest, subject, at)
            values (p_id, p_action, p_digest, p_subject, p_at) on conflict (id) do nothing;
        if not found then
            select digest, subject into known_digest, known_subject from request where id = p_id;
        end if;
    end if;
end $$;
"""

LOOK = """
-- The same without a transaction around it: nothing is written, so an equal request at the same
-- moment is not seen here. `gate_take` refuses it.
create or replace function gate_look(
    p_id uuid, p_person uuid, out known_digest bytea, out known_subject uuid, out held jsonb
) language plpgsql stable as $$
begin
    if p_person is not null then
        held := org_held(p_person);
    end if;
    select digest, subject into known_digest, known_subject from request where id = p_id;
end $$;

-- Keep a request in the statement that carries it out. TP009: it was carried out a moment ago.
create or replace function gate_take(
    p_id uuid, p_action text, p_digest bytea, p_subject uuid, p_at timestamptz
) returns boolean language plpgsql as $$
begin
    insert into request (id, action, digest, subject, at)
        select p_id, p_action, p_digest, p_subject, p_at where p_id is not null
        on conflict (id) do nothing;
    if not found and p_id is not null then
        raise exception 'request % is known', p_id using errcode = 'TP009';
    end if;
    return true;
end $$;
"""

POSTED = """
-- Write documents that are posted as they are written, as slips of a till are. Each takes the next
-- number of its series, in the order given; the series are locked in one order. Says the numbers.
create or replace function documents_write_posted(p_rows jsonb) returns text[]
language plpgsql as $$
declare
    numbers text[];
begin
    with given as materialized (
        select g.*, row_number() over (partition by series order by n) as nth,
               count(*) over (partition by series) as of_series
        from rows from (jsonb_to_recordset(p_rows) as (
            id uuid, type text, series text, prefix text, digits int, org_unit uuid, on_day date,
            currency text, total numeric, follows uuid, party uuid, at timestamptz, by_whom uuid
        )) with ordinality g(id, type, series, prefix, digits, org_unit, on_day, currency, total,
                             follows, party, at, by_whom, n)
    ), taken as (
        insert into number_series as s (key, last)
        select distinct series, of_series from given order by series
        on conflict (key) do update set last = s.last + excluded.last
        returning key, last
    ), numbered as (
        select given.*, prefix || case when length(serial) < digits
                                       then lpad(serial, digits, '0') else serial end as number
        from given join taken on taken.key = given.series
        cross join lateral (select (taken.last - of_series + nth)::text as serial) s
    ), written as (
        insert into document (id, type, number, state, org_unit_id, business_date, currency, total,
                              follows_id, party, note, version, created_at, created_by_id,
                              changed_at, posted_at, posted_by_id)
        select id, type, number, 'posted', org_unit, on_day, currency, total, follows, party, '', 1,
               at, by_whom, at, at, by_whom
        from numbered order by n
    )
    select array_agg(number order by n) into numbers from numbered;
    return numbers;
end $$;
"""

RIGHTS = """
revoke execute on function history_write from public;
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke insert, update, delete, truncate on history from {app};
        grant execute on function history_write, history_ensure_month to {app};
    end if;
end $$;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration: table, guards, functions and rights."""
    editor.execute(TABLE + guard_sql("history"), params=None)
    install_functions(_apps, editor)


def install_functions(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions anew for the schema they live in."""
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    editor.execute(WROTE_ONE, params=None)
    editor.execute(ensure_month_sql("history", schema), params=None)
    editor.execute(WRITE.format(schema=sql.Identifier(schema).as_string()), params=None)
    editor.execute(RIGHTS.format(app=APP_ROLE), params=None)


def install_gate(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions of the gate anew."""
    editor.execute(BEGIN + LOOK + POSTED, params=None)


def drop_look(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function gate_look; drop function gate_take")


def drop_gate(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function gate_begin; drop function documents_write_posted")


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function history_write")
    editor.execute(drop_sql("history"))

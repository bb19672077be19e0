"""The table of history, its chain and the functions that write them, in one company's schema."""

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
    xid xid8 not null default pg_current_xact_id(),
    mark bytea,
    primary key (business_date, id)
) partition by range (business_date);
create index history_of_a_subject on history (subject, at desc);
create index history_of_an_actor on history (actor, at desc);
create index history_of_a_transaction on history (xid);
"""

# A company that was there before its lines had marks and a chain.
COLUMNS = """
alter table history add column if not exists xid xid8 not null default pg_current_xact_id();
alter table history add column if not exists mark bytea;
create index if not exists history_of_a_transaction on history (xid);
"""

CHAIN = """
-- What every mark is made with; only the functions here read it.
create table history_secret (
    is_only boolean primary key default true check (is_only),
    secret bytea not null
);
insert into history_secret (secret) select sha256(convert_to(string_agg(
    gen_random_uuid()::text, ''), 'UTF8')) from generate_series(1, 4);

-- The lines of history, chained by their hashes in the order in which they became visible.
create table history_seal (
    position bigint primary key check (position > 0),
    id uuid not null unique,
    business_date date not null,
    hash bytea not null
);

-- How far the chain has come: one row. Every line of a transaction before `seen` is in it, as long
-- as this is the same `cluster`, where numbers of transactions mean something.
create table history_sealed (
    is_only boolean primary key default true check (is_only),
    position bigint not null default 0,
    hash bytea not null default '',
    seen xid8 not null default '0',
    cluster bigint not null
);
insert into history_sealed (cluster) select system_identifier from pg_control_system();
"""

MARK_OLD = """
alter table history disable trigger user;
update history h set mark = history_mark(s.secret, history_text(
    id, business_date, at, action, kind, subject, org_unit, actor, authorised_by, via, changes, note
)) from history_secret s where mark is null;
alter table history enable trigger user;
"""

CHAIN_RIGHTS = """
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke all on history_secret from {app};
        revoke insert, update, delete, truncate on history_seal, history_sealed from {app};
    end if;
end $$;
"""

DROP_CHAIN = """
drop function history_verify;
drop function history_seal_next;
drop function if exists history_mark(bytea, text), history_mark(text);
drop function history_text;
drop table history_sealed;
drop table history_seal;
drop function history_seal_is_append_only;
drop table history_secret;
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
        if to_regclass('history_' || replace(month, '-', '_')) is null then
            perform history_ensure_month((month || '-01')::date);
        end if;
    end loop;
    insert into history (id, business_date, at, action, kind, subject, org_unit, actor,
                         authorised_by, via, changes, note, mark)
    select n.*, history_mark(s.secret, history_text(n.id, n.business_date, n.at, n.action, n.kind,
               n.subject, n.org_unit, n.actor, n.authorised_by, n.via, n.changes, n.note))
    from history_secret s cross join (
        select (r->>0)::uuid as id, (r->>1)::date as business_date, (r->>2)::timestamptz as at,
               r->>3 as action, r->>4 as kind, (r->>5)::uuid as subject, (r->>6)::uuid as org_unit,
               p_actor as actor, p_authorised_by as authorised_by, p_via as via, r->7 as changes,
               r->>8 as note
        from jsonb_array_elements(p_rows) r
    ) n;
end $$;
"""

WRITE_BEFORE = """
create or replace function history_write(
    p_actor uuid, p_authorised_by uuid, p_via text, p_rows jsonb
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
    insert into history (id, business_date, at, action, kind, subject, org_unit, actor,
                         authorised_by, via, changes, note)
    select (r->>0)::uuid, (r->>1)::date, (r->>2)::timestamptz, r->>3, r->>4, (r->>5)::uuid,
           (r->>6)::uuid, p_actor, p_authorised_by, p_via, r->7, r->>8
    from jsonb_array_elements(p_rows) r;
end $$;
"""

SEAL = """
-- The text that a line's mark and hash are made of: the same whatever the session's settings are.
-- This and the next are in plain SQL, without settings of their own, so that the planner puts their
-- text in the place of their call: a line of history is written with each action.
create or replace function history_text(
    id uuid, business_date date, at timestamptz, action text, kind text, subject uuid,
    org_unit uuid, actor uuid, authorised_by uuid, via text, changes jsonb, note text
) returns text language sql stable as $$
    select jsonb_build_array(
        id, to_char(business_date, 'YYYY-MM-DD'),
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, kind, subject,
        org_unit, actor, authorised_by, via, changes, note
    )::text
$$;

-- The mark of a line: nobody who cannot read the secret can make one.
create or replace function history_mark(secret bytea, line text) returns bytea
language sql immutable as $$ select sha256(secret || convert_to(line, 'UTF8')) $$;

-- Put the next lines that became visible into the chain, at most so many; says how many.
create or replace function history_seal_next(at_most integer) returns integer
language plpgsql security definer set search_path = {schema}, pg_temp
set client_min_messages = warning as $$
declare
    state record;
    present pg_snapshot := pg_current_snapshot();
    here bigint := (select system_identifier from pg_control_system());
    h history;
    sealed integer := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended({schema_text} || '.history_seal', 0)) then
        return 0;                          -- another dispatcher is at it
    end if;
    select * into strict state from history_sealed;
    for h in
        select * from history
        where (xid >= state.seen or here <> state.cluster)
          and not exists (select from history_seal s where s.id = history.id)
        order by xid, id limit at_most
    loop
        sealed := sealed + 1;
        state.position := state.position + 1;
        state.hash := sha256(state.hash || convert_to(history_text(
            h.id, h.business_date, h.at, h.action, h.kind, h.subject, h.org_unit, h.actor,
            h.authorised_by, h.via, h.changes, h.note), 'UTF8'));
        insert into history_seal (position, id, business_date, hash)
            values (state.position, h.id, h.business_date, state.hash);
    end loop;
    update history_sealed set
        position = state.position,
        hash = state.hash,
        seen = case when sealed < at_most then pg_snapshot_xmin(present) else seen end,
        cluster = case when sealed < at_most then here else cluster end
    where sealed > 0 or here <> cluster;
    return sealed;
end $$;

-- Walk the chain and name every place where it does not hold; 0 is a line that is not in it.
create or replace function history_verify() returns table (place bigint, problem text)
language plpgsql stable security definer set search_path = {schema}, pg_temp as $$
begin
    return query
    with line as (
        select s.position, lag(s.position, 1, 0::bigint) over w as before,
               lag(s.hash, 1, ''::bytea) over w as chain, s.hash, h.id, h.mark,
               history_text(h.id, h.business_date, h.at, h.action, h.kind, h.subject, h.org_unit,
                   h.actor, h.authorised_by, h.via, h.changes, h.note) as said
        from history_seal s
        left join history h on h.business_date = s.business_date and h.id = s.id
        window w as (order by s.position)
    ), judged as (
        select position, case
            when position <> before + 1 then 'lines are missing before this one'
            when id is null then 'the line is missing'
            when hash <> sha256(chain || convert_to(said, 'UTF8')) then 'the line was changed'
            when mark is distinct from history_mark((select secret from history_secret), said)
                then 'the line was not written by the program'
        end as wrong from line
    )
    select position, wrong from judged where wrong is not null
    union all
    select s.position, 'the end of the chain is missing' from history_sealed s
    left join lateral (
        select e.position, e.hash from history_seal e order by e.position desc limit 1
    ) l on true
    where s.position <> coalesce(l.position, 0) or s.hash <> coalesce(l.hash, '')
    union all
    select 0, 'line ' || h.id || case when h.xid < s.seen and s.cluster = c.system_identifier
        then ' was put in afterwards' else ' was not written by the program' end
    from history h, history_sealed s, pg_control_system() c
    where not exists (select from history_seal l where l.id = h.id)
      and ((h.xid < s.seen and s.cluster = c.system_identifier)
           or h.mark is distinct from history_mark(
               (select secret from history_secret),
               history_text(h.id, h.business_date, h.at, h.action, h.kind, h.subject, h.org_unit,
                   h.actor, h.authorised_by, h.via, h.changes, h.note)));
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

TAKE = """
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
    numbers text[] := '{}';
    taken_of text;  -- the series whose numbers were taken last, at once for all its documents
    serial bigint;
    d record;
begin
    for d in
        select * from rows from (jsonb_to_recordset(p_rows) as (
            id uuid, type text, series text, prefix text, digits int, org_unit uuid, on_day date,
            currency text, total numeric, follows uuid, party uuid, at timestamptz, by_whom uuid
        )) with ordinality g(id, type, series, prefix, digits, org_unit, on_day, currency, total,
                             follows, party, at, by_whom, n)
        order by series, n
    loop
        if taken_of is distinct from d.series then
            taken_of := d.series;
            serial := 1;
            if jsonb_array_length(p_rows) > 1 then
                select count(*) into serial from jsonb_array_elements(p_rows) r
                    where r ->> 'series' = taken_of;
            end if;
            insert into number_series as s (key, last) values (taken_of, serial)
                on conflict (key) do update set last = s.last + excluded.last
                returning last - serial into serial;
        end if;
        serial := serial + 1;
        numbers[d.n] :=
            d.prefix || lpad(serial::text, greatest(d.digits, length(serial::text)), '0');
        insert into document (id, type, number, state, org_unit_id, business_date, currency, total,
                              follows_id, party, note, version, created_at, created_by_id,
                              changed_at, posted_at, posted_by_id)
            values (d.id, d.type, numbers[d.n], 'posted', d.org_unit, d.on_day, d.currency, d.total,
                    d.follows, d.party, '', 1, d.at, d.by_whom, d.at, d.at, d.by_whom);
    end loop;
    return numbers;
end $$;
"""

RIGHTS = """
revoke execute on function history_write, history_seal_next, history_verify from public;
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke insert, update, delete, truncate on history from {app};
        grant execute on function history_write, history_ensure_month, history_seal_next,
            history_verify to {app};
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
    names = {
        "schema": sql.Identifier(schema).as_string(),
        "schema_text": sql.Literal(schema).as_string(),
    }
    editor.execute(SEAL.format(**names) + WRITE.format(**names), params=None)
    editor.execute(RIGHTS.format(app=APP_ROLE), params=None)


def create_chain(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Chain the lines of history, those that are there already first."""
    editor.execute(COLUMNS + CHAIN + guard_sql("history_seal"), params=None)
    editor.execute(CHAIN_RIGHTS.format(app=APP_ROLE), params=None)
    install_functions(_apps, editor)
    editor.execute(MARK_OLD, params=None)


def drop_chain(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    names = {"schema": sql.Identifier(schema).as_string()}
    editor.execute(DROP_CHAIN + WRITE_BEFORE.format(**names), params=None)


def install_gate(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions of the gate anew."""
    editor.execute(BEGIN + TAKE + POSTED, params=None)


def drop_take(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function gate_take")


def drop_gate(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function gate_begin; drop function documents_write_posted")


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function history_write")
    editor.execute(drop_sql("history"))

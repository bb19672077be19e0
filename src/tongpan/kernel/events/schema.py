"""The tables and database functions of events, installed into one company's schema.

Functions run with the rights of the owner and a search path that ends in `pg_temp`, so a temporary
table can never stand in for one of ours. `install_functions` may be run again at any time: after a
schema was restored under another name it must be, because the name is written into each function.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql

APP_ROLE = "tp_app"

TABLES = """
create sequence event_seq;

-- What happened. Written in the same transaction as the change; `seq` is the order of writing and
-- `xid` the writing transaction, by which the feed finds what became visible since it last looked.
create table event (
    business_date date not null,
    id uuid not null,
    seq bigint not null default nextval('event_seq'),
    xid xid8 not null default pg_current_xact_id(),
    name text not null check (name ~ '^[a-z0-9_]+([.][a-z0-9_]+)+$'),
    subject uuid not null,
    org_unit uuid not null,
    actor uuid,
    authorised_by uuid,
    occurred_at timestamptz not null,
    payload jsonb not null,
    primary key (business_date, id)
) partition by range (business_date);
create index event_xid on event (xid);

-- The numbered feed: positions without gaps, given after commit, chained by their hashes.
create table feed (
    position bigint primary key check (position > 0),
    event uuid not null unique,
    business_date date not null,
    hash bytea not null
);

-- How far the numbering has come: one row. `seen` is the snapshot whose events all have numbers,
-- and `cluster` the database cluster in which that snapshot means something.
create table feed_state (
    is_only boolean primary key default true check (is_only),
    position bigint not null default 0,
    hash bytea not null default '',
    seen pg_snapshot not null default pg_current_snapshot(),
    cluster bigint not null
);
insert into feed_state (seen, cluster)
    select '1:1:'::pg_snapshot, system_identifier from pg_control_system();

-- How far each subscriber has read, and how often its next event has failed.
create table feed_cursor (
    subscriber text primary key,
    position bigint not null,
    tries integer not null default 0,
    retry_at timestamptz
);

-- Events that a subscriber could not take, kept for a person to look at and replay.
create table feed_parked (
    subscriber text not null,
    position bigint not null,
    tries integer not null,
    error text not null,
    parked_at timestamptz not null,
    primary key (subscriber, position)
);

-- Which job has had its effect, written in the transaction of that effect.
create table job_done (
    key uuid not null,
    job text not null,
    done_at timestamptz not null,
    primary key (key, job)
);
create index job_done_at on job_done (done_at);

create function events_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'Events and their feed are never changed or deleted (%).', tg_table_name
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger event_is_kept before update or delete on event
    for each row execute function events_are_kept();
create trigger feed_is_kept before update or delete on feed
    for each row execute function events_are_kept();
create trigger event_is_kept_whole before truncate on event
    for each statement execute function events_are_kept();
create trigger feed_is_kept_whole before truncate on feed
    for each statement execute function events_are_kept();
"""

FUNCTIONS = """
-- Make the partition of a day's month. Attaching does not block those who write to other months.
create or replace function events_ensure_month(day date) returns void
language plpgsql security definer set search_path = @schema@, pg_temp as $$
declare
    first date := date_trunc('month', day)::date;
    part text := 'event_' || to_char(first, 'YYYY_MM');
begin
    if to_regclass(format('%I.%I', @name@, part)) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(@name@ || '.events_ensure_month', 0));
    -- Asked of the catalogue itself: another session may have made the month while we waited, and
    -- `to_regclass` remembers that it was not there.
    if exists (select from pg_class where relname = part
                 and relnamespace = quote_ident(@name@)::regnamespace) then
        return;
    end if;
    execute format('create table %I (like event including defaults including constraints)', part);
    execute format('revoke insert, update, delete, truncate on %I from @app@', part);
    execute format('create trigger event_is_kept_whole before truncate on %I '
                   'for each statement execute function events_are_kept()', part);
    execute format('alter table event attach partition %I for values from (%L) to (%L)',
                   part, first, (first + interval '1 month')::date);
end $$;

-- Write events: a list of objects with the columns as keys. The only way to write any. Of an object
-- with `nth`, the payload gets that one of the numbers: its document was written a moment ago.
drop function if exists events_record(jsonb);
create or replace function events_record(happened jsonb, numbers text[] default null)
returns void
language plpgsql security definer set search_path = @schema@, pg_temp as $$
declare
    month text = '';
begin
    for n in 0 .. jsonb_array_length(happened) - 1 loop
        continue when month = left(happened -> n ->> 'business_date', 7);
        month := left(happened -> n ->> 'business_date', 7);
        if to_regclass('event_' || replace(month, '-', '_')) is null then
            perform events_ensure_month((month || '-01')::date);
        end if;
    end loop;
    insert into event (business_date, id, name, subject, org_unit, actor, authorised_by,
                       occurred_at, payload)
    select (e ->> 'business_date')::date, (e ->> 'id')::uuid, e ->> 'name',
           (e ->> 'subject')::uuid, (e ->> 'org_unit')::uuid, (e ->> 'actor')::uuid,
           (e ->> 'authorised_by')::uuid, (e ->> 'occurred_at')::timestamptz,
           case when e ->> 'nth' is null then e -> 'payload'
                else e -> 'payload' || jsonb_build_object('number', numbers[(e ->> 'nth')::int]) end
    from jsonb_array_elements(happened) with ordinality as given (e, n) order by n;
end $$;

-- The text that an event's hash is made of: the same whatever the session's settings are.
create or replace function events_text(place bigint, e event) returns text
language sql stable security definer set search_path = @schema@, pg_temp as $$
    select jsonb_build_array(
        place, e.id, to_char(e.business_date, 'YYYY-MM-DD'), e.name, e.subject, e.org_unit,
        e.actor, e.authorised_by,
        to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.payload
    )::text
$$;

-- Number what became visible since the last round, at most so many, and tell the open pages once.
--
-- New is what the present snapshot shows and the snapshot `seen` did not: written by transactions
-- that had not begun then, or that were under way then. An open transaction holds up nobody else's
-- events, and its own come later. Among the new, `seq` is the order in which they were written;
-- whoever waited for another's lock wrote later, so the events of one subject keep their order.
-- `seen` moves only when nothing new is left, so a small limit never skips anything.
-- In another cluster (a restored backup) transaction ids mean something else: there, everything
-- that has no number yet gets one, and `seen` starts afresh.
-- The plan is fixed to indexes, because statistics lag behind a table that only grows.
create or replace function events_number(at_most integer, out numbered integer, out head bigint)
language plpgsql security definer set search_path = @schema@, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set client_min_messages = warning as $$
declare
    state feed_state;
    present pg_snapshot;
    under_way xid8[];
    own xid8;
    here bigint;
    is_moved boolean;
    is_more boolean := false;
    e event;
begin
    numbered := 0;
    if not pg_try_advisory_xact_lock(hashtextextended(@name@ || '.events_number', 0)) then
        return;                            -- another dispatcher is at it; head stays null
    end if;
    select * into strict state from feed_state;
    head := state.position;
    present := pg_current_snapshot();
    own := pg_current_xact_id_if_assigned();
    under_way := array(select pg_snapshot_xip(state.seen));
    here := (select system_identifier from pg_control_system());
    is_moved := here <> state.cluster;
    for e in
        select news.* from (
            select * from event
            where not is_moved and xid >= pg_snapshot_xmax(state.seen)
              and xid < pg_snapshot_xmax(present) and xid is distinct from own
              and pg_visible_in_snapshot(xid, present)
            union all
            select * from event
            where not is_moved and xid = any (under_way) and xid is distinct from own
              and pg_visible_in_snapshot(xid, present)
            union all
            select * from event where not is_moved and xid = own
            union all
            select * from event where is_moved
        ) news
        where not exists (select from feed where feed.event = news.id)
        order by news.seq
        limit at_most::bigint + 1
    loop
        is_more := numbered = at_most;
        exit when is_more;
        head := head + 1;
        numbered := numbered + 1;
        state.hash := sha256(state.hash || convert_to(events_text(head, e), 'UTF8'));
        insert into feed (position, event, business_date, hash)
            values (head, e.id, e.business_date, state.hash);
    end loop;
    if numbered > 0 or (is_moved and not is_more) then
        update feed_state set
            position = head,
            hash = state.hash,
            seen = case when is_more then seen else present end,
            cluster = case when is_more then cluster else here end;
    end if;
    if numbered > 0 then
        perform pg_notify('live', @name@);
    end if;
end $$;

-- Walk the chain and name every place where it does not hold.
create or replace function events_verify(out place bigint, out problem text) returns setof record
language plpgsql stable security definer set search_path = @schema@, pg_temp as $$
declare
    f feed;
    e event;
    expected bigint := 0;
    before bytea := '';
    state feed_state;
begin
    select * into strict state from feed_state;
    for f in select * from feed where feed.position <= state.position order by feed.position loop
        expected := expected + 1;
        place := f.position;
        if f.position <> expected then
            problem := 'positions are missing before this one';
            return next;
            expected := f.position;
        end if;
        select * into e from event where business_date = f.business_date and id = f.event;
        if e.id is null then
            problem := 'the event is missing';
            return next;
        elsif f.hash <> sha256(before || convert_to(events_text(f.position, e), 'UTF8')) then
            problem := 'the hash does not fit';
            return next;
        end if;
        before := f.hash;
    end loop;
    if expected <> state.position or before <> state.hash then
        place := state.position;
        problem := 'the end of the feed is missing';
        return next;
    end if;
end $$;
"""

RIGHTS = """
revoke execute on function events_ensure_month, events_record, events_text, events_number,
    events_verify from public;
do $$ begin
    if exists (select from pg_roles where rolname = '@app@') then
        revoke insert, update, delete, truncate on event, feed, feed_state from @app@;
        revoke usage, update on sequence event_seq from @app@;
        grant execute on function events_ensure_month, events_record, events_number, events_verify
            to @app@;
    end if;
end $$;
"""

DROP = """
drop function events_verify;
drop function events_number;
drop function events_record;
drop function events_ensure_month;
drop function events_text;
drop table job_done, feed_parked, feed_cursor, feed_state, feed, event;
drop sequence event_seq;
drop function events_are_kept;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The first migration: tables, functions and rights in the schema that is being migrated."""
    editor.execute(TABLES, params=None)
    install_functions(_apps, editor)


def install_functions(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions anew for the schema they live in."""
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    names = {
        "@schema@": sql.Identifier(schema).as_string(),
        "@name@": sql.Literal(schema).as_string(),
        "@app@": APP_ROLE,
    }
    for text in (FUNCTIONS, RIGHTS):
        for mark, name in names.items():
            text = text.replace(mark, name)
        editor.execute(text, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(DROP, params=None)

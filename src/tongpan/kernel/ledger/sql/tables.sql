-- The ledger's tables, made once for each company. Functions, triggers and grants: functions.sql.

-- What an account is never changes, and its totals change in every posting. So what it must be is
-- checked by a trigger when it is opened (functions.sql): a CHECK here would be read, parsed and
-- computed again with each of those updates, and that was a third of their cost.
create table account (
  id          bigint generated always as identity primary key,
  ledger      text   not null,
  org_unit    uuid   not null references org_unit,
  role        text   not null,
  holder      uuid   not null,
  unit        uuid   not null,
  lot         text   not null default '',
  owner       uuid,
  line        uuid,
  -- Made from the eight names, so it is the same on every node and cannot be wrong.
  key         uuid   not null unique generated always as (md5(
                ledger || '|' || org_unit::text || '|' || role || '|' || holder::text || '|' ||
                unit::text || '|' || lot || '|' || coalesce(owner::text, '') || '|' ||
                coalesce(line::text, ''))::uuid) stored,

  entity      uuid   not null references legal_entity,
  floor       numeric(24,6),
  ceiling     numeric(24,6),
  valued      boolean not null default false,
  kept        boolean not null generated always as
                (valued or floor is not null or ceiling is not null) stored,
  is_mirror   boolean not null default false,
  mirror      bigint references account,
  residue     bigint references account,
  difference  bigint references account,

  inflow      numeric(24,6) not null default 0,
  outflow     numeric(24,6) not null default 0,
  value_in    numeric(24,6) not null default 0,
  value_out   numeric(24,6) not null default 0
) with (fillfactor = 70);
create index account_by_unit on account (unit, role, org_unit);
create index account_by_holder on account (holder, role, unit);
create index account_by_line on account (line) where line is not null;

comment on table account is 'A place where value can be. Its totals are read, never summed.';
comment on column account.kept is 'Locked and updated by each posting; others wait to be folded.';
comment on column account.valued is 'A cost pool: it carries value beside quantity.';
comment on column account.is_mirror is 'A money account that always equals the value of its pools.';
comment on column account.mirror is 'Of a pool: the money account that equals its value.';
comment on column account.residue is 'Of a pool: the stock account that takes value without goods.';
comment on column account.difference is 'Of a pool: the money account that takes that value.';

create table posting (
  id            uuid primary key,
  document      uuid not null,
  kind          text not null,
  business_date date not null,
  posted_at     timestamptz not null,
  digest        bytea not null,
  reverses      uuid
);
create index posting_by_document on posting (document);
create unique index posting_reversed_once on posting (reverses) where reverses is not null;

-- One row, two ends: it cannot be unbalanced. An amount of zero is a pure change of value.
-- No foreign keys: each check would lock the hot account's row. `verify` checks the links.
create table entry (
  posting       uuid not null,
  n             integer not null,
  business_date date not null,
  posted_at     timestamptz not null,
  source        bigint not null,
  target        bigint not null,
  amount        numeric(24,6) not null,
  value         numeric(24,6),
  line          uuid,
  constraint entry_makes_sense check (   -- one for all: each costs with every row
    source <> target and amount >= 0 and coalesce(value, 0) >= 0 and (amount > 0 or value > 0)),
  primary key (posting, n, business_date)
) partition by range (business_date);
create index entry_by_source on entry (source, business_date);
create index entry_by_target on entry (target, business_date);

-- The postings whose entries are not yet in the totals of the accounts that are not kept.
create table unfolded (
  posting       uuid primary key,
  business_date date not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

create table period_close (
  entity  uuid primary key references legal_entity,
  through date not null
);

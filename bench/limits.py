"""What a fact costs at least: one call of a small function that writes the same rows, and no more.

The tables are copies of the ledger's own, with the same keys, indexes and partitions. The function
locks the kept accounts in order, checks their floors, and writes posting, entries, totals and
queue. It knows ids instead of keys, values nothing, and recognises nothing but a repeated posting.
"""

LIMIT_SQL = """
create schema if not exists bare;
create table bare.account (
  id bigint primary key, key uuid unique, floor numeric(24,6),
  inflow numeric(24,6) not null default 0, outflow numeric(24,6) not null default 0,
  value_in numeric(24,6) not null default 0, value_out numeric(24,6) not null default 0
) with (fillfactor = 70);
create table bare.posting (like posting including all);
create table bare.entry (like entry including all) partition by range (business_date);
create table bare.entry_now partition of bare.entry default;
create table bare.unfolded (like unfolded including all);
insert into bare.account select id, key, floor, inflow, outflow, value_in, value_out from account;

create function bare.record(
  p_id uuid, p_on date, p_digest bytea, p_kept bigint[], p_out numeric[], p_value numeric[],
  e_source bigint[], e_target bigint[], e_amount numeric[], e_value numeric[]
) returns void language plpgsql as $$
declare short int; r record;
begin
  for r in
    select a.inflow - a.outflow - k.amount as rest, a.floor
      from unnest(p_kept, p_out) k(id, amount) join bare.account a on a.id = k.id
      order by a.id for update of a
  loop
    if r.rest < r.floor then
      raise exception 'not enough';
    end if;
  end loop;
  insert into bare.posting values (p_id, p_id, 'post', p_on, now(), p_digest);
  insert into bare.entry
    select p_id, n, p_on, now(), source, target, amount, value
      from unnest(e_source, e_target, e_amount, e_value)
           with ordinality e(source, target, amount, value, n);
  update bare.account a set outflow = a.outflow + k.amount, value_out = a.value_out + k.value
    from unnest(p_kept, p_out, p_value) k(id, amount, value) where a.id = k.id;
  insert into bare.unfolded values (p_id, p_on);
end $$;
grant usage on schema bare to tp_app;
grant all on all tables in schema bare to tp_app;
"""

RECORD = (
    "select bare.record(%s, %s, %s, %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[],"
    " %s::bigint[], %s::numeric[], %s::numeric[])"
)

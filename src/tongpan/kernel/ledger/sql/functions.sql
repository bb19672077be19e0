-- The only way into the ledger. Installed by `install(schema)`: by the migration, and again after
-- a company's schema was restored or renamed. Doing it twice changes nothing.
--
-- Every function runs as the owner of the tables, and sees only its own company's schema.
--
-- Codes that are raised:
--   TP001 out of bounds    TP004 ends do not belong together    TP007 cannot be reversed
--   TP002 conflict         TP005 period closed                  TP008 never changed
--   TP003 value needed     TP006 stock and money would part     TP010 accounts are not there
-- and 23505 of `posting_reversed_once`: reversed already.

-- Advisory locks of a company: (1, schema) is shared by every posting, and taken alone by whatever
-- changes a rule that postings read; (2, schema) lets one folder run; (3, schema) makes months.


-- Record facts: all their moves, or none. Called once in a transaction.
--
-- A fact that is known already changes nothing (is_new = false). If accounts are named that do not
-- exist, nothing is done and their keys are returned as `missing`. `worth` is the value that each
-- move carried, in the order of the moves.
create or replace function ledger_post(
  -- the postings
  p_id uuid[], p_document uuid[], p_kind text[], p_on date[], p_digest bytea[], p_reverses uuid[],
  -- the accounts they name, each once
  a_key uuid[],
  -- their moves, posting by posting; posting, source and target are positions in the lists above.
  -- A move with a value adds it to the sum `m_sum`; a money move without amount takes that sum.
  m_posting int[], m_source int[], m_target int[], m_amount numeric[], m_value numeric[],
  m_line uuid[], m_sum int[],
  p_at timestamptz,
  -- false for the facts of another home: they are recorded as they are
  p_check boolean,
  out missing uuid[], out is_new boolean[], out worth numeric[]
) language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare
  -- of every account, by its position
  a_id bigint[]; a_kept boolean[]; a_ledger text[]; a_unit uuid[]; a_entity uuid[];
  a_closed date[]; a_is_mirror boolean[];
  -- of the kept ones: running quantity and value, bounds, and what this call moves
  a_quantity numeric[]; a_value numeric[]; a_floor numeric[]; a_ceiling numeric[];
  a_in numeric[] := array_fill(null::numeric, array[cardinality(a_key)]);
  a_out numeric[] := a_in; a_value_in numeric[] := a_in; a_value_out numeric[] := a_in;
  -- of the pools: what one cost when it last moved in this call, their companions, and where their
  -- mirror stands among the accounts (the first of its pools if it is not named)
  a_valued boolean[]; a_last_cost numeric[];
  a_mirror bigint[]; a_residue bigint[]; a_difference bigint[]; a_mirror_at int[];
  -- by mirror: the change of the stock's value less the change of the money; zero in the end
  a_parted numeric[] := array_fill(0::numeric, array[cardinality(a_key)]);
  sums numeric[];                       -- values collected for the money moves, by number
  p_first int[];                        -- each posting's first move
  moves constant int := cardinality(m_posting);
  accounts constant int := cardinality(a_key);
  short jsonb := '[]';
  clash uuid; month date; r record;
  i int; p int; s int; t int; n int; rows int;
  amount numeric; carried numeric; change numeric; excess numeric;
  quantity_before numeric; value_before numeric;
begin
  perform pg_advisory_xact_lock_shared(1, hashtext('{schema}'));

  select array_agg(k.id), array_agg(k.kept), array_agg(k.ledger), array_agg(k.unit),
         array_agg(k.entity), array_agg(k.is_mirror), array_agg(k.through),
         array_agg(k.key) filter (where k.id is null)
    into a_id, a_kept, a_ledger, a_unit, a_entity, a_is_mirror, a_closed, missing
    from (select k.key, a.id, a.kept, a.ledger, a.unit, a.entity, a.is_mirror, c.through
            from unnest(a_key) with ordinality k(key, n)
            left join account a on a.key = k.key
            left join period_close c on c.entity = a.entity
            order by k.n) k;
  if missing is not null then
    return;
  end if;

  -- A fact told twice changes nothing; another fact under a known id is refused. Whoever tells one
  -- that is being recorded at this moment waits here, before anything else is locked.
  if cardinality(p_id) = 1 then          -- what a counter does all day
    insert into posting (id, document, kind, business_date, posted_at, digest, reverses)
      values (p_id[1], p_document[1], p_kind[1], p_on[1], p_at, p_digest[1], p_reverses[1])
      on conflict (id) do nothing;
    is_new := array[found];
  else
    with added as (
      insert into posting (id, document, kind, business_date, posted_at, digest, reverses)
        select k.id, k.document, k.kind, k.business_date, p_at, k.digest, k.reverses
          from unnest(p_id, p_document, p_kind, p_on, p_digest, p_reverses)
               k(id, document, kind, business_date, digest, reverses)
          order by k.id
          on conflict (id) do nothing
          returning id
    )
    select array_agg(k.id in (select id from added) order by k.n) into is_new
      from unnest(p_id) with ordinality k(id, n);
  end if;
  if false = any(is_new) then
    select k.id into clash from unnest(p_id, p_digest) k(id, digest)
      join posting known on known.id = k.id and known.digest <> k.digest;
    if found then
      raise exception 'posting % is known with other content', clash
        using errcode = 'TP002', detail = jsonb_build_object('posting', clash);
    end if;
    if not true = any(is_new) then
      return;
    end if;
  end if;
  if array_remove(p_reverses, null) <> '{}' then
    select k.id into clash
      from unnest(p_reverses) k(id) left join posting o on o.id = k.id
      where k.id is not null and (o.id is null or o.reverses is not null);
    if found then
      raise exception 'posting % is unknown or a reversal itself', clash
        using errcode = 'TP007', detail = jsonb_build_object('posting', clash);
    end if;
  end if;

  for i in 1 .. cardinality(p_on) loop
    if month is null or month <> date_trunc('month', p_on[i]) then
      month := date_trunc('month', p_on[i]);
      if to_regclass('entry_' || to_char(month, 'YYYY_MM')) is null then
        perform ledger_ensure_month(month);
      end if;
    end if;
  end loop;

  -- The only row locks, always in the order of id, so two postings can never wait for each other.
  for r in
    select k.n::int as n, a.inflow, a.outflow, a.value_in, a.value_out, a.floor, a.ceiling,
           a.valued, a.mirror, a.residue, a.difference
      from unnest(a_id, a_kept) with ordinality k(id, is_kept, n)
      join account a on a.id = k.id
      where k.is_kept order by a.id for update of a
  loop
    a_quantity[r.n] := r.inflow - r.outflow;      a_value[r.n] := r.value_in - r.value_out;
    a_floor[r.n] := r.floor;                a_ceiling[r.n] := r.ceiling;
    a_in[r.n] := 0;                      a_out[r.n] := 0;
    a_value_in[r.n] := 0;                         a_value_out[r.n] := 0;
    if r.valued then
      a_valued[r.n] := true;
      a_mirror[r.n] := r.mirror; a_residue[r.n] := r.residue; a_difference[r.n] := r.difference;
    end if;
  end loop;
  for n in 1 .. coalesce(array_upper(a_mirror, 1), 0) loop
    a_mirror_at[n] := coalesce(array_position(a_id, a_mirror[n]),
                               array_position(a_mirror, a_mirror[n]));
  end loop;

  -- Each move in turn, on the running figures: a later move sees what an earlier one did.
  for i in 1 .. moves loop
    p := m_posting[i]; s := m_source[i]; t := m_target[i];
    p_first[p] := coalesce(p_first[p], i);
    continue when not is_new[p];
    if a_ledger[s] <> a_ledger[t] or a_unit[s] <> a_unit[t]
       or (a_ledger[s] = 'money' and a_entity[s] <> a_entity[t]) then
      raise exception 'the ends of move % do not belong together', i using errcode = 'TP004',
        detail = jsonb_build_object('source', a_key[s], 'target', a_key[t]);
    end if;
    if p_on[p] <= greatest(a_closed[s], a_closed[t]) then
      raise exception 'closed through %', greatest(a_closed[s], a_closed[t])
        using errcode = 'TP005', detail = jsonb_build_object(
          'business_date', p_on[p], 'through', greatest(a_closed[s], a_closed[t]));
    end if;

    amount := m_amount[i];
    carried := m_value[i];
    if amount is null then
      amount := coalesce(sums[m_sum[i]], 0);
      m_amount[i] := amount;
    end if;
    if a_valued[s] and carried is null then
      if a_quantity[s] <> 0 then         -- the pool's average; the last goods take all of it
        carried := round(a_value[s] * amount / a_quantity[s], 2);
      else
        carried := round(amount * coalesce(a_last_cost[s], ledger_last_cost(a_id[s])), 2);
      end if;
    end if;
    if a_valued[t] and carried is null then
      raise exception 'move % brings goods without a value', i using errcode = 'TP003',
        detail = jsonb_build_object('target', a_key[t]);
    end if;
    m_value[i] := carried;
    if m_sum[i] is not null and carried is not null then
      sums[m_sum[i]] := coalesce(sums[m_sum[i]], 0) + carried;
    end if;

    if a_kept[s] then
      a_quantity[s] := a_quantity[s] - amount; a_out[s] := a_out[s] + amount;
    end if;
    if a_kept[t] then
      quantity_before := a_quantity[t]; value_before := a_value[t];
      a_quantity[t] := a_quantity[t] + amount; a_in[t] := a_in[t] + amount;
    end if;
    if a_valued[s] then
      a_value[s] := a_value[s] - carried; a_value_out[s] := a_value_out[s] + carried;
      a_parted[a_mirror_at[s]] := a_parted[a_mirror_at[s]] - carried;
      if amount > 0 then a_last_cost[s] := carried / amount; end if;
    end if;
    if a_valued[t] then
      a_value[t] := a_value[t] + carried; a_value_in[t] := a_value_in[t] + carried;
      a_parted[a_mirror_at[t]] := a_parted[a_mirror_at[t]] + carried;
      if amount > 0 then a_last_cost[t] := carried / amount; end if;
    end if;
    if a_is_mirror[s] then a_parted[s] := a_parted[s] + amount; end if;
    if a_is_mirror[t] then a_parted[t] := a_parted[t] - amount; end if;

    -- What a pool holds without goods to carry it leaves at once, in stock and in money.
    continue when not p_check or (a_valued[s] is null and a_valued[t] is null);
    foreach n in array array[s, t] loop
      continue when a_valued[n] is null;
      if n = t and quantity_before < 0 and a_quantity[n] <= 0 then
        -- Goods fill a part of the hole: it keeps the cost at which it was dug.
        excess := a_value[n] - round(value_before * a_quantity[n] / quantity_before, 2);
      elsif n = t and quantity_before < 0 then
        -- Goods fill the hole and more: what remains of them keeps the cost at which they came.
        excess := a_value[n] - round(carried * a_quantity[n] / amount, 2);
      elsif a_quantity[n] = 0 or sign(a_quantity[n]) <> sign(a_value[n]) then
        excess := a_value[n];
      else
        excess := 0;
      end if;
      continue when excess = 0;
      a_value[n] := a_value[n] - excess;
      if excess > 0 then
        a_value_out[n] := a_value_out[n] + excess;
        a_id := a_id || array[a_id[n], a_residue[n], a_mirror[n], a_difference[n]];
      else
        a_value_in[n] := a_value_in[n] - excess;
        a_id := a_id || array[a_residue[n], a_id[n], a_difference[n], a_mirror[n]];
      end if;
      rows := cardinality(a_id);
      m_posting := m_posting || array[p, p];
      m_source := m_source || array[rows - 3, rows - 1];
      m_target := m_target || array[rows - 2, rows];
      m_amount := m_amount || array[0, abs(excess)];
      m_value := m_value || array[abs(excess), null];
      m_line := m_line || array[m_line[i], null];
    end loop;
  end loop;

  for n in 1 .. accounts loop
    if a_parted[n] <> 0 then
      raise exception 'stock value and money would part by %', a_parted[n] using errcode = 'TP006',
        detail = jsonb_build_object('account', a_key[n], 'difference', a_parted[n]);
    end if;
    continue when not a_kept[n] or not p_check;
    change := a_in[n] - a_out[n];
    -- Outside already and moving back is allowed.
    if (a_quantity[n] < a_floor[n] and change < 0)
       or (a_quantity[n] > a_ceiling[n] and change > 0) then
      short := short || jsonb_build_object(
        'account', a_key[n], 'balance', (a_quantity[n] - change)::text, 'change', change::text,
        'floor', a_floor[n]::text, 'ceiling', a_ceiling[n]::text);
    end if;
  end loop;
  if short <> '[]' then
    raise exception 'out of bounds' using errcode = 'TP001', detail = short;
  end if;

  insert into entry (posting, n, business_date, posted_at, source, target, amount, value, line)
    select p_id[m.posting], m.n - p_first[m.posting] + 1, p_on[m.posting], p_at,
           a_id[m.source], a_id[m.target], m.amount, m.value, m.line
      from unnest(m_posting, m_source, m_target, m_amount, m_value, m_line)
           with ordinality m(posting, source, target, amount, value, line, n)
      where is_new[m.posting] and (m.amount > 0 or m.value > 0);
  update account a
    set inflow = a.inflow + k.inflow, outflow = a.outflow + k.outflow,
        value_in = a.value_in + k.value_in, value_out = a.value_out + k.value_out
    from unnest(a_id, a_in, a_out, a_value_in, a_value_out)
         k(id, inflow, outflow, value_in, value_out)
    where a.id = k.id and k.inflow is not null;
  insert into unfolded (posting, business_date)
    select k.id, k.business_date from unnest(p_id, p_on, is_new) k(id, business_date, is_new)
      where k.is_new;
  worth := m_value[1:moves];
end $$;


-- What a statement says of missing accounts that is a transaction of its own: what was written
-- beside the posting must not stay without it.
create or replace function ledger_refuse_missing(p_missing uuid[]) returns uuid[]
language plpgsql security definer set search_path = {schema}, pg_temp as $$
begin
  raise exception 'accounts are not there' using errcode = 'TP010', detail = to_jsonb(p_missing);
end $$;


-- The cost of one, when it last moved; zero if it never did.
create or replace function ledger_last_cost(p_account bigint) returns numeric
language sql stable security definer set search_path = {schema}, pg_temp as $$
  select coalesce((
    select last.value / last.amount from (
      (select business_date, posted_at, n, amount, value from entry
         where source = p_account and amount > 0 and value is not null
         order by business_date desc, posted_at desc, n desc limit 1)
      union all
      (select business_date, posted_at, n, amount, value from entry
         where target = p_account and amount > 0 and value is not null
         order by business_date desc, posted_at desc, n desc limit 1)
    ) last order by business_date desc, posted_at desc, n desc limit 1), 0);
$$;


-- Open the accounts that are not there yet, from a list of objects with the eight names,
-- floor, ceiling, valued, is_mirror, and of a pool mirror_key, residue_key and difference_key.
-- An account belongs to the legal entity that its unit belongs to on that day.
create or replace function ledger_open_accounts(p_accounts jsonb) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
begin
  -- Companions first, each list in one order, so two openers can never wait for each other.
  insert into account (ledger, org_unit, role, holder, unit, lot, owner, line, entity,
                       floor, ceiling, is_mirror)
    select o.ledger, o.org_unit, o.role, o.holder, o.unit, o.lot, o.owner, o.line, u.entity_id,
           o.floor, o.ceiling, o.is_mirror
      from jsonb_populate_recordset(null::account, p_accounts) o
      join org_unit u on u.id = o.org_unit
      where not o.valued
      order by o.ledger, o.org_unit, o.role, o.holder, o.unit, o.lot, o.owner, o.line
      on conflict (key) do nothing;
  insert into account (ledger, org_unit, role, holder, unit, lot, owner, line, entity,
                       floor, ceiling, valued, mirror, residue, difference)
    select o.ledger, o.org_unit, o.role, o.holder, o.unit, o.lot, o.owner, o.line, u.entity_id,
           o.floor, o.ceiling, true, mirror.id, residue.id, difference.id
      from jsonb_to_recordset(p_accounts) o(
             ledger text, org_unit uuid, role text, holder uuid, unit uuid, lot text, owner uuid,
             line uuid, floor numeric, ceiling numeric, valued boolean,
             mirror_key uuid, residue_key uuid, difference_key uuid)
      join org_unit u on u.id = o.org_unit
      left join account mirror on mirror.key = o.mirror_key and mirror.is_mirror
      left join account residue on residue.key = o.residue_key and not residue.kept
      left join account difference on difference.key = o.difference_key
                                  and not difference.kept and not difference.is_mirror
      where o.valued
      order by o.ledger, o.org_unit, o.role, o.holder, o.unit, o.lot, o.owner, o.line
      on conflict (key) do nothing;
end $$;


-- Give an account other bounds. Waits until no posting is under way, because postings read them;
-- an account that is kept from now on must have all its entries in its totals.
create or replace function ledger_set_bounds(p_key uuid, p_floor numeric, p_ceiling numeric)
returns void language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare a account;
begin
  perform pg_advisory_xact_lock(1, hashtext('{schema}'));
  perform pg_advisory_xact_lock(2, hashtext('{schema}'));
  perform ledger_fold(null);
  update account set floor = p_floor, ceiling = p_ceiling where key = p_key returning * into a;
  if a.inflow - a.outflow < p_floor or a.inflow - a.outflow > p_ceiling then
    raise exception 'out of bounds' using errcode = 'TP001',
      detail = jsonb_build_array(jsonb_build_object(
        'account', p_key, 'balance', (a.inflow - a.outflow)::text, 'change', '0',
        'floor', p_floor::text, 'ceiling', p_ceiling::text));
  end if;
end $$;


-- Add the entries of up to `p_limit` waiting postings (null: all) to the totals of the accounts
-- that are not kept. Answers how many postings; 0 also when another folder is at work.
create or replace function ledger_fold(p_limit int) returns int
language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare folded int;
begin
  if not pg_try_advisory_xact_lock(2, hashtext('{schema}')) then
    return 0;
  end if;
  with taken as (
    delete from unfolded where posting in (select posting from unfolded limit p_limit)
      returning posting, business_date
  ), moved as (
    select e.source, e.target, e.amount, coalesce(e.value, 0) as value
      from taken t join entry e on e.posting = t.posting and e.business_date = t.business_date
  ), ends as (
    select target as account, amount as inflow, 0 as outflow, value as value_in, 0 as value_out
      from moved
    union all
    select source, 0, amount, 0, value from moved
  ), added as (
    update account a
      set inflow = a.inflow + k.inflow, outflow = a.outflow + k.outflow,
          value_in = a.value_in + k.value_in, value_out = a.value_out + k.value_out
      from (select account, sum(inflow) as inflow, sum(outflow) as outflow,
                   sum(value_in) as value_in, sum(value_out) as value_out
              from ends group by account) k
      where a.id = k.account and not a.kept
  )
  select count(*) into folded from taken;
  return folded;
end $$;


-- Close an entity's books through a day, or open them again from the day after an earlier one.
create or replace function ledger_close_period(p_entity uuid, p_through date) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
begin
  perform pg_advisory_xact_lock(1, hashtext('{schema}'));
  insert into period_close (entity, through) values (p_entity, p_through)
    on conflict (entity) do update set through = excluded.through;
end $$;


-- Make the partition of a month. Attaching it takes no lock that a posting waits for.
create or replace function ledger_ensure_month(p_day date) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare
  month constant date := date_trunc('month', p_day);
  name constant text := 'entry_' || to_char(month, 'YYYY_MM');
begin
  perform pg_advisory_xact_lock(3, hashtext('{schema}'));
  -- Asked of the table itself: another session may have made the month while we waited.
  if not exists (select from pg_class where relname = name
                   and relnamespace = current_schema::text::regnamespace) then
    execute format('create table %I (like entry including all)', name);
    perform ledger_guard(name);
    execute format('alter table entry attach partition %I for values from (%L) to (%L)',
                   name, month, (month + interval '1 month')::date);
  end if;
end $$;


-- Nobody but the owner's functions writes the table `p_name`; entries and postings are for ever.
create or replace function ledger_guard(p_name text) returns void
language plpgsql set search_path = {schema}, pg_temp as $$
declare writer record;
begin
  for writer in
    select distinct g.grantee, g.grantee::regrole::text as name
      from pg_class c, aclexplode(c.relacl) g
      where c.oid = p_name::regclass and g.grantee <> c.relowner and g.grantee <> 0
  loop
    execute format('revoke insert, update, delete, truncate on %I from %s', p_name, writer.name);
  end loop;
  if p_name ~ '^(posting|entry)' then
    execute format('create or replace trigger never_changed before update or delete or truncate '
                   'on %I for each statement execute function ledger_refuse_change()', p_name);
  end if;
end $$;


-- What an account must be, looked at when it is opened and when its bounds change.
create or replace function ledger_check_account() returns trigger
language plpgsql set search_path = {schema}, pg_temp as $$
declare
  is_pool constant boolean :=
    new.mirror is not null and new.residue is not null and new.difference is not null;
  is_plain constant boolean :=
    new.mirror is null and new.residue is null and new.difference is null;
begin
  if new.ledger not in ('stock', 'promise', 'money', 'points')
     or new.role = '' or position('|' in new.role) > 0
     or new.floor > new.ceiling
     or not (case when new.valued then is_pool and new.ledger = 'stock' else is_plain end)
     or (new.is_mirror and (new.kept or new.ledger <> 'money')) then
    raise exception 'there is no such account: %', to_jsonb(new) using errcode = 'check_violation';
  end if;
  return null;
end $$;

create or replace trigger makes_sense
  after insert or update of floor, ceiling on account
  for each row execute function ledger_check_account();


create or replace function ledger_refuse_change() returns trigger
language plpgsql set search_path = {schema}, pg_temp as $$
begin
  raise exception 'entries and postings are never changed: post the opposite'
    using errcode = 'TP008';
end $$;


do $$
declare name text;
begin
  for name in
    select relname from pg_class
      where relnamespace = current_schema::text::regnamespace
        and relname ~ '^(account|posting|entry(_\d{4}_\d{2})?|unfolded|period_close)$'
  loop
    perform ledger_guard(name);
  end loop;
  for month in -13 .. 2 loop
    perform ledger_ensure_month((current_date + make_interval(months => month))::date);
  end loop;
  for name in
    select oid::regprocedure::text from pg_proc
      where pronamespace = current_schema::text::regnamespace and proname ~ '^ledger_'
  loop
    execute format('revoke execute on function %s from public', name);
    if exists (select from pg_roles where rolname = 'tp_app') and name !~ '^ledger_(guard|check_account|refuse_change)' then
      execute format('grant execute on function %s to tp_app', name);
    end if;
  end loop;
end $$;

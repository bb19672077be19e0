"""What a till sale costs at least: one call of one function that writes the same rows.

The tables are copies of the program's own, with the same keys, foreign keys, indexes and
partitions. The function is told every id and every figure. It locks the shelves in order, checks
their floors, takes the number, and writes request, document, slip, lines, payment, history, event,
posting, entries, totals and queue.
"""

from uuid import UUID

from bench.limits import LIMIT_SQL

TABLES = (
    "request", "number_series", "document", "till_sale", "till_sale_line", "till_payment",
    "history", "event", "posting", "entry", "unfolded",
)  # fmt: skip
CUT = ("till_sale_line", "till_payment", "history", "event")

FOREIGN_KEYS = """
do $$ declare key record; begin
  for key in select conrelid::regclass::text as owner, confrelid::regclass::text as other,
                    pg_get_constraintdef(oid) as rule
             from pg_constraint
             where contype = 'f' and conparentid = 0 and conrelid <> 'account'::regclass
               and connamespace = current_schema::regnamespace
  loop
    if to_regclass('bare.' || key.owner) is not null then
      if to_regclass('bare.' || key.other) is not null then
        key.rule := replace(key.rule, 'REFERENCES ' || key.other, 'REFERENCES bare.' || key.other);
      end if;
      execute format('alter table bare.%s add %s', key.owner, key.rule);
    end if;
  end loop;
end $$;
"""

SELL_SQL = (
    LIMIT_SQL
    + "".join(
        f"create table bare.{table} (like {table} including all)"
        + (" partition by range (business_date);"
           f"create table bare.{table}_now partition of bare.{table} default;"
           if table in CUT else ";")
        for table in TABLES if table not in ("posting", "entry", "unfolded")
    )
    + FOREIGN_KEYS
    + """
create function bare.sell(
  p_id uuid, p_on date, p_till uuid, p_store uuid, p_person uuid, p_digest bytea, p_token text,
  p_method uuid, p_payment uuid, p_net numeric, p_tax numeric,
  l_id uuid[], l_item uuid[], l_unit uuid[], l_category uuid, l_rate numeric, l_quantity numeric[],
  l_price numeric[], l_net numeric[], l_tax numeric[],
  p_history uuid, p_event uuid, p_told jsonb,
  p_kept bigint[], p_out numeric[], p_value numeric[],
  e_source bigint[], e_target bigint[], e_amount numeric[], e_value numeric[]
) returns void language plpgsql as $$
declare serial int; label text; gross numeric := p_net + p_tax; at timestamptz := now();
begin
  insert into bare.request (id, action, digest, subject, at)
    values (p_id, 'till.sale.ring_up', p_digest, p_id, at);
  insert into bare.number_series as s (key, last) values ('till.sale|' || p_till, 1)
    on conflict (key) do update set last = s.last + 1 returning last into serial;
  label := 'LS-' || right(p_till::text, 12) || '-' || lpad(serial::text, 6, '0');
  insert into bare.document (id, type, number, state, org_unit_id, business_date, currency, total,
                             note, version, created_at, created_by_id, changed_at, posted_at,
                             posted_by_id)
    values (p_id, 'till.sale', label, 'posted', p_till, p_on, 'CNY', gross, '', 1, at,
            p_person, at, at, p_person);
  insert into bare.till_sale (document_id, store_id, net, tax, gross, pieces, change, invoiceable,
                              invoice_state, invoice_token)
    values (p_id, p_store, p_net, p_tax, gross, cardinality(l_id), 0, gross, 'none', p_token);
  insert into bare.till_sale_line (id, business_date, document, position, item, unit, barcode,
                                   quantity, base_quantity, price, tax_category, tax_rate, net,
                                   tax, gross, price_from)
    select id, p_on, p_id, n, item, unit, '', quantity, quantity, price, l_category, l_rate, net,
           tax, net + tax, p_person
      from unnest(l_id, l_item, l_unit, l_quantity, l_price, l_net, l_tax)
           with ordinality l(id, item, unit, quantity, price, net, tax, n);
  insert into bare.till_payment (id, business_date, document, method, amount, tendered, reference)
    values (p_payment, p_on, p_id, p_method, gross, gross, '');
  insert into bare.history values (p_history, p_on, at, 'till.sale.ring_up', 'till.sale', p_id,
                                   p_till, p_person, null, 'bench', '{}', '');
  insert into bare.event (business_date, id, name, subject, org_unit, actor, occurred_at, payload)
    values (p_on, p_event, 'till.sale.posted', p_id, p_till, p_person, at, p_told);
  perform bare.record(p_id, p_on, p_digest, p_kept, p_out, p_value, e_source, e_target, e_amount,
                      e_value);
end $$;
grant all on all tables in schema bare to tp_app;
grant usage on sequence event_seq to tp_app;
"""
)  # fmt: skip

SELL = f"select bare.sell({', '.join(['%s'] * 11)}, %s::uuid[], %s::uuid[], %s::uuid[], %s, %s," + (
    " %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s, %s, %s::jsonb, %s::bigint[],"
    " %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])"
)

COUNTED = (
    ("request", "id"), ("document", "id"), ("till_sale", "document_id"),
    ("till_sale_line", "document"), ("till_payment", "document"), ("history", "subject"),
    ("event", "subject"), ("posting", "id"), ("entry", "posting"), ("unfolded", "posting"),
)  # fmt: skip


def rows_sql(schema: str, sale: UUID | str) -> str:
    """How many rows one sale wrote in each table; `schema` ends in a dot or is empty."""
    parts = [
        f"(select count(*) from {schema}{table} where {column} = '{sale}')"
        for table, column in COUNTED
    ]
    return f"select {', '.join(parts)}"

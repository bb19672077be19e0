"""The tables of slip lines and payments: cut by month, written once, in one company's schema."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.kernel.companies.partitions import APP_ROLE, drop_sql, ensure_month_sql, guard_sql

LINE = """
    id uuid not null,
    business_date date not null,
    document uuid not null,
    position integer not null,
    item uuid not null,
    unit uuid not null,
    barcode text not null,
    quantity numeric(24,6) not null check (quantity > 0),
    base_quantity numeric(24,6) not null check (base_quantity > 0),
    price numeric(24,6) not null,
    tax_category uuid,
    tax_rate numeric(7,6) not null,
    net numeric(24,6) not null,
    tax numeric(24,6) not null,
    gross numeric(24,6) not null check (gross = net + tax),
"""
TABLES = {
    "till_sale_line": LINE,
    "till_return_line": LINE + "    sold uuid not null,\n",
    "till_payment": """
    id uuid not null,
    business_date date not null,
    document uuid not null,
    method uuid not null,
    amount numeric(24,6) not null check (amount > 0),
    tendered numeric(24,6) not null check (tendered >= amount),
    reference text not null,
""",
}
INDEXES = """
create index till_return_line_sold on till_return_line (sold);
create index till_sale_line_item on till_sale_line (item, business_date);
"""
RIGHTS = """
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke update, delete, truncate on {table} from {app};
        grant execute on function {table}_ensure_month to {app};
    end if;
end $$;
"""


READ = """
-- The prices of an item below the usual one that hold at a store at a minute of a day: for members,
-- and from a quantity on. Asked only for baskets in which something has any.
create or replace function till_levels(
    p_item uuid, p_unit uuid, p_base_unit uuid, p_factor numeric, p_path text, p_day date,
    p_clock text
) returns jsonb language plpgsql stable as $$
begin
    return (
        select jsonb_agg(jsonb_build_array(
            v.id, v.buyer = 'members', v.tier_id, v.from_quantity, v.price * v.factor, v.factor
        ))
        from (
            select distinct on (v.buyer, v.tier_id, v.from_quantity, v.unit_id) v.id, v.buyer,
                   v.tier_id, v.from_quantity, v.price,
                   case when v.unit_id = p_unit then 1 else p_factor end as factor
            from price_level v
            join prices_pricelist l on l.id = v.price_list_id
            join org_unit o on o.id = l.org_unit_id
            where v.item_id = p_item and v.unit_id in (p_unit, p_base_unit) and v.state = 'active'
              and (v.valid_from, v.from_clock) <= (p_day, p_clock)
              and (v.valid_until is null or v.valid_until >= p_day)
              and l.state = 'active' and l.holds_for = 'everybody' and l.valid_from <= p_day
              and (l.valid_until is null or l.valid_until >= p_day)
              and starts_with(p_path, o.path)
            order by v.buyer, v.tier_id, v.from_quantity, v.unit_id, length(o.path) desc,
                     l.valid_from desc, v.valid_from desc, v.from_clock desc
        ) v
    );
end $$;

-- What items cost at a store at a minute of a day, and by which price: of each [item, unit or null,
-- path of the store, day, clock] that is asked for. The same choices as `prices.queries.price_of`
-- and `taxes.queries.rate_of`, for many at once: the unit's own price before one that is worked out
-- from the base unit's, then the nearest list, then the one that began last, then the price that
-- began last. An item that the store, or what is above it, says not to sell is in no state to be
-- sold. Beside the price stand the lower ones that hold: for members, and from a quantity on. A
-- basket is small beside the catalogue, so each of its items is looked up by its key.
create or replace function till_offers(p_asked jsonb) returns jsonb language plpgsql stable
set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    has_levels boolean = exists (
        select from price_level where item_id = any(array(
            select (a ->> 0)::uuid from jsonb_array_elements(p_asked) a
        ))
    );
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_array(
            i.id, u.unit_id, i.code, i.name, i.kind,
            case when here.is_sellable is false then 'not sold here' else i.state end,
            i.base_unit_id, m.step, b.step,
            case when u.unit_id = i.base_unit_id then 1
                 else coalesce(f.factor, m.size / b.size) end,
            case when p.unit_id = u.unit_id then p.price
                 else p.price * coalesce(f.factor, m.size / b.size) end, c.id,
            case when c.treatment = 'taxable' then r.rate else 0 end, m.name, p.id,
            i.is_price_open,
            case when has_levels then till_levels(
                i.id, u.unit_id, i.base_unit_id, coalesce(f.factor, m.size / b.size), asked.path,
                asked.on_day, asked.clock
            ) end,
            asked.path, asked.on_day, asked.clock
        )), '[]')
        from (
            select (a ->> 0)::uuid as item, (a ->> 1)::uuid as unit, a ->> 2 as path,
                   (a ->> 3)::date as on_day, a ->> 4 as clock
            from jsonb_array_elements(p_asked) a
        ) asked
        join items_item i on i.id = asked.item
        cross join lateral (select coalesce(asked.unit, i.base_unit_id) as unit_id) u
        join items_unitofmeasure m on m.id = u.unit_id
        join items_unitofmeasure b on b.id = i.base_unit_id
        left join items_itemunit f on f.item_id = i.id and f.unit_id = u.unit_id
        left join taxes_taxcategory c on c.id = i.tax_category_id
        left join lateral (
            select at.is_sellable from items_itematunit at join org_unit o on o.id = at.org_unit_id
            where at.item_id = i.id and at.state = 'active' and at.valid_from <= asked.on_day
              and starts_with(asked.path, o.path)
            order by length(o.path) desc, at.valid_from desc
            limit 1
        ) here on true
        left join lateral (
            select rate from taxes_taxrate
            where category_id = c.id and valid_from <= asked.on_day and state = 'active'
            order by valid_from desc limit 1
        ) r on true
        left join lateral (
            select p.id, p.price, p.unit_id from prices_price p
            join prices_pricelist l on l.id = p.price_list_id
            join org_unit o on o.id = l.org_unit_id
            where p.item_id = i.id and p.unit_id in (u.unit_id, i.base_unit_id)
              and p.barcode_id is null and p.state = 'active'
              and (p.valid_from, p.from_clock) <= (asked.on_day, asked.clock)
              and l.state = 'active' and l.holds_for = 'everybody' and l.valid_from <= asked.on_day
              and (l.valid_until is null or l.valid_until >= asked.on_day)
              and starts_with(asked.path, o.path)
            order by p.unit_id = u.unit_id desc, length(o.path) desc, l.valid_from desc,
                     p.valid_from desc, p.from_clock desc
            limit 1
        ) p on true
    );
end $$;

-- The ways of paying that are in use.
create or replace function till_methods() returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_array(
            id, code, name, gives_change, is_refundable, is_invoiceable, is_by_provider, kind
        )), '[]')
        from payment_method where state = 'active'
    );
end $$;
"""
WRITE = """
-- Write slips of one kind whole, with their documents, lines and payments, and say their numbers.
-- All four lists are objects with the columns as keys; documents and slips are in the same order.
create or replace function {slips}_write(
    p_documents jsonb, p_slips jsonb, p_lines jsonb, p_payments jsonb
) returns text[] language plpgsql as $$
declare
    numbers text[];
    month text = '';
begin
    for n in 0 .. jsonb_array_length(p_documents) - 1 loop
        continue when month = left(p_documents -> n ->> 'on_day', 7);
        month := left(p_documents -> n ->> 'on_day', 7);
        if to_regclass('{lines}_' || replace(month, '-', '_')) is null
            or to_regclass('till_payment_' || replace(month, '-', '_')) is null then
            perform {lines}_ensure_month((month || '-01')::date);
            perform till_payment_ensure_month((month || '-01')::date);
        end if;
    end loop;
    numbers := documents_write_posted(p_documents);
    insert into {slips} (document_id, store_id, net, tax, gross, pieces, {own})
    select id, store, net, tax, net + tax, pieces, {own}
    from jsonb_to_recordset(p_slips) as (
        id uuid, store uuid, net numeric, tax numeric, pieces int, {own_types}
    );
    insert into {lines} (id, business_date, document, position, item, unit, barcode, quantity,
                         base_quantity, price, tax_category, tax_rate, net, tax, gross, {more})
    select id, on_day, document, position, item, unit, barcode, quantity, base_quantity, price,
           tax_category, tax_rate, net, tax, net + tax, {more}
    from jsonb_to_recordset(p_lines) as (
        id uuid, on_day date, document uuid, position int, item uuid, unit uuid, barcode text,
        quantity numeric, base_quantity numeric, price numeric, tax_category uuid,
        tax_rate numeric, net numeric, tax numeric, {more_types}
    );
    insert into till_payment (id, business_date, document, method, amount, tendered, reference)
    select id, on_day, document, method, amount, tendered, reference
    from jsonb_to_recordset(p_payments) as (
        id uuid, on_day date, document uuid, method uuid, amount numeric, tendered numeric,
        reference text
    );
{also}    return numbers;
end $$;
"""
REMARKS = """
    if jsonb_path_exists(p_documents, '$[*].note') then
        update document d set note = n.note
        from jsonb_to_recordset(p_documents) as n(id uuid, note text)
        where d.id = n.id and n.note is not null;
    end if;
"""


def install_functions(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions of reading and writing anew."""
    sales = WRITE.format(
        slips="till_sale", lines="till_sale_line", more="price_from, price_level, remark",
        more_types="price_from uuid, price_level uuid, remark text",
        own="change, invoiceable, invoice_state, invoice_token",
        own_types="change numeric, invoiceable numeric, invoice_state text, invoice_token text",
        also=REMARKS,
    )  # fmt: skip
    returns = WRITE.format(
        slips="till_return", lines="till_return_line", more="sold", more_types="sold uuid",
        own="reason", own_types="reason text", also="",
    )  # fmt: skip
    editor.execute(READ + sales + returns, params=None)


def drop_functions(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for name in (
        "till_offers",
        "till_levels",
        "till_methods",
        "till_sale_write",
        "till_return_write",
    ):
        editor.execute(f"drop function {name}")


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration: tables, their guards, and the functions that make their months."""
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    for table, columns in TABLES.items():
        body = f"create table {table} ({columns} primary key (business_date, id))"
        editor.execute(f"{body} partition by range (business_date)", params=None)
        editor.execute(f"create index {table}_document on {table} (document)", params=None)
        editor.execute(guard_sql(table), params=None)
        editor.execute(ensure_month_sql(table, schema), params=None)
        editor.execute(RIGHTS.format(table=table, app=APP_ROLE), params=None)
    editor.execute(INDEXES, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        editor.execute(drop_sql(table), params=None)

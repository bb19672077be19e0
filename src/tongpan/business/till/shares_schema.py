"""The tables of shares: what was taken off each line, by what and by whom. Cut by month, written
once, in one company's schema; the slip's own statement writes them."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.business.till.schema import RIGHTS
from tongpan.kernel.companies.partitions import APP_ROLE, drop_sql, ensure_month_sql, guard_sql

SHARE = """
    id uuid not null,
    business_date date not null,
    document uuid not null,
    line uuid not null,
    position integer not null,
    kind text not null check (kind in ('promotion', 'coupon', 'line', 'receipt', 'rounding')),
    promotion uuid,
    times integer,
    amount numeric(24,6) not null check (amount > 0),
    reason text not null,
    by_whom uuid,
"""
TABLES = {
    "till_sale_share": SHARE,
    "till_return_share": SHARE + "    of_share uuid not null,\n",
}
INDEXES = """
create index till_sale_share_promotion on till_sale_share (promotion, business_date)
    where promotion is not null;
create index till_return_share_of on till_return_share (of_share);
create index till_return_share_promotion on till_return_share (promotion, business_date)
    where promotion is not null;
"""
# What was taken off a line is what it would have cost less what was left to pay.
TAKEN_OFF = """
alter table till_sale_line add column taken_off numeric(24,6)
    generated always as (nullif(round(price * quantity, 2) - gross, 0)) stored
"""
NO_TAKEN_OFF = "alter table till_sale_line drop column taken_off"
WRITE = """
-- Write what was taken off lines of sales, and what returns give back of it. It says nothing, so
-- that it can stand beside the calls that write the slips.
create or replace function till_shares_write(p_sold jsonb, p_back jsonb) returns text[]
language plpgsql as $$
begin
    perform till_sale_share_ensure_month(m.month) from (
        select distinct date_trunc('month', (s ->> 'on_day')::date)::date as month
        from jsonb_array_elements(p_sold) s
    ) m;
    perform till_return_share_ensure_month(m.month) from (
        select distinct date_trunc('month', (s ->> 'on_day')::date)::date as month
        from jsonb_array_elements(p_back) s
    ) m;
    insert into till_sale_share (id, business_date, document, line, position, kind, promotion,
                                 times, amount, reason, by_whom)
    select id, on_day, document, line, position, kind, promotion, times, amount, reason, by_whom
    from jsonb_to_recordset(p_sold) as (
        id uuid, on_day date, document uuid, line uuid, position int, kind text, promotion uuid,
        times int, amount numeric, reason text, by_whom uuid
    );
    insert into till_return_share (id, business_date, document, line, position, kind, promotion,
                                   times, amount, reason, by_whom, of_share)
    select id, on_day, document, line, position, kind, promotion, times, amount, reason, by_whom,
           of_share
    from jsonb_to_recordset(p_back) as (
        id uuid, on_day date, document uuid, line uuid, position int, kind text, promotion uuid,
        times int, amount numeric, reason text, by_whom uuid, of_share uuid
    );
    return '{}';
end $$;
"""
READ = """
-- What promotions ask of items: [id, path of the category, brand] of each.
create or replace function till_goods(p_items jsonb) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_array(i.id, coalesce(c.path, ''), i.brand)), '[]')
    from jsonb_array_elements_text(p_items) given
    join items_item i on i.id = given::uuid
    left join items_itemcategory c on c.id = i.category_id
$$;

-- What promotions ask of a member: their tags.
create or replace function till_member_tags(p_member uuid) returns text language sql stable as $$
    select m.tags
    from membership_member asked
    join membership_member m on m.id = coalesce(asked.merged_into_id, asked.id)
    where asked.id = p_member
$$;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration: tables, their guards and months, and the functions that write and read."""
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    for table, columns in TABLES.items():
        body = f"create table {table} ({columns} primary key (business_date, id))"
        editor.execute(f"{body} partition by range (business_date)", params=None)
        editor.execute(f"create index {table}_document on {table} (document)", params=None)
        editor.execute(guard_sql(table), params=None)
        editor.execute(ensure_month_sql(table, schema), params=None)
        editor.execute(RIGHTS.format(table=table, app=APP_ROLE), params=None)
    editor.execute(ensure_month_sql("till_sale_line", schema), params=None)  # columns worked out
    editor.execute(INDEXES + WRITE + READ + TAKEN_OFF, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(NO_TAKEN_OFF)
    for function in ("till_shares_write", "till_goods", "till_member_tags"):
        editor.execute(f"drop function {function}")
    for table in TABLES:
        editor.execute(drop_sql(table), params=None)

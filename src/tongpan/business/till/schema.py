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

"""The function that keeps how a top-up was paid beside the payments of slips."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEEP = """
-- How a top-up was paid, or paid out, in the table where the payments of slips stand.
create or replace function stored_value_keep_payment(
    p_id uuid, p_on date, p_document uuid, p_method uuid, p_amount numeric, p_reference text
) returns void language plpgsql as $$
begin
    perform till_payment_ensure_month(date_trunc('month', p_on)::date);
    insert into till_payment (id, business_date, document, method, amount, tendered, reference)
    values (p_id, p_on, p_document, p_method, p_amount, p_amount, p_reference);
end $$;
"""


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the function anew."""
    editor.execute(KEEP, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function stored_value_keep_payment", params=None)

"""What the statement that posts a sale on account does besides: it takes its turn with all that the
customer comes to owe (`sales.queries.TAKE_TURNS`), looks once more at what they owe, and says whose
the sale is. A sale that names no customer does not call it."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OWE = """
create function till_owe(
    p_sale uuid, p_customer uuid, p_due date, p_currency uuid, p_most numeric
) returns text[] language plpgsql as $$
begin
    if p_most is not null then
        perform pg_advisory_xact_lock(hashtextextended('credit ' || p_customer, 0));
        if (
            select coalesce(sum(inflow - outflow), 0) from account
            where ledger = 'money' and unit = p_currency and role in ('receivable', 'deposit')
              and holder = p_customer
        ) > p_most then
            raise exception 'The customer came to owe more.' using errcode = '40001';
        end if;
    end if;
    update till_sale set customer_id = p_customer, due_on = p_due where document_id = p_sale;
    return '{}';
end $$;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(OWE, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function till_owe")

"""What the database holds to: answers are only added, and a charge pays for one sale once."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ANSWERS = """
create function payments_answer_stays() returns trigger language plpgsql as $$
begin
    raise exception 'What was answered is not changed.' using errcode = 'TP001';
end $$;
create trigger payments_answer_stays before update or delete on payments_answer
for each row execute function payments_answer_stays();
"""
CHARGES = """
-- What is known of attempts: [id, sale, store, method, amount, whether it can pay for its sale].
create function payments_look(p_attempts uuid[]) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_array(
        id, sale, store_id, method, amount,
        state = 'charged' and used_at is null and refunding = 0 and cancel_asked_at is null
    )), '[]')
    from payments_attempt where id = any(p_attempts)
$$;

-- Let charged attempts pay for their sales: each of {attempt, sale, store, method, amount}. It is
-- all of them, each once, or whoever asked tries again and finds what became of them.
create function payments_take(p_taken jsonb, p_at timestamptz) returns text[]
language plpgsql as $$
declare
    used integer;
begin
    update payments_attempt a set used_at = p_at
    from jsonb_to_recordset(p_taken) as t (
        attempt uuid, sale uuid, store uuid, method uuid, amount numeric
    )
    where a.id = t.attempt and a.sale = t.sale and a.store_id = t.store and a.method = t.method
      and a.amount = t.amount and a.state = 'charged' and a.used_at is null and a.refunding = 0
      and a.cancel_asked_at is null;
    get diagnostics used = row_count;
    if used <> jsonb_array_length(p_taken) then
        raise exception 'A charge cannot pay for this sale.' using errcode = '40001';
    end if;
    return '{}';
end $$;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(ANSWERS + CHARGES, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop trigger payments_answer_stays on payments_answer")
    for name in ("payments_answer_stays", "payments_look", "payments_take"):
        editor.execute(f"drop function {name}")

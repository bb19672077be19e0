"""What must hold in the ledger at every moment, checked from the rows alone.

Each check is one statement that answers how much it looked at and what it found wrong. The
functions make all of this impossible; `verify` looks whether that is so, and with `damages` the
checks themselves are checked: each piece of damage must be found by the check of its name.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection
from django.db.backends.utils import CursorWrapper

from tongpan.base.invariants import Invariant

# Every account's balance and value at this moment, and the same summed from its entries.
_BALANCES = """
with ends as (
    select e.target as account, e.posting, e.amount as inflow, 0 as outflow,
           coalesce(e.value, 0) as value_in, 0 as value_out from entry e
    union all
    select e.source, e.posting, 0, e.amount, 0, coalesce(e.value, 0) from entry e
), summed as (
    select account, sum(inflow) as inflow, sum(outflow) as outflow,
           sum(value_in) as value_in, sum(value_out) as value_out
      from ends group by account
), waiting as (
    select account, sum(inflow) as inflow, sum(outflow) as outflow,
           sum(value_in) as value_in, sum(value_out) as value_out
      from ends join unfolded using (posting) group by account
), balance as (
    select a.*, a.inflow + coalesce(w.inflow, 0) as all_in,
           a.outflow + coalesce(w.outflow, 0) as all_out,
           a.value_in + coalesce(w.value_in, 0) as all_value_in,
           a.value_out + coalesce(w.value_out, 0) as all_value_out
      from account a left join waiting w on w.account = a.id and not a.kept
)
"""

_OURS = """c.relnamespace = current_schema::text::regnamespace
    and c.relname ~ '^(account|posting|entry(_[0-9]{4}_[0-9]{2})?|unfolded|period_close)$'
"""

_WRITERS = f"""
select g.grantee::regrole::text as writer, c.relname, g.privilege_type
  from pg_class c, aclexplode(c.relacl) g
  where {_OURS} and g.grantee <> c.relowner
    and g.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
"""

_TABLES = """
select c.oid, c.relname from pg_class c
  where c.relnamespace = current_schema::text::regnamespace
    and c.relname ~ '^(posting|entry(_[0-9]{4}_[0-9]{2})?)$' and c.relkind in ('r', 'p')
"""

# code: (how many were looked at, what is wrong)
CHECKS: dict[str, tuple[str, str]] = {
    "ledger.each_unit_sums_to_zero": (
        "select count(distinct (ledger, unit)) from account",
        f"""{_BALANCES} select ledger || ' ' || unit || ': ' || sum(all_in - all_out)
            from balance group by ledger, unit having sum(all_in - all_out) <> 0""",
    ),
    "ledger.money_sums_to_zero_in_each_entity": (
        "select count(distinct (entity, unit)) from account where ledger = 'money'",
        f"""{_BALANCES} select entity || ' ' || unit || ': ' || sum(all_in - all_out)
            from balance where ledger = 'money' group by entity, unit
            having sum(all_in - all_out) <> 0""",
    ),
    "ledger.totals_are_the_sums_of_entries": (
        "select count(*) from account",
        f"""{_BALANCES} select b.id || ' ' || b.role || ': ' || b.all_in - b.all_out
            from balance b left join summed s on s.account = b.id
            where (b.all_in, b.all_out, b.all_value_in, b.all_value_out) <>
                  (coalesce(s.inflow, 0), coalesce(s.outflow, 0),
                   coalesce(s.value_in, 0), coalesce(s.value_out, 0))""",
    ),
    "ledger.balances_are_within_bounds": (
        "select count(*) from account where floor is not null or ceiling is not null",
        """select id || ' ' || role || ': ' || inflow - outflow from account
           where inflow - outflow < floor or inflow - outflow > ceiling
              or inflow < 0 or outflow < 0 or value_in < 0 or value_out < 0""",
    ),
    "ledger.stock_equals_money": (
        "select count(*) from account where is_mirror",
        f"""{_BALANCES} select m.id || ' ' || m.role || ': ' || m.all_in - m.all_out
                        || ' is not ' || coalesce(sum(p.value_in - p.value_out), 0)
            from balance m left join account p on p.mirror = m.id where m.is_mirror
            group by m.id, m.role, m.all_in, m.all_out
            having m.all_in - m.all_out <> coalesce(sum(p.value_in - p.value_out), 0)""",
    ),
    "ledger.value_needs_goods": (
        "select count(*) from account where valued",
        """select id || ' ' || role || ': ' || value_in - value_out || ' for ' || inflow - outflow
           from account where valued and value_in <> value_out
             and sign(inflow - outflow) <> sign(value_in - value_out)""",
    ),
    "ledger.ends_belong_together": (
        "select count(*) from entry",
        """select e.posting || ' ' || e.n from entry e
           join account s on s.id = e.source join account t on t.id = e.target
           where s.ledger <> t.ledger or s.unit <> t.unit
              or (s.ledger = 'money' and s.entity <> t.entity)""",
    ),
    "ledger.entries_have_accounts_and_a_posting": (
        "select count(*) from entry",
        """select e.posting || ' ' || e.n from entry e
           left join account s on s.id = e.source left join account t on t.id = e.target
           left join posting p on p.id = e.posting and p.business_date = e.business_date
                              and p.posted_at = e.posted_at
           where s.id is null or t.id is null or p.id is null""",
    ),
    "ledger.postings_have_entries": (
        "select count(*) from posting",
        """select p.id::text from posting p where not exists (
             select from entry e where e.posting = p.id and e.business_date = p.business_date)
           union all
           select u.posting::text from unfolded u
             left join posting p on p.id = u.posting and p.business_date = u.business_date
             where p.id is null""",
    ),
    "ledger.reversed_at_most_once": (
        "select count(*) from posting",
        """select r.reverses || ' by ' || count(*) from posting r
           where r.reverses is not null group by r.reverses having count(*) > 1
           union all
           select r.id::text from posting r left join posting o on o.id = r.reverses
           where r.reverses is not null and (o.id is null or o.reverses is not null)""",
    ),
    "ledger.tables_refuse_changes": (
        f"select count(*) from ({_TABLES}) t",
        f"""select t.relname from ({_TABLES}) t left join pg_trigger g
              on g.tgrelid = t.oid and g.tgname = 'never_changed' and g.tgenabled = 'O'
              and g.tgtype = 58 and g.tgfoid = 'ledger_refuse_change'::regproc
            where g.oid is null""",
    ),
    "ledger.only_functions_write": (
        f"select count(*) from pg_class c where {_OURS}",
        f"select relname || ': ' || writer || ' ' || privilege_type from ({_WRITERS}) w",
    ),
    "ledger.functions_are_at_home": (
        """select count(*) from pg_proc where proname ~ '^ledger_'
             and pronamespace = current_schema::text::regnamespace""",
        """select proname from pg_proc where proname ~ '^ledger_'
             and pronamespace = current_schema::text::regnamespace
             and (proconfig is distinct from
                    array['search_path=' || quote_ident(current_schema) || ', pg_temp']
                  or (not prosecdef and proname not in
                        ('ledger_guard', 'ledger_check_account', 'ledger_refuse_change')))
        """,
    ),
}

# What a mistake or a hand in the tables could do, by the check that must notice it. Run by the
# owner of the tables on a copy that is thrown away.
_LAST = "(select id from account where valued and inflow > outflow order by id limit 1)"
_PLANTED = """insert into entry select p.id, 1000000, p.business_date, p.posted_at, {ends}, 1, 0
              from posting p limit 1"""
DAMAGES: dict[str, str] = {
    "ledger.each_unit_sums_to_zero": f"update account set inflow = inflow + 1 where id = {_LAST}",
    "ledger.money_sums_to_zero_in_each_entity": """
        update account set inflow = inflow + 1
          where id = (select id from account where ledger = 'money' limit 1)""",
    "ledger.totals_are_the_sums_of_entries": f"""
        update account set inflow = inflow + 1, outflow = outflow + 1 where id = {_LAST}""",
    "ledger.balances_are_within_bounds": f"""
        update account set floor = inflow - outflow + 1 where id = {_LAST}""",
    "ledger.stock_equals_money": f"""
        update account set value_in = value_in + 0.01 where id = {_LAST}""",
    "ledger.value_needs_goods": f"update account set outflow = inflow where id = {_LAST}",
    "ledger.ends_belong_together": _PLANTED.format(
        ends="""(select id from account where ledger = 'money' limit 1),
                (select id from account where ledger = 'stock' limit 1)"""
    ),
    "ledger.entries_have_accounts_and_a_posting": _PLANTED.format(ends="-1, -2"),
    "ledger.postings_have_entries": """
        insert into posting values (gen_random_uuid(), gen_random_uuid(), 'post', '2026-11-21',
                                    now(), '')""",
    "ledger.reversed_at_most_once": """
        drop index posting_reversed_once;
        insert into posting select gen_random_uuid(), p.document, 'reverse', p.business_date,
               p.posted_at, '', p.id
          from (select * from posting where reverses is null limit 1) p, generate_series(1, 2)""",
    "ledger.tables_refuse_changes": "alter table posting disable trigger never_changed",
    "ledger.only_functions_write": "grant insert on entry to tp_app",
    "ledger.functions_are_at_home": "alter function ledger_fold(int) set search_path = public",
}


def verify(codes: Collection[str] = tuple(CHECKS)) -> list[Invariant]:
    """Look at every row of the ledger, in one snapshot a check; or only at some of it."""
    found = []
    with _whole_tables() as cursor:
        for code in codes:
            count, wrong = CHECKS[code]
            cursor.execute(count)
            checked = cursor.fetchone()[0]
            cursor.execute(wrong)
            violations = tuple(str(place) for (place,) in cursor.fetchall())
            found.append(Invariant(code, checked, violations))
    return found


@contextmanager
def _whole_tables() -> Iterator[CursorWrapper]:
    """A cursor that joins tables whole, however small they are thought to be.

    While much is written in one transaction, statistics can say that a table is empty: each entry
    then looked through all accounts, and what takes half a second took minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("set enable_nestloop = off")
        try:
            yield cursor
        finally:
            cursor.execute("reset enable_nestloop")


def worth() -> tuple[Decimal, Decimal]:
    """What all goods are worth by the stock ledger, and by the money ledger: the same figure."""
    with _whole_tables() as cursor:
        cursor.execute(
            f"""{_BALANCES}
            select coalesce(sum(value_in - value_out) filter (where valued), 0),
                   coalesce(sum(all_in - all_out) filter (where is_mirror), 0) from balance"""
        )
        stock, money = cursor.fetchone()
    return stock, money

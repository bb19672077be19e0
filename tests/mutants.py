"""Each guard of the kernel, taken away one at a time; the named tests must then fail.

`MUTANTS` is the list. As a pytest plugin (`-p tests.mutants` with TONGPAN_MUTANT=name) this module
takes the guard away: from the database's functions in every copy of the template, or from a Python
module as it is imported. `./tongpan prove mutants` runs every one of them.
"""

# ruff: noqa: E501 - a guard is quoted as it stands, on one line

import os
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import cache_from_source
from typing import Any

LEDGER, EVENTS = "tests/kernel/ledger", "tests/kernel/events"
DOCUMENTS, ORG = "tests/kernel/documents", "tests/kernel/org"
POSTING, REFUSALS = f"{LEDGER}/test_posting.py", f"{LEDGER}/test_refusals.py"
AT_ONCE, QUERIES = f"{LEDGER}/test_at_once.py", f"{LEDGER}/test_queries.py"
GUARDED, PROPERTIES = f"{LEDGER}/test_append_only.py", f"{LEDGER}/test_ledger_properties.py"
ALONE = "tests/business/till/test_one_statement.py"
GATE, NUMBERING = f"{DOCUMENTS}/test_gate.py", f"{DOCUMENTS}/test_numbering.py"
PERMISSIONS, VISIBILITY = f"{ORG}/test_permissions.py", f"{ORG}/test_visibility.py"
TILL = "tests/business/till/test_bringing_in.py"
KEPT, OFFERS = "tests/business/till/test_kept_offers.py", "tongpan.business.till.kept"
SQL, KERNEL = "the database's functions", "tongpan.kernel."


@dataclass(frozen=True)
class Mutant:
    """One guard: where it stands, what it says, what is left of it, and who must notice."""

    name: str
    where: str
    old: str
    new: str
    tests: tuple[str, ...]


def sql(name: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(name, SQL, old, new, tests)


def python(name: str, module: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(name, KERNEL + module, old, new, tests)


MUTANTS = (
    sql(
        "lock", "order by a.id for update of a", "order by a.id",
        f"{AT_ONCE}::test_a_till_waits_until_the_one_before_it_has_finished",
    ),
    sql(
        "order", "order by a.id for update of a", "order by random() for update of a",
        f"{AT_ONCE}::test_baskets_in_any_order_are_locked_in_one_order",
    ),
    sql(
        "floor", "(a_quantity[n] < a_floor[n] and change < 0)", "false",
        f"{REFUSALS}::test_every_short_line_is_named_at_once",
    ),
    sql(
        "ceiling", "(a_quantity[n] > a_ceiling[n] and change > 0)", "false",
        f"{REFUSALS}::test_a_wallet_cannot_be_overspent",
    ),
    sql(
        "floor by one", "a_quantity[n] < a_floor[n]", "a_quantity[n] <= a_floor[n]",
        f"{REFUSALS}::test_goods_may_leave_down_to_the_floor",
    ),
    sql(
        "moving back", "and change < 0)", ")",
        f"{REFUSALS}::test_an_account_outside_its_bounds_may_only_move_back",
    ),
    sql(
        "moving down", "and change > 0)", ")",
        f"{REFUSALS}::test_an_account_above_its_ceiling_may_only_move_back",
    ),
    sql(
        "sign of the source", "a_quantity[s] := a_quantity[s] - amount",
        "a_quantity[s] := a_quantity[s] + amount",
        f"{REFUSALS}::test_every_short_line_is_named_at_once",
    ),
    sql(
        "totals of what goes out", "outflow = a.outflow + k.outflow,\n        value_in = a.value_in + k.value_in, value_out = a.value_out + k.value_out\n    from unnest(a_id",
        "outflow = a.outflow,\n        value_in = a.value_in + k.value_in, value_out = a.value_out + k.value_out\n    from unnest(a_id",
        f"{REFUSALS}::test_telling_a_fact_twice_changes_nothing",
    ),
    sql(
        "idempotency", "is_new := array[found];", "is_new := array[true];",
        f"{REFUSALS}::test_telling_a_fact_twice_changes_nothing",
    ),
    sql(
        "idempotency of several", "array_agg(k.id in (select id from added) order by k.n)",
        "array_agg(true order by k.n)",
        f"{REFUSALS}::test_a_batch_records_only_what_is_new",
    ),
    sql(
        "digest", "and known.digest <> k.digest", "and false",
        f"{REFUSALS}::test_another_fact_under_a_known_id_is_refused",
    ),
    sql(
        "rounding", "carried := round(a_value[s] * amount / a_quantity[s], 2);",
        "carried := trunc(a_value[s] * amount / a_quantity[s], 2);",
        f"{POSTING}::test_goods_leave_at_the_average_and_the_last_of_them_takes_all_the_value",
    ),
    sql(
        "rounding to a cent", "carried := round(a_value[s] * amount / a_quantity[s], 2);",
        "carried := round(a_value[s] * amount / a_quantity[s], 6);",
        f"{POSTING}::test_goods_leave_at_the_average_and_the_last_of_them_takes_all_the_value",
    ),
    sql(
        "running figures", "a_value[s] := a_value[s] - carried;", "",
        f"{POSTING}::test_a_later_move_of_a_fact_sees_what_an_earlier_one_did",
    ),
    sql(
        "last cost", "coalesce(a_last_cost[s], ledger_last_cost(a_id[s]))", "0",
        f"{POSTING}::test_goods_below_zero_leave_at_the_last_cost_and_the_next_receipt_posts_the_difference",
    ),
    sql(
        "residue", "continue when excess = 0;", "continue;",
        f"{POSTING}::test_value_without_goods_leaves_at_once",
    ),
    sql(
        "hole filled and more", "round(carried * a_quantity[n] / amount, 2)", "a_value[n]",
        f"{POSTING}::test_goods_below_zero_leave_at_the_last_cost_and_the_next_receipt_posts_the_difference",
    ),
    sql(
        "hole filled in part", "round(value_before * a_quantity[n] / quantity_before, 2)",
        "a_value[n]",
        f"{POSTING}::test_goods_that_fill_a_part_of_the_hole_leave_it_at_its_old_cost",
    ),
    sql(
        "way of the residue", "array[a_residue[n], a_id[n], a_difference[n], a_mirror[n]]",
        "array[a_id[n], a_residue[n], a_mirror[n], a_difference[n]]",
        f"{POSTING}::test_value_that_is_missing_comes_back_at_once",
    ),
    sql(
        "entity", "a_ledger[s] = 'money' and a_entity[s] <> a_entity[t]", "false",
        f"{REFUSALS}::test_money_does_not_cross_entities",
    ),
    sql(
        "one unit", "or a_unit[s] <> a_unit[t]", "",
        f"{REFUSALS}::test_ends_that_count_different_things_are_refused_by_the_database_too",
    ),
    sql(
        "one ledger", "if a_ledger[s] <> a_ledger[t] or", "if",
        f"{REFUSALS}::test_ends_that_count_different_things_are_refused_by_the_database_too",
    ),
    sql(
        "period", "if p_on[p] <= greatest(a_closed[s], a_closed[t]) then", "if false then",
        f"{REFUSALS}::test_nothing_is_posted_into_a_closed_period",
    ),
    sql(
        "period's last day", "if p_on[p] <= greatest", "if p_on[p] < greatest",
        f"{REFUSALS}::test_nothing_is_posted_into_a_closed_period",
    ),
    sql(
        "period of the target", "if p_on[p] <= greatest(a_closed[s], a_closed[t])",
        "if p_on[p] <= a_closed[s]",
        f"{REFUSALS}::test_the_target_s_entity_may_be_closed_too",
    ),
    sql(
        "value from outside", "if a_valued[t] and carried is null then", "if false then",
        f"{REFUSALS}::test_goods_from_outside_must_bring_their_value",
    ),
    sql(
        "stock and money", "if a_parted[n] <> 0 then", "if false then",
        f"{REFUSALS}::test_stock_value_and_money_cannot_part",
    ),
    sql(
        "money without stock", "if a_is_mirror[s] then", "if false then",
        f"{REFUSALS}::test_stock_value_and_money_cannot_part",
    ),
    sql(
        "mirror of two pools", "array_position(a_mirror, a_mirror[n])", "n",
        f"{POSTING}::test_goods_move_inside_a_unit_without_money",
    ),
    sql(
        "reversal of a reversal", "(o.id is null or o.reverses is not null)", "o.id is null",
        f"{REFUSALS}::test_a_reversal_cannot_be_reversed",
    ),
    sql(
        "shared lock of postings", "perform pg_advisory_xact_lock_shared(1,",
        "perform pg_advisory_xact_lock_shared(9,",
        f"{AT_ONCE}::test_a_rule_waits_until_no_posting_is_under_way",
    ),
    sql(
        "fold before a bound", "perform ledger_fold(null);", "",
        f"{REFUSALS}::test_bounds_can_be_set_on_an_account_that_has_moved",
    ),
    sql(
        "bound within balance", "if a.inflow - a.outflow < p_floor", "if false",
        f"{REFUSALS}::test_bounds_that_the_balance_breaks_already_are_refused",
    ),
    sql(
        "missing accounts refused alone",
        "raise exception 'accounts are not there' using errcode = 'TP010', detail = to_jsonb(p_missing);",
        "return p_missing;",
        f"{ALONE}::test_a_power_cut_while_accounts_are_opened_leaves_nothing",
    ),
    sql(
        "request taken once", "if not found and p_id is not null then", "if false then",
        f"{ALONE}::test_one_request_sent_many_times_at_once_sells_once",
    ),
    sql(
        "one folder", "if not pg_try_advisory_xact_lock(2, hashtext('north')) then",
        "if false then",
        f"{AT_ONCE}::test_only_one_folds_at_a_time",
    ),
    sql(
        "fold only what is not kept", "where a.id = k.account and not a.kept",
        "where a.id = k.account",
        f"{QUERIES}::test_a_balance_is_exact_before_and_after_it_is_folded",
    ),
    sql(
        "grants", "execute format('revoke insert, update, delete, truncate", "perform format('",
        f"{GUARDED}::test_a_month_that_is_made_later_is_guarded_as_well",
    ),
    sql(
        "append-only", "raise exception 'entries and postings are never changed: post the opposite'\n    using errcode = 'TP008';",
        "return null;",
        f"{GUARDED}::test_the_owner_may_not_change_what_is_recorded_either",
    ),
    sql(
        "month", "perform ledger_ensure_month(month);", "",
        f"{GUARDED}::test_a_month_that_is_made_later_is_guarded_as_well",
    ),
    python(
        "digest of the moves", "ledger.posting", "for move in self.moves:\n            fed", "for move in ():\n            fed",
        f"{REFUSALS}::test_another_fact_under_a_known_id_is_refused",
    ),
    python(
        "ends exchanged", "ledger.posting", "Move(move.target, move.source,", "Move(move.source, move.target,",
        f"{REFUSALS}::test_a_reversal_puts_quantity_and_value_and_money_back",
    ),
    python(
        "concurrent reversal", "ledger.posting", 'if cause.diag.constraint_name == "posting_reversed_once":',
        "if False:",
        f"{AT_ONCE}::test_a_reversal_that_another_has_not_yet_finished_is_reversed_already",
    ),
    python(
        "waiting entries", "ledger.queries", "left join waiting w on w.account = a.id and not a.kept",
        "left join waiting w on false",
        f"{QUERIES}::test_a_balance_is_exact_before_and_after_it_is_folded",
    ),
    python(
        "waiting entries of kept accounts", "ledger.queries", "w.account = a.id and not a.kept",
        "w.account = a.id",
        f"{QUERIES}::test_a_balance_is_exact_before_and_after_it_is_folded",
    ),
    python(
        "as of", "ledger.queries", "e.business_date > %s", "e.business_date >= %s",
        f"{QUERIES}::test_a_balance_as_of_a_day_counts_facts_of_that_day_and_before",
    ),
    python(
        "owner in the key", "ledger.keys", '"" if owner is None else UUID(int=owner)', '""',
        f"{LEDGER}/test_roles.py::test_keys_that_differ_in_one_name_differ",
    ),
    python(
        "lot in the key", "ledger.keys", "UUID(int=unit), lot,", 'UUID(int=unit), "",',
        f"{LEDGER}/test_roles.py::test_keys_that_differ_in_one_name_differ",
    ),
    python(
        "one call's facts", "ledger.posting", "assert len({fact.posting_id for fact in facts}) == len(facts)",
        "assert True",
        f"{REFUSALS}::test_a_fact_needs_moves_and_a_call_needs_facts_of_their_own_ids",
    ),
    # -- requests, numbers and rights: what the gate asks the database in one call
    sql(
        "known requests", "if not found then", "if false then",
        f"{GATE}::test_the_same_request_has_one_effect",
    ),
    sql(
        "who is switched off", "and p.is_active", "",
        f"{PERMISSIONS}::test_a_person_who_is_switched_off_holds_nothing",
    ),
    sql(
        "one's own grants", "where g.person_id = p_person", "where true",
        f"{PERMISSIONS}::test_what_another_holds_is_not_ones_own",
    ),
    sql(
        "numbers of many", "returning last - serial into serial", "returning last - 1 into serial",
        f"{NUMBERING}::test_documents_that_are_written_posted_take_numbers_in_their_order",
    ),
    sql(
        "numbers of a copy", "if latest.place = here and not is_behind then",
        "if latest.place is not null and not is_behind then",
        f"{NUMBERING}::test_a_restored_copy_gives_no_number_again",
    ),
    sql(
        "numbers that a copy does not know of", "latest.place = here and not is_behind",
        "latest.place = here",
        f"{NUMBERING}::test_books_that_know_of_fewer_numbers_than_were_given_are_a_copy",
    ),
    sql(
        "path of a unit", "if new.path <> above", "if false and new.path <> above",
        f"{ORG}/test_units.py::test_the_database_refuses_a_path_that_does_not_follow_the_tree",
    ),
    python(
        "content of a request", "documents.gate", "if bytes(known) != digest:", "if False:",
        f"{GATE}::test_the_same_request_with_other_content_is_refused",
    ),
    python(
        "permission is asked for", "documents.gate", "assert doing.is_permitted,", "assert True,",
        f"{GATE}::test_an_action_that_forgets_to_ask_for_permission_leaves_nothing",
    ),
    python(
        "state", "documents.gate", "if document.state not in doing.action.states:", "if False:",
        f"{GATE}::test_what_a_state_does_not_offer_is_refused",
    ),
    python(
        "version", "documents.gate", "if doing.version is not None and doing.version != document.version:", "if False:",
        f"{GATE}::test_who_saw_an_older_version_is_told_so",
    ),
    python(
        "another try", "documents.gate", "if connection.in_atomic_block or not _is_retryable(error):", "if True:",
        f"{GATE}::test_a_clash_is_tried_again_and_done_once",
    ),
    python(
        "unit of every row of a batch", "documents.actions.batches", "doing.require(units[unit_id])", "pass",
        f"{DOCUMENTS}/test_batches.py::test_every_unit_of_the_batch_must_be_ones_own",
    ),
    python(
        "unit of every row that is brought in", "documents.actions.bringing", "require(action.permission, unit)", "pass",
        f"{DOCUMENTS}/test_bringing.py::test_every_row_must_be_where_one_may",
    ),
    python(
        "the one row", "companies.rows", "assert len(found) <= 1,", "assert True,",
        "tests/kernel/companies/test_rows.py::test_one_row_is_asked_for_and_not_one_of_two",
    ),
    python(
        "parameters in the order of the calls", "companies.calls", "for call in calls for parameter", "for call in reversed(calls) for parameter",
        "tests/kernel/companies/test_rows.py::test_calls_that_ride_together_each_have_their_own_answer",
    ),
    # -- who may, and who sees
    python(
        "below the unit", "org.scope", "return unit.path.startswith(path)", "return True",
        f"{PERMISSIONS}::test_a_role_holds_at_its_unit_and_below_and_nowhere_else",
    ),
    python(
        "limit of an amount", "org.scope", "abs(amount) <= one.amount_max", "True",
        f"{PERMISSIONS}::test_an_amount_limit_counts_the_size",
    ),
    python(
        "scopes of a token", "org.scope", "if not now_acting.is_in_scopes(code):", "if False:",
        f"{PERMISSIONS}::test_a_token_narrows_and_never_widens",
    ),
    python(
        "days of a grant", "org.context", "return (self.valid_from or today) <= today <= (self.valid_until or today)", "return True",
        f"{PERMISSIONS}::test_a_grant_holds_from_its_first_day_to_the_end_of_its_last_at_the_unit",
    ),
    python(
        "masked columns", "org.visibility", "compiler.__class__ = _guarded_compiler", "_ = _guarded_compiler",
        f"{VISIBILITY}::test_a_masked_field_is_not_in_the_sql",
    ),
    python(
        "masked names", "org.visibility", "if self.masks(field):", "if False:",
        f"{VISIBILITY}::test_a_masked_field_is_behind_no_door",
    ),
    python(
        "end of a session", "org.sessions", "expire_date > %s", "expire_date > %s - interval '9 years'",
        f"{ORG}/test_sessions.py::test_what_was_kept_is_read_again_until_the_session_ends",
    ),
    # -- events, jobs and history
    sql(
        "what was under way", "xid = any (under_way)", "false",
        f"{EVENTS}/test_numbering.py::test_an_open_transaction_neither_hides_nor_delays",
    ),
    sql(
        "what is left for the next round", "seen = case when is_more then seen else present end", "seen = present",
        f"{EVENTS}/test_numbering.py::test_a_limit_skips_nothing",
    ),
    sql(
        "order of the feed", "order by news.seq", "order by news.xid",
        f"{EVENTS}/test_numbering.py::test_a_subject_is_told_in_the_order_of_its_locks_not_of_its_transactions",
    ),
    sql(
        "one dispatcher", "if not pg_try_advisory_xact_lock(hashtextextended('north' || '.events_number', 0)) then", "if false then",
        f"{EVENTS}/test_numbering.py::test_while_one_dispatcher_numbers_another_does_not",
    ),
    sql(
        "chain of the feed", "state.hash := sha256(state.hash || ", "state.hash := sha256(",
        f"{EVENTS}/test_numbering.py::test_damage_to_the_chain_is_noticed",
    ),
    sql(
        "events are kept", "raise exception 'Events and their feed are never changed or deleted (%).', tg_table_name\n        using errcode = 'integrity_constraint_violation';",
        "return null;",
        f"{EVENTS}/test_recording.py::test_not_even_the_owner_changes_events",
    ),
    sql(
        "history is kept", "raise exception 'What is written in % is never changed or deleted.', tg_table_name\n        using errcode = 'integrity_constraint_violation';",
        "return null;",
        f"{DOCUMENTS}/test_history.py::test_the_owner_of_the_tables_may_not_either",
    ),
    python(
        "one effect of a job", "events.jobs", "if not _claim(key, name):", "if False:",
        f"{EVENTS}/test_jobs.py::test_two_jobs_with_one_key_have_one_effect",
    ),
    sql(
        "a new word for prices", "set word = gen_random_uuid()::text", "set word = word",
        f"{KEPT}::test_a_price_changes_under_the_next_sale_and_not_before_it_is_decided",
    ),
    Mutant(
        "what is kept is of this word", OFFERS, "case when w.word <> %s then",
        "case when w.word = '' and w.word <> %s then",
        (f"{KEPT}::test_what_is_kept_is_what_would_be_read_whatever_changes_and_at_every_minute",),
    ),
    Mutant(
        "until the next minute", OFFERS, "bisect_right(self.minutes, now) != bisect_right(self.minutes, then)",
        "False",
        (f"{KEPT}::test_what_is_kept_is_what_would_be_read_whatever_changes_and_at_every_minute",),
    ),
    Mutant(
        "nothing kept inside a transaction", OFFERS, 'word = "" if here.in_atomic_block else',
        'word = "" if False else',
        (f"{KEPT}::test_inside_a_transaction_its_own_changes_are_seen_and_nothing_is_kept",),
    ),
)  # fmt: skip


def find(name: str) -> Mutant:
    return next(mutant for mutant in MUTANTS if mutant.name == name)


# -- the plugin ------------------------------------------------------------------------------------


class _Changed(SourceFileLoader):
    """Loads a module with its guard taken away, and never leaves that in a cache."""

    mutant: Mutant

    def get_data(self, path: str) -> bytes:
        data = super().get_data(path)
        return _changed(data.decode(), self.mutant).encode() if path.endswith(".py") else data

    def path_stats(self, path: str) -> Any:
        raise OSError("no cache")

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        assert cache_from_source(self.path)


class _Finder(PathFinder):
    mutant: Mutant

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != cls.mutant.where:
            return None
        spec = super().find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        loader = _Changed(fullname, spec.origin)
        loader.mutant = cls.mutant
        spec.loader = loader
        return spec


def _changed(text: str, mutant: Mutant) -> str:
    assert mutant.old in text, f"{mutant.name}: its guard is not there any more."
    return text.replace(mutant.old, mutant.new)


def pytest_configure(config: Any) -> None:
    if mutant := _wanted():
        if mutant.where == SQL:
            _change_every_copy(mutant)
        return


FUNCTIONS = """
    select pg_get_functiondef(p.oid) from pg_proc p
    where p.pronamespace = current_schema::regnamespace and p.prokind = 'f'
"""


def _change_every_copy(mutant: Mutant) -> None:
    import psycopg

    from tests import conftest

    copy = conftest._copy

    def copy_and_change(server: Any, template: str, name: str) -> None:
        copy(server, template, name)
        with psycopg.connect(server.dsn(user="tp_owner", database=name)) as owner:
            owner.execute(f"set search_path to {conftest.COMPANY}, public".encode())
            texts = [text for (text,) in owner.execute(FUNCTIONS).fetchall()]
            for text in _that_have_it(texts, mutant):
                owner.execute(_changed(text, mutant).encode())

    conftest._copy = copy_and_change


def _that_have_it(texts: list[str], mutant: Mutant) -> list[str]:
    found = [text for text in texts if mutant.old in text]
    assert found, f"{mutant.name}: its guard is not there any more."
    return found


def _wanted() -> Mutant | None:
    name = os.environ.get("TONGPAN_MUTANT")
    return find(name) if name else None


if (_mutant := _wanted()) and _mutant.where != SQL:
    assert _mutant.where not in sys.modules, "Too late: it is imported already."
    _Finder.mutant = _mutant
    sys.meta_path.insert(0, _Finder)

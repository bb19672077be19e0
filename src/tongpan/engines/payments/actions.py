"""Beginning, calling off, giving back and clearing up, as actions of the one gate.

None of them talks to a provider: that is `asking`'s, between two of these, so that no lock waits
for a network, and what was asked is known before it is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, ZERO, is_on_step
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.engines.payments.adapters import Said
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.codes import provider_of
from tongpan.engines.payments.models import (
    OPEN,
    Account,
    Answer,
    Attempt,
    AttemptState,
    NoticeIn,
    NoticeState,
    PayCodeRange,
    Refund,
    RefundState,
)
from tongpan.engines.payments.rules import Standing, next_ask, refund_after, state_after
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.permissions import declare_permission
from tongpan.kernel.org.scope import require, who

CHARGE, VIEW = "payments.attempt.charge", "payments.attempt.view"
RESOLVE, GIVE_BACK = "payments.attempt.resolve", "payments.refund.begin"
EDIT = "payments.account.edit"
EVIDENCE_MIN, TEXT_MAX = 4, 400
SLIP = re.compile(r"[0-9A-Za-z-]{4,32}")
SLIP_ONCE = timedelta(hours=24)  # so long a terminal gives each number once

for _code, _title, _help in (
    (CHARGE, _("Payments by code: Charge"), _("Take money by a customer's code, at a till.")),
    (VIEW, _("Payments by code: View"), _("What was asked of providers, and what they said.")),
    (RESOLVE, _("Payments by code: Clear up"), _("Say what became of a payment that is unknown.")),
    (GIVE_BACK, _("Payments by code: Give back"), _("Give back money that was charged in vain.")),
    (EDIT, _("Accounts at payment providers: Edit"), _("Keys and numbers of the merchant.")),
):
    declare_permission(_code, _title, _help)

say("no_payment_code", noop("This is no payment code of WeChat Pay or Alipay."))
say("no_terminal_here", noop("No card terminal is set up for this way of paying here."))
say("not_by_hand", noop("What becomes of this payment is asked of the provider, not of a person."))
say("terminal_slip", noop("Type the number that the terminal printed on its slip."))
say("slip_twice", noop("The terminal's slip {number} has paid for something else already."))
say("code_ranges", noop("Codes have 14 to 32 digits; their first two lie between 10 and 99."))
say("code_ranges_meet", noop("The codes of two providers must differ."))
say("no_provider_here", noop("No account at a provider is set up here for this code."))
say("attempt_differs", noop("This payment was begun with another amount, sale or till."))
say(
    "attempt_open", noop("A payment of this sale is not cleared up yet. Ask again, or call it off.")
)
say(
    "charged_too_much", noop("{given} more would be above the total of {total}; {has} was charged.")
)
say("attempt_closed", noop("This payment is closed already: {state}."))
say("attempt_used", noop("The sale is recorded with this payment. Take the goods back at a till."))
say("evidence_needed", noop("Say how you know it, so that others can check."))
say("too_much_given_back", noop("{has} of this payment can go back, not {needs}."))
say("not_charged_yet", noop("Only money that was charged can go back."))
say("pay_amount", noop("{given} is not an amount of money above zero."))
say("bad_key", noop("{field}: this is not a key of the right kind."))


# -- attempts ------------------------------------------------------------------------------------


def begin(doing: Doing) -> None:
    """Write down that a code is to be charged, or a card; nothing is sent yet.

    Payload: `sale`, `amount`, `code`, and the sale's `total`; for a terminal that the cashier reads
    the `method` (the id of the payment method) in place of the code. The same attempt begun again
    is the same. The result is the attempt.

    Errors: Refusal while another attempt of the sale is open, so no customer pays twice.
    """
    till = who().at
    require(CHARGE, till)
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent is None:
        raise Refusal("not_at_a_till")
    doing.require(till)
    doing.kind = "payments.attempt"
    sale, amount = UUID(str(doing.payload["sale"])), _amount(doing.payload.get("amount"))
    with connection.cursor() as cursor:  # two attempts of one sale take turns
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 79))", [str(sale)])
    before = Attempt.unscoped.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if before is not None:
        if (before.sale, before.amount, before.till_id) != (sale, amount, till.pk):
            raise Refusal("attempt_differs")
        doing.result = before
        return
    _refuse_second(sale, amount, doing.payload.get("total"))
    code = str(doing.payload.get("code") or "")
    method = as_id(str(doing.payload.get("method") or ""))
    account = terminal_for(till, method) if method and not code else account_for(till, code)
    person = who().person
    made = Attempt(
        id=doing.subject, sale=sale, till=till, store=till.parent, account=account,
        method=account.method, amount=amount, begun_at=doing.at, sent_at=doing.at,
        next_at=next_ask(doing.at, 0, settings.PAYMENTS_WAIT_S), begun_by=person,
    )  # fmt: skip
    made.lock_code(code)
    made.save(force_insert=True)
    doing.changes = {"state": [None, made.state], "amount": [None, str(amount)]}
    doing.told = {"amount": amount, "sale": sale}
    doing.result = made
    for early in NoticeIn.unscoped.filter(number=made.out_number, state=NoticeState.PARKED):
        apply_notice(early, made, doing)


def _amount(raw: Any) -> Decimal:
    amount = Decimal(str(raw))
    if not amount.is_finite() or amount <= 0 or not is_on_step(amount, MONEY_STEP):
        raise Refusal("pay_amount", given=str(raw)[:24])
    return amount


def _refuse_second(sale: UUID, amount: Decimal, total: Any) -> None:
    """One open attempt of a sale at a time, and never more in all than the sale comes to."""
    known = list(Attempt.unscoped.filter(sale=sale).exclude(state=AttemptState.DECLINED))
    if any(one.state in OPEN for one in known):
        raise Refusal("attempt_open")
    has = sum((one.amount - one.refunding for one in known), ZERO)
    if total is not None and has + amount > Decimal(str(total)):
        raise Refusal("charged_too_much", given=amount, total=Decimal(str(total)), has=has)


def account_for(till: OrgUnit, code: str) -> Account:
    """The account that charges this code at a till: the nearest; an aggregator where there is no
    account at the code's own provider.

    Errors: Refusal no_payment_code or no_provider_here.
    """
    wanted = provider_of(code, PayCodeRange.objects.all())
    if wanted is None:
        raise Refusal("no_payment_code")
    rows = Account.unscoped.filter(is_active=True, provider__in=(wanted, "aggregator"))
    near = [
        one for one in rows.select_related("org_unit") if till.path.startswith(one.org_unit.path)
    ]
    if not near:
        raise Refusal("no_provider_here")
    return max(near, key=lambda one: (len(one.org_unit.path), one.provider == wanted))


def terminals(till: OrgUnit) -> dict[UUID, Account]:
    """The terminals that a cashier reads, by payment method: the nearest to a till."""
    by_hand = [code for code, one in PROVIDERS.items() if one.is_by_hand]
    rows = Account.unscoped.filter(is_active=True, provider__in=by_hand)
    near = [
        one for one in rows.select_related("org_unit") if till.path.startswith(one.org_unit.path)
    ]
    return {one.method: one for one in sorted(near, key=lambda one: len(one.org_unit.path))}


def terminal_for(till: OrgUnit, method: UUID) -> Account:
    """The terminal for this payment method at a till.

    Errors: Refusal no_terminal_here.
    """
    found = terminals(till).get(method)
    if found is None:
        raise Refusal("no_terminal_here")
    return found


def send(doing: Doing) -> None:
    """Write down that an attempt is sent, under its number: payload `is_first`. The result is the
    attempt; None where it shall be the first time and is not."""
    attempt = _open_attempt(doing)
    if doing.payload.get("is_first") and attempt.sends:
        doing.result = None
        return
    attempt.sends, attempt.sent_at = attempt.sends + 1, doing.at
    attempt.next_at = next_ask(doing.at, attempt.asks, settings.PAYMENTS_WAIT_S)
    attempt.save(update_fields=["sends", "sent_at", "next_at"])
    doing.result = attempt


def cancel(doing: Doing) -> None:
    """Write down that an attempt is called off: from now on only "closed" is waited for."""
    attempt = _open_attempt(doing)
    if attempt.account.is_by_hand:
        raise Refusal("no_terminal_answer")
    if attempt.cancel_asked_at is None:
        attempt.cancel_asked_at = doing.at
        doing.changes = {"cancel_asked_at": [None, doing.at.isoformat()]}
    attempt.next_at = doing.at
    attempt.save(update_fields=["cancel_asked_at", "next_at"])
    doing.result = attempt


def _open_attempt(doing: Doing) -> Attempt:
    attempt = _locked(doing)
    doing.require(attempt.till)
    if not attempt.is_open:
        raise Refusal("attempt_closed", state=attempt.get_state_display())
    return attempt


def _locked(doing: Doing) -> Attempt:
    rows = Attempt.unscoped.select_for_update(of=("self",)).select_related("till", "account")
    attempt = rows.filter(pk=doing.subject).first()
    if attempt is None:
        require(doing.action.permission, who().at)
        raise Refusal("not_found")
    doing.kind = "payments.attempt"
    return attempt


def note(doing: Doing) -> None:
    """Keep what a provider said of an attempt, and let it mean what it means. Programs only."""
    _programs_only(doing)
    attempt = _locked(doing)
    kind, said = str(doing.payload["kind"]), said_in(doing.payload)
    take_in(attempt, kind, said, doing)
    doing.org_unit, doing.result = attempt.till, attempt


def take_in(attempt: Attempt, kind: str, said: Said, doing: Doing) -> None:
    """Add an answer to a locked attempt."""
    keep_answer(attempt, kind, said, doing)
    now = Standing(
        attempt.state, attempt.amount, attempt.sends, attempt.sent_at,
        attempt.cancel_asked_at is not None,
    )  # fmt: skip
    attempt.number = said.number or attempt.number
    attempt.reason = said.reason or attempt.reason
    _settle(attempt, state_after(now, kind, said, doing.at, settings.PAYMENTS_WAIT_S), doing)


def _settle(attempt: Attempt, state: str, doing: Doing) -> None:
    before = attempt.state
    attempt.state = state
    if attempt.is_open:
        later = next_ask(doing.at, attempt.asks, settings.PAYMENTS_WAIT_S)
        attempt.next_at = None if attempt.account.is_by_hand else later
    else:
        attempt.code, attempt.next_at = b"", None
        attempt.closed_at = attempt.closed_at or doing.at
    attempt.save()
    if before != state:
        doing.changes = {**doing.changes, "state": [before, state]}
    doing.told = {"state": state, "amount": attempt.amount, "sale": attempt.sale}


def keep_answer(
    attempt: Attempt, kind: str, said: Said, doing: Doing, refund: Refund | None = None
) -> None:
    Answer.unscoped.create(
        attempt=attempt, refund=refund, at=doing.at, kind=kind, said=said.state,
        amount=said.amount, number=said.number, reason=said.reason, text=said.text,
        person=None if who().is_system else who().person,
    )  # fmt: skip


def said_in(payload: Mapping[str, Any]) -> Said:
    return Said(
        payload["said"], payload.get("amount"), payload.get("number", ""),
        payload.get("reason", ""), payload.get("text", ""),
    )  # fmt: skip


def _programs_only(doing: Doing) -> None:
    if not who().is_system:
        raise Forbidden("forbidden", permission=doing.action.permission)
    doing.is_permitted = True


def confirm(doing: Doing) -> None:
    """Say at the till what its terminal answered: payload `outcome` (charged, declined or unknown),
    and where it charged, the number of its `slip`. Said again it is the same.

    Errors: Refusal not_by_hand, terminal_slip, slip_twice, attempt_closed.
    """
    attempt = _locked(doing)
    doing.require(attempt.till)
    outcome = str(doing.payload.get("outcome") or "")
    slip = str(doing.payload.get("slip") or "").strip().upper() if outcome == "charged" else ""
    if not attempt.account.is_by_hand:
        raise Refusal("not_by_hand")
    if not attempt.is_open:
        if (outcome, slip) != (attempt.state, attempt.number):
            raise Refusal("attempt_closed", state=attempt.get_state_display())
        doing.result = attempt
        return
    if outcome not in ("charged", "declined", "unknown"):
        raise Refusal("not_found")
    if outcome == "charged":
        _refuse_slip(attempt, slip, doing)
    amount = attempt.amount if outcome == "charged" else None
    keep_answer(attempt, "person", Said(outcome, amount, slip), doing)  # type: ignore[arg-type]
    attempt.number = slip
    _settle(attempt, outcome, doing)
    doing.result = attempt


def _refuse_slip(attempt: Attempt, slip: str, doing: Doing) -> None:
    """A slip of a terminal pays once."""
    if not SLIP.fullmatch(slip):
        raise Refusal("terminal_slip")
    with connection.cursor() as cursor:  # two who name one slip take turns
        name = f"{attempt.account_id} {slip}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 81))", [name])
    twin = Attempt.unscoped.filter(
        account=attempt.account, till=attempt.till, number=slip, state=AttemptState.CHARGED,
        begun_at__gt=doing.at - SLIP_ONCE,
    )  # fmt: skip
    if twin.exists():
        raise Refusal("slip_twice", number=slip)


def resolve(doing: Doing) -> None:
    """Say as a person what became of an open attempt: payload `outcome` (charged or declined) and
    the `evidence` for it."""
    attempt = _locked(doing)
    doing.require(attempt.till)
    said = _said_by_person(doing, "charged", "declined")
    if not attempt.is_open:
        raise Refusal("attempt_closed", state=attempt.get_state_display())
    keep_answer(attempt, "person", said, doing)
    attempt.reason, doing.note = said.reason, said.text
    state = AttemptState.CHARGED if said.state == "charged" else AttemptState.DECLINED
    _settle(attempt, state.value, doing)
    doing.result = attempt


def _said_by_person(doing: Doing, *outcomes: str) -> Said:
    outcome = str(doing.payload.get("outcome") or "")
    evidence = str(doing.payload.get("evidence") or "").strip()[:TEXT_MAX]
    if outcome not in outcomes:
        raise Refusal("not_found")
    if len(evidence) < EVIDENCE_MIN:
        raise Refusal("invalid", problems=[{"path": "evidence", "code": "evidence_needed"}])
    return Said(outcome, reason=evidence[:100], text=evidence)  # type: ignore[arg-type]


# -- refunds -------------------------------------------------------------------------------------


def refund(doing: Doing) -> None:
    """Write down that money goes back that was charged in vain: payload `attempt`, `why`, and
    perhaps an `amount`; else all that is left. Of a sale that stands, goods are taken back.
    """
    rows = Attempt.unscoped.select_for_update(of=("self",)).select_related("till")
    named = as_id(str(doing.payload.get("attempt", "")))
    attempt = rows.filter(pk=named).first() if named else None
    if attempt is None:
        require(GIVE_BACK, who().at)
        raise Refusal("not_found")
    doing.kind = "payments.refund"
    doing.require(attempt.till)
    known = Refund.unscoped.filter(pk=doing.subject).first()
    if known is not None:
        doing.result = known
        return
    if attempt.state != AttemptState.CHARGED:
        raise Refusal("not_charged_yet")
    if attempt.used_at is not None and not _is_undone(attempt.sale):
        raise Refusal("attempt_used")
    left = attempt.amount - attempt.refunding
    amount = _amount(doing.payload.get("amount") or left)
    doing.result = ask_back(attempt, amount, doing, pk=doing.subject,
                            why=str(doing.payload.get("why") or ""))  # fmt: skip


def _is_undone(sale: UUID) -> bool:
    found = Document.unscoped.filter(pk=sale).values_list("state", flat=True).first()
    return found is None or found == State.REVERSED


def ask_back(
    attempt: Attempt, amount: Decimal, doing: Doing, *, pk: UUID, why: str = "",
    slip: UUID | None = None,
) -> Refund:  # fmt: skip
    """A refund of a locked attempt; a worker sends it.

    Errors: Refusal too_much_given_back.
    """
    left = attempt.amount - attempt.refunding
    if amount > left:
        raise Refusal("too_much_given_back", has=left, needs=amount)
    attempt.refunding += amount
    attempt.save(update_fields=["refunding"])
    doing.changes = {**doing.changes, "refunding": [None, str(amount)]}
    return Refund.unscoped.create(
        id=pk, attempt=attempt, slip=slip, amount=amount, why=why[:120], begun_at=doing.at,
        next_at=None if attempt.account.is_by_hand else doing.at, begun_by=who().person,
    )  # fmt: skip


def note_refund(doing: Doing) -> None:
    """Keep what a provider said of a refund. Programs only."""
    _programs_only(doing)
    one, attempt = _locked_refund(doing)
    said = said_in(doing.payload)
    keep_answer(attempt, "refund", said, doing, one)
    one.reason = said.reason or one.reason
    _settle_refund(one, attempt, refund_after(one.state, said), doing)


def resolve_refund(doing: Doing) -> None:
    """Say as a person what became of an open refund: payload `outcome` (refunded or refused) and
    the `evidence` for it."""
    one, attempt = _locked_refund(doing)
    doing.require(attempt.till)
    said = _said_by_person(doing, "refunded", "refused")
    if one.state not in (RefundState.BEGUN, RefundState.UNKNOWN):
        raise Refusal("attempt_closed", state=one.get_state_display())
    keep_answer(attempt, "person", said, doing, one)
    one.reason, doing.note = said.reason, said.text
    _settle_refund(one, attempt, refund_after(one.state, said), doing)


def _locked_refund(doing: Doing) -> tuple[Refund, Attempt]:
    doing.kind = "payments.refund"
    found = Refund.unscoped.filter(pk=doing.subject).values_list("attempt", flat=True).first()
    if found is None:
        require(doing.action.permission, who().at)
        raise Refusal("not_found")
    rows = Attempt.unscoped.select_for_update(of=("self",)).select_related("till")
    attempt = rows.get(pk=found)
    return Refund.unscoped.select_for_update().get(pk=doing.subject), attempt


def _settle_refund(one: Refund, attempt: Attempt, state: str, doing: Doing) -> None:
    before, one.state = one.state, state
    if state in (RefundState.BEGUN, RefundState.UNKNOWN):
        one.next_at = next_ask(doing.at, one.asks, settings.PAYMENTS_WAIT_S)
    else:
        one.next_at, one.closed_at = None, one.closed_at or doing.at
    if state == RefundState.FAILED and before != state:
        attempt.refunding -= one.amount
        attempt.save(update_fields=["refunding"])
    one.save()
    if before != state:
        doing.changes = {"state": [before, state]}
    doing.told = {"state": state, "amount": one.amount, "sale": attempt.sale}
    doing.org_unit, doing.result = attempt.till, one


# -- notices -------------------------------------------------------------------------------------


def take_notice(doing: Doing) -> None:
    """Take in a notice whose signature was right: applied, parked, or listed. Programs only.

    Payload: `account`, `notice` (the provider's id of it), `number`, `is_ours`, and what it said.
    The result is the state of the notice; one that is known already changes nothing.
    """
    _programs_only(doing)
    doing.kind = "payments.notice"
    account = Account.unscoped.get(pk=doing.payload["account"])
    doing.org_unit = account.org_unit
    number = str(doing.payload["number"])
    said = replace(said_in(doing.payload), number=str(doing.payload.get("provider_number", "")))
    with connection.cursor() as cursor:  # the same notice at the same moment
        name = f"{account.pk} {doing.payload['notice']}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 80))", [name])
    known = NoticeIn.unscoped.filter(account=account, notice=doing.payload["notice"]).first()
    if known is not None:
        doing.result = known.state
        return
    row = NoticeIn(
        account=account, notice=doing.payload["notice"], number=number, said=said.state,
        amount=said.amount, provider_number=said.number, text=said.text, at=doing.at,
        state=NoticeState.PARKED,
    )  # fmt: skip
    attempt = _attempt_numbered(number)
    if not doing.payload.get("is_ours", True) or (attempt and attempt.account_id != account.pk):
        row.state, row.why = NoticeState.MISMATCH, "merchant"
    elif attempt is not None:
        apply_notice(row, attempt, doing)
    row.save()
    doing.changes = {"state": [None, str(row.state)]}
    doing.told = {"state": str(row.state)}
    doing.result = row.state


def _attempt_numbered(number: str) -> Attempt | None:
    try:
        pk = UUID(hex=number)
    except ValueError:
        return None
    rows = Attempt.unscoped.select_for_update(of=("self",)).select_related("till")
    return rows.filter(pk=pk).first()


def apply_notice(row: NoticeIn, attempt: Attempt, doing: Doing) -> None:
    """Let a notice count for its locked attempt, unless it speaks of other money."""
    said = Said(row.said, row.amount, row.provider_number, text=row.text)  # type: ignore[arg-type]
    row.attempt = attempt.pk
    if row.amount is not None and row.amount != attempt.amount:
        row.state, row.why = NoticeState.MISMATCH, "amount"
    else:
        row.state = NoticeState.APPLIED
        take_in(attempt, "notice", said, doing)
    row.save()


def see_notice(doing: Doing) -> None:
    """Say as a person that a notice which does not match was looked into: payload `evidence`."""
    row = NoticeIn.unscoped.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if row is None:
        require(RESOLVE, who().at)
        raise Refusal("not_found")
    doing.kind = "payments.notice"
    doing.require(row.account.org_unit)
    said = _said_by_person(doing, "charged")
    doing.changes = {"state": [row.state, NoticeState.SEEN.value]}
    row.state, doing.note = NoticeState.SEEN, said.text
    row.save(update_fields=["state"])


# -- accounts ------------------------------------------------------------------------------------


def save_account(doing: Doing) -> None:
    """Make an account at a provider, or change it.

    Payload: `name`, `provider`, `unit`, `method`, `facts`, `secrets` (only those that are new), and
    for a simulator its `url`. Keys are locked, and nobody can read them again.
    """
    given = doing.payload
    doing.kind = "payments.account"
    row = Account.unscoped.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    named = as_id(str(given.get("unit") or ""))
    unit = row.org_unit if row else OrgUnit.objects.filter(pk=named).first() if named else None
    if unit is None:
        require(EDIT, who().at)
        raise Refusal("not_found")
    doing.require(unit)
    is_new = row is None
    if row is None:
        row = Account(
            pk=doing.subject, org_unit=unit, provider=str(given.get("provider")),
            created_at=doing.at, is_simulated=bool(given.get("url")),
            url=str(given.get("url") or ""),
        )  # fmt: skip
    elif row.is_simulated and given.get("url"):
        row.url = str(given["url"])
    provider = PROVIDERS.get(row.provider)
    if provider is None or (row.is_simulated and not settings.PAYMENTS_SIMULATOR):
        raise Refusal("not_found")
    facts = {f.name: str(given.get("facts", {}).get(f.name) or "").strip() for f in provider.facts}
    secrets = {
        s.name: str(given["secrets"][s.name]).strip()
        for s in provider.secrets
        if (given.get("secrets") or {}).get(s.name)
    }
    method = as_id(str(given.get("method") or ""))
    row.name, row.method = str(given.get("name") or "").strip()[:60], method or row.method
    problems = _problems_of_account(row, provider, facts, secrets)
    if method is None:
        problems.append({"path": "method", "code": "required", "label": _("payment method")})
    if problems:
        raise Refusal("invalid", problems=problems)
    if not is_new and row.facts != facts:
        doing.changes["facts"] = [row.facts, facts]
    if secrets:
        doing.changes["keys"] = [None, sorted(secrets)]  # their names, never they themselves
    row.facts = facts
    row.keep(secrets)
    row.save()
    doing.result = row


def _problems_of_account(
    row: Account, provider: Any, facts: Mapping[str, str], secrets: Mapping[str, str]
) -> list[dict[str, Any]]:
    problems: list[dict[str, Any]] = []
    if not row.name:
        problems.append({"path": "name", "code": "required", "label": _("name")})
    for fact in provider.facts:
        if fact.is_required and not facts[fact.name]:
            problems.append({"path": fact.name, "code": "required", "label": fact.title})
    there = row.has_keys() | set(secrets)
    for secret in provider.secrets:
        if secret.name not in there:
            problems.append({"path": secret.name, "code": "required", "label": secret.title})
        elif secret.name in secrets and not provider.is_key(secret.name, secrets[secret.name]):
            problems.append({"path": secret.name, "code": "bad_key", "field": secret.title})
    for name in ("url", "notify_url"):
        address = facts.get(name, "")
        is_web = address.startswith(("https://", "http://"))
        private = not row.is_simulated and name == "url" and env.says_private(address)
        if address and (not is_web or private):
            problems.append({"path": name, "code": "pay_address"})
    return problems


def switch_account(doing: Doing) -> None:
    """Stop using an account, or use it again: payload `is_active`. What is open is cleared up."""
    row = Account.unscoped.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if row is None:
        require(EDIT, who().at)
        raise Refusal("not_found")
    doing.kind = "payments.account"
    doing.require(row.org_unit)
    is_active = bool(doing.payload.get("is_active"))
    twin = Account.unscoped.filter(
        org_unit=row.org_unit, provider=row.provider, is_active=True
    ).exclude(pk=row.pk)
    if is_active and twin.exists():
        raise Refusal("account_twice")
    doing.changes = {"is_active": [row.is_active, is_active]}
    row.is_active = is_active
    row.save(update_fields=["is_active"])


def set_code_ranges(doing: Doing) -> None:
    """Say which codes are whose: payload `ranges`, each {provider, first, last, digits_min,
    digits_max}. They take the place of those before.

    Errors: Refusal code_ranges or code_ranges_meet.
    """
    top = OrgUnit.objects.filter(parent=None).first()
    doing.require(top)
    doing.kind, doing.subject = "payments.code_range", top.pk if top else doing.subject
    made = [PayCodeRange(**_range_in(row)) for row in doing.payload.get("ranges") or []]
    for nth, one in enumerate(made):
        for other in made[:nth]:
            apart = one.last < other.first or other.last < one.first
            longer = one.digits_max < other.digits_min or other.digits_max < one.digits_min
            if one.provider != other.provider and not (apart or longer):
                raise Refusal("code_ranges_meet")
    before = [_range_told(one) for one in PayCodeRange.objects.select_for_update()]
    PayCodeRange.objects.all().delete()
    PayCodeRange.objects.bulk_create(made)
    doing.changes = {"ranges": [before, [_range_told(one) for one in made]]}


def _range_in(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("first", "last", "digits_min", "digits_max")
    texts = {name: str(row.get(name) or "").strip() for name in names}
    provider = str(row.get("provider") or "")
    if provider not in PROVIDERS or not all(re.fullmatch("[0-9]{2}", t) for t in texts.values()):
        raise Refusal("code_ranges")
    told = {name: int(text) for name, text in texts.items()}
    is_one = 10 <= told["first"] <= told["last"]
    if not (is_one and 14 <= told["digits_min"] <= told["digits_max"] <= 32):
        raise Refusal("code_ranges")
    return {"provider": provider, **told}


def _range_told(one: PayCodeRange) -> str:
    return f"{one.provider} {one.first}-{one.last} ({one.digits_min}-{one.digits_max})"


say("no_terminal_answer", noop("Say what the terminal printed; this is not called off elsewhere."))
say("pay_address", noop("Write the whole address of a public machine, beginning with https://."))
say("account_twice", noop("This unit has an account at this provider already."))

for _name, _title, _run, _permission, _past in (
    ("attempt.begin", _("Begin a payment by code"), begin, CHARGE, "begun"),
    ("attempt.send", _("Send a payment"), send, CHARGE, "sent"),
    ("attempt.cancel", _("Call a payment off"), cancel, CHARGE, "called_off"),
    ("attempt.note", _("Answer of a provider"), note, CHARGE, "answered"),
    ("attempt.confirm", _("Say what the terminal answered"), confirm, CHARGE, "confirmed"),
    ("attempt.resolve", _("Clear up a payment"), resolve, RESOLVE, "resolved"),
    ("refund.begin", _("Give a payment back"), refund, GIVE_BACK, "begun"),
    ("refund.note", _("Answer of a provider to a refund"), note_refund, CHARGE, "answered"),
    ("refund.resolve", _("Clear up a refund"), resolve_refund, RESOLVE, "resolved"),
    ("notice.take", _("Notice of a provider"), take_notice, CHARGE, "taken"),
    ("notice.see", _("A notice that was looked into"), see_notice, RESOLVE, "seen"),
    ("account.save", _("Save an account at a provider"), save_account, EDIT, "saved"),
    ("account.switch", _("Use or stop an account at a provider"), switch_account, EDIT, "switched"),
    ("codes.set", _("Say which payment codes are whose"), set_code_ranges, EDIT, "assigned"),
):
    _event = declare_event(f"payments.{_name.partition('.')[0]}.{_past}", _title)
    register_action(
        Action(
            code=f"payments.{_name}", title=_title, run=_run, permission=_permission, event=_event
        )
    )

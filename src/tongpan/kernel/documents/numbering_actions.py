"""Choosing how numbers of a type are written, as an action: with who chose and what it was."""

import re
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents import numbering
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, NumberingRule
from tongpan.kernel.documents.numbering import Rule, declared_rule, rule_of
from tongpan.kernel.documents.registry import (
    Action,
    DocumentType,
    document_types,
    register_action,
)
from tongpan.kernel.documents.setting_actions import EDIT
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit

CHOOSE, KIND = "org.numbering.choose", "org.numbering"
SUBJECTS = UUID("2b0c7a4e-0d57-5f2b-8a53-6a1d3ff7b0c9")
LETTERS = re.compile("[A-Z]{1,4}")
DIGITS_LEAST, DIGITS_MOST = 3, 8


def subject_of(declared: DocumentType) -> UUID:
    """Under which id history knows of the numbers of a type; the same on every node."""
    return uuid5(SUBJECTS, declared.code)


def choose_numbering(doing: Doing) -> None:
    """Choose how numbers of a type are written from now on.

    Payload: `type`, a code; `letters`; `begins`: year, month or day; `digits`.
    """
    declared = _types().get(str(doing.payload.get("type")))
    top = OrgUnit.objects.filter(parent=None).first()
    if declared is None or top is None:
        raise Refusal("not_found")
    doing.require(top)
    with connection.cursor() as cursor:  # of two who choose the same letters, one waits
        cursor.execute("lock table numbering_rule in share row exclusive mode")
    numbering.forget()
    before, chosen = rule_of(declared), _chosen(doing.payload)
    _refuse_taken(declared, chosen.letters)
    if chosen == declared_rule(declared.numbering):
        NumberingRule.objects.filter(type=declared.code).delete()
    else:
        NumberingRule.objects.update_or_create(type=declared.code, defaults=chosen._asdict())
    numbering.forget()
    transaction.on_commit(numbering.forget)
    doing.subject, doing.kind, doing.org_unit = subject_of(declared), KIND, top
    doing.changes = {
        name: [old, new]
        for name, old, new in zip(Rule._fields, before, chosen, strict=True)
        if old != new
    }
    doing.told = {"type": declared.code}


def _chosen(payload: Any) -> Rule:
    letters = str(payload.get("letters", "")).strip().upper()
    if not LETTERS.fullmatch(letters):
        raise Refusal("number_letters", path="letters", given=letters[:40])
    begins = str(payload.get("begins", ""))
    if begins not in NumberingRule.Begins.values:
        raise Refusal("setting_not_valid", path="begins", given=begins[:40])
    digits = str(payload.get("digits", "")).strip()
    if not (digits.isascii() and digits.isdecimal() and int(digits[:4]) in _digits()):
        raise Refusal(
            "setting_out_of_bounds", path="digits", given=digits[:40], least=DIGITS_LEAST,
            most=DIGITS_MOST,
        )  # fmt: skip
    return Rule(letters, begins, int(digits))


def _digits() -> range:
    return range(DIGITS_LEAST, DIGITS_MOST + 1)


def _refuse_taken(declared: DocumentType, letters: str) -> None:
    """Refuse letters that are, may be or were another type's: two numbers would be alike."""
    for other in document_types():
        if other != declared and letters in (
            rule_of(other).letters, declared_rule(other.numbering).letters,
        ):  # fmt: skip
            title = str(other.title)
            raise Refusal("number_letters_taken", path="letters", given=letters, type=title)
    theirs = Document.unscoped.filter(number__startswith=f"{letters}-").exclude(type=declared.code)
    if (code := theirs.values_list("type", flat=True).first()) is not None:
        title = str(_types()[code].title)
        raise Refusal("number_letters_taken", path="letters", given=letters, type=title)


def _types() -> dict[str, DocumentType]:
    return {declared.code: declared for declared in document_types()}


register_action(
    Action(
        code=CHOOSE,
        title=_("Choose how numbers are written"),
        run=choose_numbering,
        permission=EDIT,
        event=declare_event("org.numbering.chosen", "Numbering chosen"),
    )
)

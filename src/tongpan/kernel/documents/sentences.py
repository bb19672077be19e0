"""The sentence for each refusal code, in English here and translated when it is shown."""

from collections.abc import Iterable
from functools import reduce
from string import Formatter
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from tongpan.base.counting import counted
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.sentences import SENTENCES

_sentences: dict[str, str] = dict(SENTENCES)


def say(code: str, sentence: str) -> None:
    """Give the refusal `code` its sentence, with its facts in braces. Declared once, at import."""
    assert _sentences.get(code, sentence) == sentence, f"{code} has another sentence already."
    _sentences[code] = sentence


def sentences() -> dict[str, str]:
    """Every declared code with its English sentence."""
    return dict(_sentences)


def sentence(code: str, facts: dict[str, Any]) -> str:
    """The translated sentence of a code. Facts that are missing show as an ellipsis."""
    text = gettext(_sentences[code]) if code in _sentences else code
    names = [name for _text, name, _spec, _how in Formatter().parse(text) if name]
    return counted(text, **{name: facts.get(name, "…") for name in names})


def explain(refusal: Refusal) -> dict[str, Any]:
    """A refusal as plain data for any face: code, sentence, and a sentence for each problem."""
    return {
        "code": refusal.code,
        "detail": sentence(refusal.code, refusal.facts),
        "problems": [{**p, "message": sentence(p["code"], p)} for p in refusal.problems],
    }


say("invalid", _("Some fields need another look."))
say("required", _("{label} is needed."))
say("unknown_field", _("There is no field {name} here."))
say("not_a_number", _("{given} is not a number."))
say("too_many_digits", _("{given} has more digits than can be kept."))
say("off_step", _("{given} is finer than the smallest step, {step}."))
say("share_above_one", _("{given} is more than the whole. Write 13% or 0.13."))
say("not_positive", _("{label} must be more than zero."))
say("negative", _("{label} must not be negative."))
say("not_a_date", _("{given} is not a date. Write it as 2026-11-21."))
say("not_a_choice", _("{given} is not one of: {choices}."))
say("too_long", _("{label} is longer than {max_length} characters."))
say("not_text", _("{label} must be text."))
say("control_character", _("{label} holds a character that cannot be shown."))
say("not_found_reference", _("No {label} is called {given}."))
say("ambiguous_reference", _("More than one {label} is called {given}."))
say("id_format", _("{given} is not an id."))
say("list_format", _("A list belongs here."))
say("object_format", _("An object belongs here."))
say("line_twice", _("Two lines have the id {given}."))
say("not_found", _("It is not there, or you may not see it."))
say("no_lines", _("There is no line yet. Add at least one."))
say("wrong_state", _("This is not possible while the document is {state}."))
say("version_changed", _("Somebody changed this meanwhile. Your text is still here: load theirs."))
say("request_conflict", _("This request was sent before with other content."))
say("followed", _("{numbers} build on this document. Reverse them first."))
say("busy", _("Many people are writing at this moment. Nothing was lost; try again."))
say("unknown_action", _("There is no action {action}."))
say("reason_needed", _("Say in a few words why."))
say("number_letters", _("{given} will not do: one to four capital letters, such as DB."))
say("number_letters_taken", _("Numbers of “{type}” begin with {given}, or did. Choose others."))
say("file_too_large", _("{name} is larger than {max_mb} MB."))
say("file_kind", _("Files of this kind are not accepted: {name}."))
say("empty_comment", _("The comment is empty."))
say("cannot_see", _("{name} may not see this document and cannot be told of it."))
say("duplicate", _("There is already one with this {label}: {given}."))
say("in_future", _("The date {given} is after today."))
say("not_enough", _("There are {balance}, and {change} would go below {floor}."))
say("too_much", _("There are {balance}, and {change} would go above {ceiling}."))
say("posting_conflict", _("This was posted before with other content."))
say("period_closed", _("The books are closed through {through}. Take a later business date."))
say("reversed_already", _("This was reversed already."))
say("cannot_be_reversed", _("A reversal cannot be reversed."))
say("nothing_to_reverse", _("Nothing was posted that could be reversed."))
say("entities_differ", _("Money cannot pass from one legal entity to another this way."))
say("only_looking", _("You are only looking as somebody else: nothing can be written."))


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language parts them."""
    return reduce(
        lambda first, second: gettext("{first}, {second}").format(first=first, second=second),
        list(names) or [""],
    )

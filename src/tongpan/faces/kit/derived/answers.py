"""How a no is shown on a derived page: what and why, what was kept, and the way out."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.faces.kit import pages
from tongpan.faces.kit.derived.documents import second_person
from tongpan.faces.kit.derived.forms import shown_problems
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.scope import who


def panel(
    refusal: Refusal,
    document: Document,
    *,
    again: str,
    is_form: bool,
    answers: Iterable[str] = (),
    problems: Iterable[Mapping[str, Any]] | None = None,
    sent: Mapping[str, str] | None = None,
) -> pages.ErrorPanel:
    """A refusal of an action on a document. `again` is the address that tries once more.

    A question offers to go on, with its answer. What the person may not do alone can be done with
    a second person who is there. `problems` have the paths of the page's fields; `sent` is what
    was sent besides them, which going on sends again.
    """
    actions: tuple[pages.Action, ...] = ()
    if isinstance(refusal, Question):
        actions = (go_on(refusal, again, answers, is_form=is_form, sent=sent),)
    elif isinstance(refusal, Forbidden) and _is_here(document):
        actions = (_with_another(again, is_form, answers, sent or {}),)
    shown = tuple(shown_problems(refusal.problems if problems is None else problems))
    return pages.ErrorPanel(
        title=sentence(refusal.code, refusal.facts),
        kept=_kept(document, sent),
        details=() if is_form else tuple(p.text for p in shown),
        problems=shown if is_form else (),
        actions=actions,
        code=refusal.code,
    )


def _kept(document: Document, sent: Mapping[str, str] | None) -> str:
    if sent:
        return _("What you wrote stands in its field again. It was not sent.")
    return _("Everything is as it was; the draft is kept.") if document.number is None else ""


def go_on(
    question: Question,
    again: str,
    answers: Iterable[str],
    *,
    is_form: bool = True,
    sent: Mapping[str, str] | None = None,
) -> pages.Action:
    """The way on past a question: the same once more, with its answer."""
    said = ",".join([*answers, question.code])
    return pages.Action(
        _("Go on all the same"),
        again,
        method="post",
        is_form=is_form,
        fields={"answers": said, **(sent or {})},
    )


def _with_another(
    again: str, is_form: bool, answers: Iterable[str], sent: Mapping[str, str]
) -> pages.Action:
    return pages.Action(
        _("Have somebody authorise it"),
        again,
        method="post",
        icon="badge",
        is_form=is_form,
        fields={"answers": ",".join(answers), **sent},
        asks=second_person(),
    )


def _is_here(document: Document) -> bool:
    here = who().at
    return here is not None and here.pk == document.org_unit_id

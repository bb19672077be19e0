"""What can be printed, with the columns and the names that a template of it may use.

Every document type is such a kind. What is no document, as a statement, is declared:

STATEMENT = declare_kind(Kind(code="money.statement", title=_("Statement"), ...))
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongpan.engines.prints.language import Names
from tongpan.kernel.documents.fields import Field, fields_of
from tongpan.kernel.documents.registry import DocumentType, document_types, find_action
from tongpan.masters.parties.models import Party

Text = str | Promise
OF_PARTY = ("name", "code", "short_name", "invoice_title", "tax_number", "bank_name",
            "bank_account")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of paper. `facts` are the names of its own below `document`, `columns` its lines'."""

    code: str
    title: Text
    permission: str
    facts: Mapping[str, Text]
    columns: Mapping[str, Text]
    has_party: bool = False
    is_slip: bool = False  # a till's, with columns and signatures of its own

    @property
    def names(self) -> Names:
        """All that may be written, by what people call it."""
        party = {one.name: one.label for one in fields_of(Party, OF_PARTY)}
        return {
            "company": {"name": _("Company")},
            "unit": {
                "name": _("Unit"), "code": _("code"), "entity": _("legal entity"),
                "credit_code": _("unified social credit code"),
            },
            "document": dict(self.facts),
            **({"party": party} if self.has_party else {}),
            "lines": [dict(self.columns)],
            "printed": {
                "by": _("Printed by"), "at": _("Printed at"), "copy": _("Which copy"),
            },
        }  # fmt: skip


_declared: dict[str, Kind] = {}


def declare_kind(kind: Kind) -> Kind:
    """Add a kind that is no document type."""
    assert kind.code not in _declared, f"{kind.code} is declared twice."
    _declared[kind.code] = kind
    return kind


def kinds() -> dict[str, Kind]:
    """Everything that can be printed, by its code."""
    return {declared.code: of_type(declared) for declared in document_types()} | _declared


def of_type(declared: DocumentType) -> Kind:
    """The kind of paper that a type of document is."""
    facts: dict[str, Text] = {
        "title": _("Title"), "number": _("Number"), "date": _("Business date"),
        "state": _("State"), "from": _("Made from"), "note": _("Note"),
        "total": _("Total"), "in_words": _("Total in words"), "made_by": _("Made by"),
        "posted_by": _("Posted by"),
    }  # fmt: skip
    header = declared.header_fields
    lines = (*declared.line_fields, *declared.told_fields)
    return Kind(
        code=declared.code,
        title=declared.title,
        permission=declared.permission("view"),
        facts=facts | {one.name: one.label for one in header},
        columns={one.name: one.label for one in lines if one.name != "unit"},
        has_party=party_field(declared) is not None,
        is_slip=find_action(declared.permission("save")) is None,
    )


def party_field(declared: DocumentType) -> Field | None:
    """The field of the header that says with whom it is."""
    return next((one for one in declared.header_fields if one.target is Party), None)


def listed(names: Names, before: str = "") -> list[tuple[str, str]]:
    """Each name as it is written, and what it is, for people to choose from."""
    found: list[tuple[str, str]] = []
    for name, one in names.items():
        path = f"{before}{name}"
        if isinstance(one, Mapping):
            found += listed(one, f"{path}.")
        elif isinstance(one, list):
            for written, title in listed(one[0], "line."):
                loop = f"{{% for line in {path} %}}{{{{ {written} }}}} {{% endfor %}}"
                found.append((loop, gettext("%(title)s of each line") % {"title": title}))
        else:
            found.append((f"{{{{ {path} }}}}", _capital(str(one))))
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

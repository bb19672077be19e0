"""The register of permission codes. Document types add theirs; these are the kernel's own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.org.rules import CODE, EVERYTHING


@dataclass(frozen=True, slots=True)
class Permission:
    """A code that roles may hold, with what it is called and what it lets one do."""

    code: str
    title: str | Promise
    help: str | Promise = ""


_declared: dict[str, Permission] = {}
_modules: dict[str, None] = {}


def declare_permission(code: str, title: str | Promise, help: str | Promise = "") -> None:
    """Add a code to the register. Declaring it again, as a reload does, changes only its words."""
    assert CODE.fullmatch(code), f"{code!r} is not a permission code."
    assert "*" not in code, "A code with a star is held, not declared."
    _declared[code] = Permission(code, title, help)


def declare_module(code: str) -> None:
    """Say that units may do without this area of the business: permissions begin with its code."""
    _modules.setdefault(code)


def modules() -> list[str]:
    """Every area of the business that a unit may do without, in the order of declaration."""
    return list(_modules)


def permissions() -> list[Permission]:
    """Every declared permission, in the order of the codes."""
    return sorted(_declared.values(), key=lambda permission: permission.code)


def is_known(code: str) -> bool:
    """Whether a role may hold this code: it is declared, or its star covers a declared one."""
    if code == EVERYTHING or code in _declared:
        return True
    return code.endswith(".*") and any(known.startswith(code[:-1]) for known in _declared)


for _code, _title, _help in (
    (
        "see.cost", _("See costs and supplier prices"),
        _("Purchase prices, margin, stock value. Without it: on no screen, in no export."),
    ),
    (
        "see.personal", _("See personal data"),
        _("Names, phones and addresses of contacts, and how colleagues are reached."),
    ),
    ("see.sensitive", _("See sensitive personal data"), _("Bank accounts of suppliers.")),
    ("org.entity.edit", _("Edit legal entities"), _("Taxpayers, and of which kind they are.")),
    (
        "org.unit.edit", _("Edit units"),
        _("Open, rename, move and close units, and say which modules they have."),
    ),
    (
        "org.person.edit", _("Edit people"),
        _("Make colleagues, give them passwords and PINs, sign them out, switch them off."),
    ),
    (
        "org.role.edit", _("Edit roles"),
        _("Say what each role may do. Nobody puts more into a role than they hold."),
    ),
    (
        "org.grant.edit", _("Give and end roles"),
        _("Give colleagues roles at units: those whose rights one holds, and entrusted ones."),
    ),
    (
        "org.access.view", _("See who may do what"),
        _("Who holds a permission and through which role, and all that somebody may do."),
    ),
    (
        "org.access.look_as", _("Look as somebody else"),
        _("See the program as a role or a colleague sees it, and change nothing."),
    ),
    (
        "org.audit.view", _("See the log of actions"),
        _("Who did what when, of all that one may see. It cannot be changed by anybody."),
    ),
    (
        "org.personal.handle", _("Answer requests about personal data"),
        _("Copy, set aside and erase what is kept about a colleague or a contact."),
    ),
    ("org.token.edit", _("Make and revoke API tokens"), _("Keys for other programs.")),
    ("org.setting.edit", _("Choose settings"), _("What the company and its units may choose.")),
):  # fmt: skip
    declare_permission(_code, _title, _help)

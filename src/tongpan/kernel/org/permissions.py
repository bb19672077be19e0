"""The register of permission codes. Document types add theirs; these are the kernel's own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.org.rules import CODE, EVERYTHING


@dataclass(frozen=True, slots=True)
class Permission:
    """A code that roles may hold, with what it is called."""

    code: str
    title: str | Promise


_declared: dict[str, Permission] = {}


def declare_permission(code: str, title: str | Promise) -> None:
    """Add a code to the register. Declaring it again, as a reload does, changes only the title."""
    assert CODE.fullmatch(code), f"{code!r} is not a permission code."
    assert "*" not in code, "A code with a star is held, not declared."
    _declared[code] = Permission(code, title)


def permissions() -> list[Permission]:
    """Every declared permission, in the order of the codes."""
    return sorted(_declared.values(), key=lambda permission: permission.code)


def is_known(code: str) -> bool:
    """Whether a role may hold this code: it is declared, or its star covers a declared one."""
    if code == EVERYTHING or code in _declared:
        return True
    return code.endswith(".*") and any(known.startswith(code[:-1]) for known in _declared)


declare_permission("see.cost", _("See costs and supplier prices"))
declare_permission("see.personal", _("See personal data"))
declare_permission("see.sensitive", _("See sensitive personal data"))
declare_permission("org.entity.edit", _("Edit legal entities"))
declare_permission("org.unit.edit", _("Edit units"))
declare_permission("org.person.edit", _("Edit people"))
declare_permission("org.role.edit", _("Edit roles"))
declare_permission("org.grant.edit", _("Give and end roles"))
declare_permission("org.token.edit", _("Make and revoke API tokens"))
declare_permission("org.setting.edit", _("Choose settings"))

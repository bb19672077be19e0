"""What developers do: check the code, or begin again with an empty data folder."""

import argparse
import shutil
import subprocess
import sys

from tongpan.config import embedded, installation
from tongpan.faces.cli import Result

NAME, NEEDS = "dev", "nothing"
HELP = "开发：check 检查代码，reset 清空数据 · check the code, or reset the data folder"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("check", "reset"))
    parser.add_argument("--yes", action="store_true", help="不再询问 · reset without asking")


def run(given: argparse.Namespace) -> Result:
    return _check() if given.what == "check" else _reset(given)


def _check() -> Result:
    command = [sys.executable, str(installation.ROOT / "tools" / "check.py"), "--only", "static"]
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

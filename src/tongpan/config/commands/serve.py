"""The same as ./run."""

import argparse

from tongpan.config import supervisor
from tongpan.faces.cli import Result

NAME, NEEDS = "serve", "nothing"
HELP = "启动整个系统，同 ./run · run the whole program, the same as ./run"


def arguments(parser: argparse.ArgumentParser) -> None:
    supervisor.serving(parser)


def run(given: argparse.Namespace) -> Result:
    code = supervisor.serve(given)
    if code:
        raise SystemExit(code)
    return Result()

"""Web servers that are ready at once: each is a copy of one process that has imported everything.

Importing the program takes seconds of processor, and a test in the browser wants a server of its
own. `python -m tests.faces.live.nest` imports, reads a line {database, port} for each server that
is wanted, and answers with the process that serves it. At the end of its input it ends.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tongpan.base import env


class Nest:
    """The process that has imported everything, seen from a test."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faces.live.nest"], env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    @contextmanager
    def serving(self, database: str, port: int) -> Iterator[None]:
        """Inside, the program serves this database there."""
        there, told = self._process.stdin, self._process.stdout
        assert there is not None
        assert told is not None
        print(json.dumps({"database": database, "port": port}), file=there, flush=True)
        process = int(told.readline())
        try:
            yield
        finally:
            os.kill(process, signal.SIGKILL)  # its sales are committed or they are not
            _wait_for_the_end_of(process)

    def close(self) -> None:
        self._process.communicate(timeout=15)


def _wait_for_the_end_of(process: int, *, at_most_s: float = 15.0) -> None:
    deadline = env.monotonic_s() + at_most_s
    while os.path.exists(f"/proc/{process}"):
        assert env.monotonic_s() < deadline, f"The server {process} does not end."
        env.sleep(0.01)


def hatch(wanted: IO[str]) -> None:
    """Import everything, then become a server for each line, in a process of its own."""
    from django.urls import get_resolver

    from tongpan.config.asgi import application

    assert get_resolver().url_patterns  # with every view
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that end
    for line in wanted:
        asked = json.loads(line)
        process = os.fork()
        if process == 0:
            _serve(application, **asked)
        print(process, flush=True)


def _serve(application: object, *, database: str, port: int) -> None:
    from django.db import connections
    from granian.constants import Interfaces
    from granian.server.embed import Server

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connections.settings["default"]["NAME"] = database
    server = Server(
        application, port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False
    )
    asyncio.run(server.serve())
    os._exit(0)


if __name__ == "__main__":
    hatch(sys.stdin)

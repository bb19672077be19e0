"""The web server and the relay at work in a laboratory, as processes of their own."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

from tongpan.base import env
from tongpan.config.laboratory import COMPANY, Laboratory
from tongpan.config.supervisor import web_command


@contextmanager
def served(lab: Laboratory, *beside: str, **environ: str) -> Iterator[int]:
    """The web server, the relay and other children by name, with more in their environment;
    answers the port.

    Errors: TimeoutError if the server does not answer in time.
    """
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    within = {
        **lab.environ, "TONGPAN_COMPANY": COMPANY, "TONGPAN_SECRET": settings.SECRET_KEY, **environ
    }  # fmt: skip
    child = [sys.executable, "-m", "tongpan.config.children"]
    commands = [[*child, name] for name in (*beside, "relay")]
    started = [
        subprocess.Popen(command, env=within, stdin=subprocess.DEVNULL, start_new_session=True)
        for command in (*commands, web_command("127.0.0.1", port))
    ]
    try:
        wait(lambda: _answers(port))
        yield port
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait(until: Callable[[], bool], at_most_s: float = 30) -> None:
    """Until it is so.

    Errors: TimeoutError.
    """
    give_up_at_s = env.monotonic_s() + at_most_s
    while not until():
        if env.monotonic_s() > give_up_at_s:
            raise TimeoutError("It did not happen.")
        env.sleep(0.02)

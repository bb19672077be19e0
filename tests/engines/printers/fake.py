"""A printer of cables and paper: it listens where network printers do, and answers DLE EOT."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tongpan.base import env

FINE = 0x12


class FakePrinter:
    """`printed` is what came, papers one after the other; `paper` and `offline` its status bytes.

    After `breaks_after` bytes it cuts the line; one that is `mute` answers nothing.
    """

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.address = f"127.0.0.1:{listening.getsockname()[1]}"
        self.printed: list[bytes] = []
        self.paper = self.offline = FINE
        self.is_mute = False
        self.breaks_after: int | None = None

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self.listening.accept()
                with line, suppress(OSError):
                    self.take(line)

    def take(self, line: socket.socket) -> None:
        content = b""
        self.printed.append(content)
        while chunk := line.recv(4096):
            while chunk[:2] == b"\x10\x04":
                status = self.paper if chunk[2] == 4 else self.offline
                if not self.is_mute:
                    line.sendall(bytes([status]))
                chunk = chunk[3:]
            content += chunk
            self.printed[-1] = content.partition(b"\x10\x04")[0]
            if b"\x10\x04" in content and not self.is_mute:  # asked again at the end
                line.sendall(bytes([self.paper]))
            if self.breaks_after is not None and len(content) > self.breaks_after:
                self.paper = 0x72  # the paper ran out
                return


@contextmanager
def fake_printer() -> Iterator[FakePrinter]:
    """A printer at the first free port of those where printers listen."""
    listening = socket.socket()
    for port in env.RAW_PORTS:
        try:
            listening.bind(("127.0.0.1", port))
        except OSError:
            continue
        break
    listening.listen()
    made = FakePrinter(listening)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)

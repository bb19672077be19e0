"""A scanner before a browser: keys that come at its pace, whether the page keeps up or not.

A driver of browsers sends a key when the page has dealt with the one before, which is slower than
any scanner. This one speaks to the browser's own door for tools, over a socket on this machine, and
waits for nothing.
"""

import http.client
import json
import socket
import struct
import threading
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

from tongpan.base import env

PACE_PER_S, DEAL_S = 300, 30.0
# Five articles a second, 300 a minute: a hand has to take each of them past the scanner, so this is
# several times what anybody keeps up. Every `PAIR_EACH`th comes without any pause all the same.
REACH_S, PAIR_EACH = 0.2, 6
SHORT, TEXT, MASKED = 126, 0x81, 0x80


class Scanner:
    """Types codes into the only page of a browser that listens on `port` for tools."""

    def __init__(self, port: int) -> None:
        address = urlsplit(_page_at(port))
        self.line = socket.create_connection(("127.0.0.1", port), 10)
        key = b64encode(env.token(8).encode()).decode()
        self.line.sendall(
            f"GET {address.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.heard = self.line.makefile("rb")
        while self.heard.readline().strip():
            pass  # what it agrees to
        self.line.settimeout(None)
        self.sent = self.dealt = self.reached = 0
        self.began_s = env.monotonic_s()
        self.change = threading.Condition()
        threading.Thread(target=self._hear, daemon=True).start()

    def scan(self, code: str, *, per_s: int = PACE_PER_S) -> None:
        """A code and Enter, so many keys a second; it does not wait for what comes of it."""
        self.began_s = began_s = env.monotonic_s()
        for place, key in enumerate([*code, "Enter"]):
            env.sleep(max(0.0, began_s + place / per_s - env.monotonic_s()))
            self._press(key)

    def reach(self) -> None:
        """As long as a hand takes from one article to the next; now and then two come at once."""
        self.reached += 1
        if self.reached % PAIR_EACH:
            env.sleep(max(0.0, self.began_s + REACH_S - env.monotonic_s()))

    def settled(self) -> None:
        """Until the page has dealt with every key.

        Errors: TimeoutError.
        """
        with self.change:
            if not self.change.wait_for(lambda: self.dealt >= self.sent, DEAL_S):
                raise TimeoutError("The page does not deal with its keys.")

    def close(self) -> None:
        self.line.close()

    def _press(self, key: str) -> None:
        text = "\r" if key == "Enter" else key
        number = 13 if key == "Enter" else ord(key)
        told = {"key": key, "code": key, "windowsVirtualKeyCode": number}
        self._send({"type": "keyDown", "text": text, "unmodifiedText": text, **told})
        self._send({"type": "keyUp", **told})

    def _send(self, told: dict[str, Any]) -> None:
        self.sent += 1
        said = {"id": self.sent, "method": "Input.dispatchKeyEvent", "params": told}
        self.line.sendall(_framed(json.dumps(said).encode()))

    def _hear(self) -> None:
        """Count what was dealt with; each answer names its key."""
        try:
            while answer := self._frame():
                if b'"id"' in answer:
                    with self.change:
                        self.dealt += 1
                        self.change.notify_all()
        except (OSError, ValueError, IndexError, struct.error):  # it was closed
            return

    def _frame(self) -> bytes:
        head = self.heard.read(2)
        size = head[1] & 0x7F
        if size == SHORT:
            (size,) = struct.unpack(">H", self.heard.read(2))
        elif size == SHORT + 1:
            (size,) = struct.unpack(">Q", self.heard.read(8))
        return self.heard.read(size)


def _page_at(port: int) -> str:
    """Where the page can be spoken to."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/json/list")
        found = json.loads(link.getresponse().read())
    finally:
        link.close()
    (page,) = [str(one["webSocketDebuggerUrl"]) for one in found if one["type"] == "page"]
    return page


def _framed(text: bytes) -> bytes:
    """A message as RFC 6455 wants it from who asks: masked, here with zeros."""
    size = len(text)
    if size < SHORT:
        head = struct.pack(">BB", TEXT, MASKED | size)
    else:
        head = struct.pack(">BBH", TEXT, MASKED | SHORT, size)
    return head + bytes(4) + text


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])

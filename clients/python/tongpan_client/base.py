"""How the client asks: tried again where that is safe, and what is refused is an error."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

Row = TypeVar("Row")
Whole = TypeVar("Whole")
Draft = TypeVar("Draft")
Version = int | None


class Refused(Exception):
    """The server said no. `errors` name the fields and rows; `answer` is the code with which a
    question is answered, in `answers`, to go on all the same."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        self.errors: list[dict[str, Any]] = list(problem.get("errors", ()))
        self.answer: str | None = problem.get("answer")
        self.request_id = str(problem.get("request_id", ""))
        self.is_retryable = bool(problem.get("retryable"))
        told = "; ".join(f"{e.get('path')}: {e.get('message')}" for e in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail} {told}".strip())


class Unreachable(Exception):
    """No answer came, however often it was tried."""


class Connection:
    """One server, with one token. `unit` is the code of the unit where one acts."""

    def __init__(
        self, address: str, token: str, *, unit: str = "", language: str = "en", tries: int = 4,
        timeout_s: float = 30.0,
    ) -> None:  # fmt: skip
        self.address = address.rstrip("/")
        self.tries, self.timeout_s = tries, timeout_s
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Accept-Language": language,
        }
        if unit:
            self.headers["Tongpan-Unit"] = unit

    def ask(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None,
        version: Version = None,
    ) -> Any:  # fmt: skip
        """The answer to one request. Each write has a key of its own, so that trying again, after
        no answer or a passing trouble, never does it twice.

        Errors: Refused, Unreachable.
        """
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        url = f"{self.address}{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        headers = dict(self.headers)
        content = None
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
            headers["Content-Type"] = "application/json"
            content = json.dumps(body if body is not None else {}, default=str).encode()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._tried(urllib.request.Request(url, content, headers, method=method))

    def _tried(self, request: urllib.request.Request) -> Any:
        for nth in range(1, self.tries + 1):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                    content = answer.read()
                    return json.loads(content) if content else None
            except urllib.error.HTTPError as failure:
                refused = _refused(failure)
                if not refused.is_retryable or nth == self.tries:
                    raise refused from None
                wait_s = float(failure.headers.get("Retry-After") or nth)
            except (urllib.error.URLError, ConnectionError, TimeoutError) as failure:
                if nth == self.tries:
                    raise Unreachable(str(failure)) from failure
                wait_s = 0.5 * nth
            time.sleep(wait_s)
        raise AssertionError("The last try returns or raises.")


def _refused(failure: urllib.error.HTTPError) -> Refused:
    try:
        problem = json.loads(failure.read())
    except ValueError:
        problem = {"detail": str(failure.reason)}
    return Refused(failure.code, problem)


class _Resource(Generic[Row, Whole, Draft]):
    """What documents and master data have in common."""

    def __init__(self, connection: Connection, code: str) -> None:
        self._connection, self.path = connection, f"/api/v1/{code}"

    def list(self, **filters: Any) -> Iterator[Row]:
        """Every row that fits, page after page."""
        cursor = None
        while True:
            page = self._connection.ask("GET", self.path, query={**filters, "cursor": cursor})
            yield from page["rows"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def read(self, pk: str, *, fields: str | None = None) -> Whole:
        """One of them; `fields` names what shall be in it, such as `number,lines.item`."""
        answer = self._connection.ask("GET", f"{self.path}/{pk}", query={"fields": fields})
        return cast("Whole", answer)

    def create(self, draft: Draft) -> Whole:
        return cast("Whole", self._connection.ask("POST", self.path, body=draft))

    def save(self, pk: str, draft: Draft, *, version: Version = None) -> Whole:
        """Write it anew; refused where somebody else changed it since `version`."""
        answer = self._connection.ask("PUT", f"{self.path}/{pk}", body=draft, version=version)
        return cast("Whole", answer)

    def history(self, pk: str) -> Sequence[Mapping[str, Any]]:
        answer = self._connection.ask("GET", f"{self.path}/{pk}/history")
        return cast("Sequence[Mapping[str, Any]]", answer["rows"])


class Documents(_Resource[Row, Whole, Draft]):
    """All documents of one type."""

    def propose(self, follows: str) -> Draft:
        """The draft that would follow an earlier document."""
        answer = self._connection.ask("GET", f"{self.path}/proposal", query={"follows": follows})
        return cast("Draft", answer)

    def _act(
        self, verb: str, pk: str, *, reason: str | None = None, answers: Sequence[str] = (),
        version: Version = None,
    ) -> Whole:  # fmt: skip
        body: dict[str, Any] = {"answers": list(answers)}
        if reason is not None:
            body["reason"] = reason
        path = f"{self.path}/{pk}/{verb}"
        return cast("Whole", self._connection.ask("POST", path, body=body, version=version))


class Masters(_Resource[Whole, Whole, Draft]):
    """All rows of one kind of master data."""

    def archive(self, pk: str) -> Whole:
        return cast("Whole", self._connection.ask("POST", f"{self.path}/{pk}/archive"))

    def restore(self, pk: str) -> Whole:
        return cast("Whole", self._connection.ask("POST", f"{self.path}/{pk}/restore"))

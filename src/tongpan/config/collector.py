"""The collector of cycles: a walk over all that a process holds takes longer than a scan may."""

import atexit
import gc

# Of collections of the middle generation until all is walked; Python's own is 10.
SELDOM = 50


def spare_the_program() -> None:
    """What is loaded now is no garbage until the process ends, and the rest is seldom walked whole.

    At the end all of it is: libraries that count their objects would complain.
    """
    gc.freeze()
    young, middle, _whole = gc.get_threshold()
    gc.set_threshold(young, middle, SELDOM)
    atexit.register(gc.unfreeze)

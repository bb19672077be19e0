"""The program's processes beside the web server, each started by its name: `children.py relay`.

They are imported here, not run as modules of their own: a module that runs as `__main__` is not
the one in whose registers the rest of the program has written.
"""

import os
import sys


def relay() -> None:
    """Give committed events their positions and hand them to their subscribers, until told."""
    from tongpan.kernel.events import dispatcher

    dispatcher.main()


def worker() -> None:
    """Do the queued jobs and the scheduled ones, until told to stop."""
    from tongpan.kernel.events import jobs

    jobs.main()


def simulator() -> None:
    """Payment providers that charge nobody, on a free port, until told to stop."""
    from tongpan.config import pay_simulator

    pay_simulator.main()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
    import django

    django.setup()
    {"relay": relay, "worker": worker, "simulator": simulator}[sys.argv[1]]()

"""`python -m tongpan.config.cli`: tells Django which data folder, then opens the command line.

Apart from `command_line`, because commands and settings may only be imported after that.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import django

from tongpan.config import installation

if __name__ == "__main__":
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--data", type=Path)
    data = installation.data_folder(first.parse_known_args()[0].data)
    os.environ.update(installation.environ_of(data))
    django.setup()
    command_line = import_module("tongpan.config.command_line")
    import_module("tongpan.config.collector").spare_the_program()
    sys.exit(command_line.main(sys.argv[1:]))

"""Work that only the owner of the tables may do: migrating, and making a company.

Runs in a process of its own with `TONGPAN_DATABASE_ROLE=owner`, because the database user of a
process is fixed in its settings: `as_owner("migrate")` starts one.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import django
from django.conf import settings

SOURCE = Path(__file__).resolve().parents[1]
MAKES = re.compile(r"create (or replace )?(table|function|trigger|role)\b")


def as_owner(*arguments: str, environ: Mapping[str, str] | None = None) -> None:
    """Run this module as the owner of the tables.

    Errors: subprocess.CalledProcessError; what went wrong was written to standard error.
    """
    command = [sys.executable, "-m", "tongpan.config.companies", *arguments]
    environ = {**(environ or os.environ), "TONGPAN_DATABASE_ROLE": "owner"}
    subprocess.run(command, env=environ, check=True, stdout=sys.stderr)


def hash_of_tables() -> str:
    """Of every file that decides what the tables are: other tables need another empty company."""
    files = {*SOURCE.glob("**/migrations/*.py"), *SOURCE.glob("**/*.sql"), Path(__file__)}
    files |= {file for file in SOURCE.glob("**/*.py") if MAKES.search(file.read_text())}
    digest = hashlib.sha256(repr([settings.SHARED_APPS, settings.TENANT_APPS]).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(SOURCE)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def migrate() -> None:
    """Bring the shared tables, then those of every company, to the newest migration."""
    from tongpan.kernel.companies.migrating import SHARED  # needs the set-up
    from tongpan.kernel.companies.migrating import migrate as bring

    bring(SHARED)
    for schema in schemas():
        bring(schema)


def schemas() -> list[str]:
    """The schemas of all companies, the oldest first. Django must be set up."""
    from tongpan.kernel.companies.models import Company

    return list(Company.objects.order_by("created_at").values_list("schema_name", flat=True))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tongpan.config.companies")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="migrate the shared tables and every company")
    create = commands.add_parser("create", help="make a company")
    create.add_argument("--schema", required=True)
    create.add_argument("--name", required=True)
    given = parser.parse_args(arguments)
    django.setup()
    from tongpan.kernel.companies.making import make_company  # models need the set-up

    if given.command == "migrate":
        migrate()
    else:
        make_company(given.schema, given.name)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
    main(sys.argv[1:])

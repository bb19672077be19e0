"""Bring every table of every company to the newest migration."""

import argparse

from tongpan.config import companies
from tongpan.faces.cli import Result, no_arguments

NAME, NEEDS = "migrate", "database"
HELP = "更新所有公司的数据表 · migrate the shared tables and every company"
arguments = no_arguments


def run(given: argparse.Namespace) -> Result:
    companies.as_owner("migrate")
    return Result(text="数据表已是最新 · The tables are up to date.")

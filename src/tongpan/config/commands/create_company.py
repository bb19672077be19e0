"""Make another company: a schema of its own with all tables, made by migration."""

import argparse

from tongpan.config import companies
from tongpan.faces.cli import Result

NAME, NEEDS = "create-company", "database"
HELP = "新建公司 · make a company"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--schema", required=True, help="a short name: letters, digits, _")
    parser.add_argument("--name", required=True, help="the company's name")


def run(given: argparse.Namespace) -> Result:
    companies.as_owner("create", "--schema", given.schema, "--name", given.name)
    return Result(
        facts={"schema": given.schema, "name": given.name},
        text=f"公司 {given.name} 已就绪 · The company {given.name} is ready.",
    )

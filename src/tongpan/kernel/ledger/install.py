"""Putting the ledger's tables and functions into a company's schema."""

from pathlib import Path

from django.db.backends.utils import CursorWrapper

SQL = Path(__file__).parent / "sql"


def create_tables(cursor: CursorWrapper) -> None:
    """Make the ledger's tables in the schema that the connection stands in. Done once."""
    cursor.execute(tables())


def install(cursor: CursorWrapper, schema: str) -> None:
    """Make the ledger's functions, triggers and grants of a schema. Doing it twice is harmless.

    Each function is tied to its schema by name, so this is called by the migration and again after
    a schema was restored under another name or renamed: until then its functions would fail, or
    write into the company that bears the old name. Must run as the owner, inside a transaction.
    """
    cursor.execute(
        "select set_config('search_path', %s, true), quote_ident(%s)",
        [
            f'"{schema}", public',
            schema,
        ],
    )
    quoted = cursor.fetchone()[1]
    cursor.execute(functions().replace("{schema}", quoted))


def tables() -> str:
    """The text of the tables, for whatever schema is the current one."""
    return (SQL / "tables.sql").read_text()


def functions() -> str:
    """The text of the functions, with `{schema}` where a company's name belongs."""
    return (SQL / "functions.sql").read_text()

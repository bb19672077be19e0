"""Text in a sheet that a spreadsheet would take for a formula, made harmless and back again.

Source: OWASP, CSV Injection; also after leading spaces, and in workbooks as well as in CSV.
"""

import re

from tongpan.engines.imports.files import Cell, Table

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\x00]")
_GUARDED = re.compile(r"''*\s*[=+\-@＝＋－＠]")


def guarded(text: str) -> str:
    """`text` so that it stays text when a spreadsheet opens it.

    >>> guarded("=1+1"), guarded(" @SUM"), guarded("milk")
    ("'=1+1", "' @SUM", 'milk')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: Cell) -> Cell:
    """What `guarded` was given.

    >>> unguarded(guarded("=1+1")), unguarded(guarded("'=1"))
    ('=1+1', "'=1")
    """
    return cell[1:] if isinstance(cell, str) and _GUARDED.match(cell) else cell


def without_guards(table: Table) -> Table:
    """A table as it was before it was written to a file."""
    rows = [[unguarded(cell) for cell in row] for row in table.rows]
    return Table(table.name, rows, table.encoding, table.separator)

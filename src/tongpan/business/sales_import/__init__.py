"""Sales of other programs, brought in whole: every row is posted, or counted with its reason.

A preset knows one program's files. Ids are made from the file's own keys, so bringing the same
file in again changes nothing, and an import that was broken off goes on where it was.
"""

from tongpan.business.sales_import.importing import Report, import_sales
from tongpan.business.sales_import.presets import PRESETS

__all__ = ["PRESETS", "Report", "import_sales"]

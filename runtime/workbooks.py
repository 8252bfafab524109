"""A workbook's first sheet as CSV, for a child that may break on it."""

from __future__ import annotations

import csv
import io

from runtime.tabular import sheet_records


def to_csv(content: bytes, _options: bytes) -> bytes:
    """CSV in UTF-8 of the first sheet of an XLSX. Raises InputError (not_a_table)."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(sheet_records(content, "The file"))
    return out.getvalue().encode("utf-8-sig")

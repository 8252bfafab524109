"""Units in master data: a UN/ECE code, or a spelling that means exactly one."""

from __future__ import annotations

import re

from matching.units import unit_codes
from models.errors import InputError
from runtime.tabular import Row, need

_CODE = re.compile(r"[A-Z0-9]{2,3}")


def uom_of(row: Row, column: str) -> str:
    """The unit code of a cell: known spellings are translated, other codes of two or three signs are kept. Raises InputError."""
    text = need(row, column)
    known = unit_codes(text)
    if known:
        return text if text in known else known[0]
    if _CODE.fullmatch(text):
        return text
    raise InputError(f"{column} “{text}” is no unit; write a UN/ECE code such as H87, MTR or XBX.", code="unknown_unit")

"""A writer of .xlsb, as small as readers accept ([MS-XLSB]): one sheet, texts and numbers in their cells."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

Cell = str | float | None
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" '
    'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override PartName="/xl/worksheets/sheet1.bin" '
    'ContentType="application/vnd.ms-excel.worksheet"/></Types>')
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>')


def xlsb_file(rows: Sequence[Sequence[Cell]], sheet: str = "Order") -> bytes:
    """A workbook of one sheet with these rows; None is an empty cell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS.format("officeDocument", "xl/workbook.bin"))
        package.writestr("xl/_rels/workbook.bin.rels", _RELATIONS.format("worksheet", "worksheets/sheet1.bin"))
        package.writestr("xl/workbook.bin", _workbook(sheet))
        package.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
    return out.getvalue()


def _workbook(sheet: str) -> bytes:
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet)
    return _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    wide = max(map(len, rows))
    out = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, wide - 1)) + _record(145)
    for r, row in enumerate(rows):
        out += _record(0, struct.pack("<IIHHBI", r, 0, 300, 0, 0, 1) + struct.pack("<II", 0, wide - 1))
        for c, value in enumerate(row):
            head = struct.pack("<II", c, 0)
            if isinstance(value, str):
                out += _record(6, head + _text(value))
            elif value is not None:
                out += _record(5, head + struct.pack("<d", value))
    return out + _record(146) + _record(130)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record: its kind in one or two bytes, its length in groups of seven bits, its content."""
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(content)
    while length > 127:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return number + size + bytes([length]) + content

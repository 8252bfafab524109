"""XLSB → sheets, from its binary records ([MS-XLSB] 2.1.4 and 2.4). Formulas are stored with their results only."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extraction.formats.office_zip import OfficeZip, open_office
from extraction.formats.sheet_cells import PLAIN, Budget, CellError, CellLook, Colour, SheetBuilder, Value, look_flags
from extraction.formats.sheet_drawings import Drawings, drawings_of
from extraction.formats.sheet_numbers import BUILT_IN, number_format
from extraction.formats.sheet_xlsx import add_drawings, besides
from extraction.formats.sheet_xlsx_styles import BLACK, PALETTE, WHITE, at, theme_colours, tinted
from models.domain.pages import Problem
from models.errors import InputError

_ROW, _COLUMN, _MERGED, _SHEET, _BOOK, _STRING = 0, 60, 176, 156, 153, 19
_FORMAT, _FONT, _FILL, _STYLE, _STYLES_BEGIN, _STYLES_END = 44, 43, 45, 47, 617, 618
_BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED, _RICH = 1, 2, 3, 4, 5, 6, 7, 62
_FORMULAS = {8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR}          # with a result of that kind
_SHORT = 11                                                      # short cell records: 12–18 for 1–7, without a column
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A", 43: "#GETTING_DATA"}
_LEAST_WIDTH = 77                                                # 1/256 of a character


@dataclass(slots=True)
class _Book:
    strings: list[str] = field(default_factory=list)
    looks: list[CellLook] = field(default_factory=list)
    is_1904: bool = False


def read_xlsb(content: bytes, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    """The worksheets in their order. Raises InputError as `open_office` and `Budget` do, damaged_document for broken records."""
    try:
        with open_office(content) as package:
            return _read(package, budget)
    except (struct.error, IndexError, UnicodeDecodeError) as e:
        raise InputError("The workbook is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def _read(package: OfficeZip, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    main = package.main_part("xl/workbook.bin")
    relations = package.relations(main)
    parts = {r.kind: r.target for r in relations if r.target in package.names}
    theme = theme_colours(package.root(parts.get("theme", "")))
    book = _Book()
    if "sharedStrings" in parts:
        for kind, body in _records(package.bytes_of(parts["sharedStrings"])):
            if kind == _STRING:
                budget.cell()
                book.strings.append(_text(body, 1)[0])
    if "styles" in parts:
        book.looks = list(_looks(package.bytes_of(parts["styles"]), theme))
    targets = {r.id: r.target for r in relations if r.kind == "worksheet" and r.target in package.names}
    sheets: list[SheetBuilder] = []
    drawings: dict[int, Drawings] = {}
    for kind, body in _records(package.bytes_of(main)):
        if kind == _BOOK:
            book.is_1904 = bool(body[0] & 1)
        elif kind == _SHEET:
            relation, after = _text(body, 8)
            name, _ = _text(body, after)
            if relation in targets:
                builder = SheetBuilder(len(sheets), name, budget, is_hidden=body[0] & 3 != 0, is_1904=book.is_1904)
                _fill(builder, book, package.bytes_of(targets[relation]))
                sheets.append(builder)
                if not body[0] & 3:
                    drawings[builder.number] = drawings_of(package, targets[relation])
    add_drawings(sheets, drawings, budget)
    return sheets, list(besides(package, {r.kind for r in relations}))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of each record; both numbers before the body have seven bits a byte, the lowest first."""
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        while True:
            piece = data[place]
            place += 1
            size |= (piece & 0x7F) << shift
            shift += 7
            if not piece & 0x80 or shift >= 28:
                break
        yield kind, data[place: place + size]
        place += size


def _text(body: bytes, start: int) -> tuple[str, int]:
    """The string at `start`, and where it ends; "" for none."""
    (length,) = struct.unpack_from("<I", body, start)
    if length == 0xFFFFFFFF:
        return "", start + 4
    end = start + 4 + 2 * length
    return body[start + 4: end].decode("utf-16-le"), end


def _fill(builder: SheetBuilder, book: _Book, data: bytes) -> None:
    row = column = -1
    for kind, body in _records(data):
        if kind == _ROW:
            (row,), column = struct.unpack_from("<I", body), -1
            if body[11] & 0x10:
                builder.hide_row(row)
        elif 1 <= kind <= _SHORT + _SHARED or kind == _RICH:
            is_short = _SHORT < kind <= _SHORT + _SHARED
            column = column + 1 if is_short else struct.unpack_from("<I", body)[0]
            _cell(builder, book, kind - _SHORT if is_short else kind, body if is_short else body[4:], row, column)
        elif kind == _COLUMN:
            first, last, width, _, flags = struct.unpack_from("<IIIIH", body)
            if flags & 1 or width < _LEAST_WIDTH:
                builder.hide_columns(first, last)
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            builder.merge((top, left), (bottom, right))


def _cell(builder: SheetBuilder, book: _Book, kind: int, body: bytes, row: int, column: int) -> None:
    is_formula = kind in _FORMULAS
    kind = _FORMULAS.get(kind, kind)
    if kind == _BLANK:
        return
    look = at(book.looks, int.from_bytes(body[:3], "little"), PLAIN)
    builder.add((row, column), _value(kind, body, book.strings), look, "" if is_formula else None)


def _value(kind: int, body: bytes, strings: Sequence[str]) -> Value:
    if kind == _RK:
        return _rk(*struct.unpack_from("<I", body, 4))
    if kind == _REAL:
        return float(struct.unpack_from("<d", body, 4)[0])
    if kind == _BOOL:
        return bool(body[4])
    if kind == _ERROR:
        return CellError(_ERRORS.get(body[4], "#VALUE!"))
    if kind == _SHARED:
        return at(strings, struct.unpack_from("<I", body, 4)[0], CellError("#REF!"))
    return _text(body, 5 if kind == _RICH else 4)[0]


def _rk(packed: int) -> float:
    """A number in 30 bits ([MS-XLSB] 2.5.122): an integer or the head of a double, perhaps a hundredth of it."""
    number: float
    if packed & 2:
        number = (packed >> 2) - (1 << 30 if packed >> 31 else 0)
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return number / 100 if packed & 1 else float(number)


def _looks(data: bytes, theme: Sequence[str]) -> Iterator[CellLook]:
    codes: dict[int, str] = {}
    fonts: list[tuple[Colour, float, bool]] = []
    fills: list[Colour] = []
    is_cell_style = False
    for kind, body in _records(data):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif kind == _FONT:
            height, bits = struct.unpack_from("<HH", body)
            fonts.append((_colour(body[12:20], theme) or BLACK, height / 20, bool(bits & 8)))
        elif kind == _FILL:
            fills.append((_colour(body[4:12], theme) or WHITE) if body[0] else WHITE)
        elif kind in {_STYLES_BEGIN, _STYLES_END}:
            is_cell_style = kind == _STYLES_BEGIN
        elif kind == _STYLE and is_cell_style:
            form, font, fill = struct.unpack_from("<HHH", body, 2)
            ink, points, is_struck = at(fonts, font, (BLACK, 11.0, False))
            flags = look_flags(ink, at(fills, fill, WHITE), points, is_struck=is_struck)
            yield CellLook(number_format(codes.get(form) or BUILT_IN.get(form, "General")), flags)


def _colour(packed: bytes, theme: Sequence[str]) -> Colour | None:
    """Eight bytes: kind (1 palette, 2 direct, 3 theme), index, tint, red, green, blue; None for an automatic one."""
    kind, index, tint = packed[0] >> 1, packed[1], struct.unpack_from("<h", packed, 2)[0] / 32_767
    if kind == 2:
        return tinted(packed[4:7].hex(), tint)
    return tinted(at(PALETTE if kind == 1 else theme, index, "808080"), tint) if kind in {1, 3} else None

"""Records of an XLS workbook that xlrd does not tell of: which cells are formulas, the text boxes over them ([MS-XLS] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator
from io import BytesIO

import olefile

from extraction.formats.sheet_cells import Place

_BOF, _EOF, _BOUNDSHEET, _FORMULA = (0x0009, 0x0209, 0x0409, 0x0809), 0x000A, 0x0085, (0x0006, 0x0206, 0x0406)
_OBJECT, _TEXT, _CONTINUE = 0x005D, 0x01B6, 0x003C
_COMMENT = 0x19               # kind of an object that is the box of a comment
_EMPTY_RESULT = b"\x03"

Records = Iterator[tuple[int, bytes]]


def formulas_of(stream: bytes) -> dict[int, dict[Place, bool]]:
    """Sheet by number → its formula cells, with True where the stored result is an empty text. [MS-XLS] 2.4.127."""
    return {
        number: {
            struct.unpack_from("<HH", body): body[6:7] == _EMPTY_RESULT and body[12:14] == b"\xff\xff"
            for _, body in _records(stream, start, _FORMULA) if len(body) >= 14}
        for number, start in enumerate(_sheets(stream))}


def boxes_of(stream: bytes) -> dict[int, tuple[str, ...]]:
    """Sheet by number → the lines of its text boxes, in the order they are stored; comments on cells are left out."""
    return {
        number: tuple(_lines(_records(stream, start, {_OBJECT, _TEXT, _CONTINUE})))
        for number, start in enumerate(_sheets(stream))}


def stream_of(content: bytes) -> bytes:
    """The workbook's records; the oldest files are nothing else."""
    if not content.startswith(olefile.MAGIC):
        return content
    with olefile.OleFileIO(BytesIO(content)) as ole:
        name = next(n for n in ("Workbook", "Book") if ole.exists(n))
        return bytes(ole.openstream(name).read())


def _sheets(stream: bytes) -> list[int]:
    """Where the worksheets begin; sheets that are a chart or macros are none."""
    found = [body for _, body in _records(stream, 0, {_BOUNDSHEET}) if len(body) >= 6]
    return [struct.unpack_from("<I", body)[0] for body in found if body[5] == 0] if found else [0]


def _records(stream: bytes, at: int, wanted: Container[int]) -> Records:
    """Number and body of the wanted records of one substream; those of charts inside it are left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += kind in _BOF
        if depth == 1 and kind in wanted:
            yield kind, stream[at + 4: at + 4 + size]
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        at += 4 + size


def _lines(records: Records) -> Iterator[str]:
    """The text of an object follows it: a record with its length ([MS-XLS] 2.4.329), then letters of one byte or two."""
    is_comment, missing, text = False, 0, ""
    for kind, body in records:
        if kind == _OBJECT:
            is_comment = body[4:6] == bytes((_COMMENT, 0))
        elif kind == _TEXT:
            missing, text = struct.unpack_from("<H", body, 10)[0] if len(body) >= 12 and not is_comment else 0, ""
        elif missing and body:
            letters = body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1", "replace")[:missing]
            missing -= len(letters) or missing
            text += letters
            if not missing:
                yield from (line for line in text.splitlines() if line.strip())

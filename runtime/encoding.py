"""What a plain text file is written in, found in one pass over it without holding it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from models.errors import InputError

LONGEST_LINE = 2**20
"""Bytes of the longest line that a table may have."""
_CHUNK = 2**20
_SAMPLE = 2**16
_NEVER = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7", "cp037", "cp500", "cp1026", "cp1140"]
# Western text in cp1252 has single letters beyond ASCII; runs of them, bytes it leaves empty, and signs before letters tell
# of another alphabet or of Central European text.
_FOREIGN = re.compile(rb"[\x80-\xff]{4}|[\x81\x8d\x8f\x90\x9d]|[\xa3\xa5\xb3\xb6\xb9\xbe\xbf][A-Za-z]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def inspect(path: Path) -> str:
    """The encoding of a text file, as Python names it. The file was looked through: it can be decoded to its end.

    Raises InputError (not_a_table, line_too_long).
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _wide(head) or "utf-8"
    try:
        _look_through(path, encoding)
    except UnicodeDecodeError:
        encoding = _guess(path)
    else:
        return encoding
    try:
        _look_through(path, encoding)
    except UnicodeDecodeError:
        raise _no_text(path) from None
    return encoding


def _no_text(path: Path) -> InputError:
    return InputError(f"{path.name} is not text. Save it as CSV (UTF-8) or XLSX.", code="not_a_table")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(head) > 3 and head[start::2].count(0) > 0.4 * len(head[start::2]) and not head[1 - start::2].count(0):
            return name
    return None


def _look_through(path: Path, encoding: str) -> None:
    """Raises UnicodeDecodeError, or InputError for a line without end or for signs that no text has."""
    decoder = codecs.getincrementaldecoder(encoding)()
    begun, lines = 0, 0                               # characters of the line that is not at its end yet, lines before it
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\x00" in text:
                raise InputError(f"{path.name} holds zero bytes. Save it as CSV (UTF-8) or XLSX.", code="not_a_table")
            first, *others = text.replace("\r", "\n").split("\n")
            if max(begun + len(first), *map(len, others), 0) > LONGEST_LINE:
                raise InputError(
                    f"{path.name} has a line of more than {LONGEST_LINE:,} characters after line {lines + 1}; "
                    "a row of a table is shorter. Export it anew.", code="line_too_long")
            begun = len(others[-1]) if others else begun + len(first)
            lines += text.count("\n")
        decoder.decode(b"", final=True)


def _guess(path: Path) -> str:
    """The likeliest encoding by the beginning and the first lines that are not plain ASCII. Raises InputError for UTF-8 with
    a few broken lines: read as anything else, the whole ones would be garbled."""
    size, whole, broken = 0, 0, []
    with path.open("rb") as file:
        found = [file.read(_SAMPLE // 8), b"\n"]
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if not line.isascii() and size < _SAMPLE:
                found.append(line)
                size += len(line)
            if not line.isascii():
                try:
                    line.decode()
                    whole += 1
                except UnicodeDecodeError:
                    broken.append(number)
    if whole > len(broken):
        raise InputError(
            f"{path.name} is UTF-8, but line {broken[0]} has bytes that are not; mend it or export the file anew.",
            code="broken_text")
    sample = b"".join(found)
    if not _FOREIGN.search(sample):
        return "cp1252"
    best = from_bytes(sample, cp_exclusion=_NEVER).best()
    if best is None:
        raise _no_text(path)
    return best.encoding

"""Files typed into the text of a mail, as programs did before MIME and some scanners still do (POSIX uuencode)."""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S.*)$")


def decode_uu_line(line: bytes) -> bytes | None:
    """The bytes of one line, blanks at its end or not; None when it is none."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    length = (line[0] - 32 & 63) if line else 0
    try:
        return binascii.a2b_uu(line[:1 + (length + 2) // 3 * 4])      # what stands behind is another program's padding
    except binascii.Error:
        return None


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(the text without the files, (name, content) of each). What is not wholly a file stays text."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    lines = text.splitlines()
    at, last_end = 0, max(n for n, line in enumerate(lines) if line.startswith("end") or n == 0)
    while at < len(lines):
        begin = _BEGIN.match(lines[at]) if at < last_end else None
        found = _content(lines, at + 1) if begin else None
        if begin and found:
            content, at = found
            files.append((begin[1].strip(), content))
        else:
            kept.append(lines[at])
            at += 1
    return ("\n".join(kept), files) if files else (text, [])


def _content(lines: list[str], at: int) -> tuple[bytes, int] | None:
    """The content of the lines from `at` to the word "end", and the line behind that; None when a line is no data."""
    data: list[bytes] = []
    while at < len(lines):
        line = lines[at].rstrip()
        at += 1
        if line == "end":
            return b"".join(data), at
        if not line.isascii():
            return None
        piece = decode_uu_line(line.encode()) if line else b""
        if piece is None:
            return None
        data.append(piece)
    return None

"""The structure of a mail (RFC 2046) as slices of its bytes. Tolerant, linear in size, and free of recursion limits of its own.

Python's parser copies a mail several times over (2.7 GB for a 100 MB attachment, measured) and cannot give a nested mail back
byte for byte; here a part is (raw, start, end) until its content is asked for.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from intake.labels import file_label
from intake.mail.headers import Headers, decode_base64, split_headers

SPANS = 1_000         # parts of one multipart

_GUESSED_BOUNDARY = re.compile(rb"(?m)^--([^\s]{1,200})[ \t]*\r?\n(?=[!-9;-~]{1,100}:)")
_BOUNDARY_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r?\Z)")
_HAS_DATA = re.compile(rb"\S")


@dataclass(frozen=True)
class Entity:
    """One node of the MIME tree: headers, and a body that lies in raw[body:end]."""

    raw: bytes
    headers: Headers
    body: int
    end: int

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        value, parameters = self.headers.parameters("content-type")
        return (value if value.count("/") == 1 else "text/plain"), parameters

    @property
    def media_type(self) -> str:
        """As declared, lower case; "text/plain" where nothing usable is declared (RFC 2045, 5.2)."""
        return self._content_type[0]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the content type."""
        return self._content_type[1]

    @cached_property
    def disposition(self) -> str:
        """"attachment", "inline" or ""."""
        return self.headers.parameters("content-disposition")[0]

    @cached_property
    def file_name(self) -> str | None:
        """The sender's name for the part, a label only."""
        disposition = self.headers.parameters("content-disposition")[1]
        return file_label(disposition.get("filename")) or file_label(self.parameters.get("name"))

    def content(self) -> bytes:
        """The decoded body; damaged encodings give what can be decoded."""
        data = self.raw[self.body:self.end]
        encoding = (self.headers.get("content-transfer-encoding") or "").partition(";")[0].strip(" \t\"'").lower()
        if encoding == "base64":
            return decode_base64(data)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(data)
        if encoding in ("x-uuencode", "x-uue", "uuencode"):
            return _uudecoded(data)
        return data

    def children(self) -> Iterator[Entity]:
        """The parts of a multipart, in order; none when no boundary can be found."""
        boundary = self.parameters.get("boundary", "").encode("utf-8", "replace").strip()
        spans = list(_spans(self.raw, self.body, self.end, boundary)) if boundary else []
        if not spans and (guess := _GUESSED_BOUNDARY.search(self.raw, self.body, self.end)):
            spans = list(_spans(self.raw, self.body, self.end, guess[1]))
        for start, end in spans:
            if _HAS_DATA.search(self.raw, start, end):
                yield read_entity(self.raw, start, end)


def read_entity(raw: bytes, start: int = 0, end: int | None = None) -> Entity:
    """The node that raw[start:end] is."""
    end = len(raw) if end is None else end
    headers, body = split_headers(raw, start, end)
    return Entity(raw, headers, body, end)


def _spans(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of the parts between boundary lines. A missing last boundary ends the last part with the parent.

    After SPANS parts whatever is left is one more, so that a flood of boundaries costs little.
    """
    opened: int | None = None
    for line, behind, is_last in islice(_boundary_lines(raw, start, end, b"--" + boundary), SPANS):
        if opened is not None:
            yield opened, max(opened, line - (2 if raw[line - 2:line] == b"\r\n" else 1))
        opened = behind
        if is_last:
            return
    if opened is not None:
        yield opened, end


def _boundary_lines(raw: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start of the line, start of the next line, whether it closes the multipart) of each boundary line."""
    hit = start if raw.startswith(mark, start, end) else _next_line(raw, start, end, mark)
    while hit >= 0:
        at = hit + len(mark)
        if rest_of_line := _BOUNDARY_END.match(raw, at, end):
            yield hit, rest_of_line.end(), rest_of_line[1] is not None
            at = rest_of_line.end() - 1         # its line end may be the one before the next boundary line
        hit = _next_line(raw, at, end, mark)


def _next_line(raw: bytes, start: int, end: int, mark: bytes) -> int:
    """Where the next line that begins with `mark` starts, or -1."""
    found = raw.find(b"\n" + mark, start, end)
    return found + 1 if found >= 0 else -1


def _uudecoded(data: bytes) -> bytes:
    decoded = []
    for line in data.splitlines():
        if not line.startswith((b"begin ", b"end", b"`")):
            try:
                decoded.append(binascii.a2b_uu(line))
            except binascii.Error:
                continue        # a damaged line; the reader sees that the content is
    return b"".join(decoded)

"""Bodies of Outlook messages that exist only as compressed RTF, and what was wrapped in it.

Compression: [MS-OXRTFCP]; text and HTML wrapped in RTF: [MS-OXRTFEX]. RTF that wraps nothing is a document of its own.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from intake.charset import decode_text

LARGEST = 64 * 2**20           # bytes that are unpacked; a mail body is a thousand times smaller

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans Serif"
    b"SymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")
_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEADER, _WINDOW = 16, 4096

_TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL)
_SIGNS = {
    "par": "\r\n", "line": "\r\n", "tab": "\t", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "endash": "–", "emdash": "—",
}
_SYMBOLS = {"~": "\xa0", "_": "\xad", "{": "{", "}": "}", "\\": "\\", "\n": "\r\n", "\r": "\r\n"}
_SILENT = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer"})
_FONT_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}
"""Character set of a font → code page (RTF 1.9.1, font table); others use the code page of the whole."""


def decompressed(data: bytes) -> bytes:
    """RTF out of its compressed form; RTF that is not compressed as it is. Raises ValueError for anything else."""
    if data.startswith(b"{\\rtf"):
        return data
    if len(data) < _HEADER:
        raise ValueError("compressed RTF without a header")
    kind, size = data[8:12], min(struct.unpack_from("<I", data, 4)[0], LARGEST)
    if kind == _PLAIN:
        return data[_HEADER:_HEADER + size]
    if kind != _PACKED:
        raise ValueError("no compressed RTF")
    return _unpacked(data, size)


def _unpacked(data: bytes, size: int) -> bytes:
    """Eight tokens follow each control byte, lowest bit first: a byte, or twelve bits of place and four of length in a ring."""
    ring = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    out, at, write = bytearray(), _HEADER, len(_DICTIONARY)
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if at + (control >> bit & 1) >= len(data):
                return bytes(out)
            if control >> bit & 1:
                place, length = data[at] << 4 | data[at + 1] >> 4, (data[at + 1] & 15) + 2
                at += 2
                if place == write:
                    return bytes(out)
            else:
                ring[write], place, length = data[at], write, 1
                at += 1
            for step in range(length):
                out.append(ring[(place + step) % _WINDOW])
                ring[write] = out[-1]
                write = (write + 1) % _WINDOW
    return bytes(out)


def wrapped(rtf: bytes) -> tuple[str, str] | None:
    """(media type, text) of the mail body that was wrapped in RTF; None when it was written as RTF."""
    head = rtf[:1_000]
    if b"\\fromhtml1" in head:
        return "text/html", _Unwrapper().run(rtf)
    return ("text/plain", _Unwrapper().run(rtf)) if b"\\fromtext" in head else None


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the next closing brace."""

    is_silent: bool = False        # a destination that is no text
    is_tag: bool = False           # HTML as it was
    is_rtf_only: bool = False      # what only RTF readers should see
    is_fonts: bool = False
    fallback: int = 1              # characters that stand in for one Unicode sign
    charset: str | None = None


@dataclass(slots=True)
class _Unwrapper:
    """One pass over the tokens. Braces may nest as deep as they like: the groups are a list."""

    out: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)        # bytes of one code page: some need two for a sign
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    charset: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    is_starred: bool = False
    to_skip: int = 0

    def run(self, rtf: bytes) -> str:
        text, at = rtf.decode("latin-1"), 0
        while found := _TOKEN.match(text, at):
            at = found.end()
            word, number, code, symbol, brace, plain = found.groups()
            if word == "bin":
                at += max(0, int(number or 0))
            elif word:
                self._word(word, int(number) if number else None)
            elif code:
                self._byte(int(code, 16))
            elif symbol:
                self._symbol(symbol)
            elif brace:
                self._brace(brace)
            elif plain:
                self._plain(plain)
        self._flush()
        joined = "".join(self.out)
        return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _brace(self, brace: str) -> None:
        self._flush()
        self.is_starred, self.to_skip = False, 0
        if brace == "{":
            self.groups.append(self.groups[-1])
        elif len(self.groups) > 1:
            self.groups.pop()

    def _change(self, **values: object) -> None:
        self._flush()
        self.groups[-1] = replace(self.groups[-1], **values)  # type: ignore[arg-type]

    def _word(self, word: str, number: int | None) -> None:
        starred, self.is_starred = self.is_starred, False
        group = self.groups[-1]
        if starred:
            self._change(is_tag=True) if word == "htmltag" else self._change(is_silent=True)
        elif word in _SILENT:
            self._change(is_silent=True, is_fonts=word == "fonttbl")
        elif word == "htmlrtf":
            self._change(is_rtf_only=number != 0)
        elif word == "ansicpg" and number:
            self.charset = f"cp{number}"
        elif word == "uc" and number is not None:
            self._change(fallback=max(0, number))
        elif word == "u" and number is not None:
            self._flush()
            self._write(chr(number % 65_536))
            self.to_skip = group.fallback
        elif word == "f" and number is not None:
            self.font = number
            if not group.is_fonts:
                self._change(charset=self.fonts.get(number))
        elif word == "fcharset" and group.is_fonts and number is not None and number in _FONT_CHARSETS:
            self.fonts[self.font] = _FONT_CHARSETS[number]
        elif word in _SIGNS:
            self._flush()
            self._write(_SIGNS[word])

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self.is_starred = True
        elif symbol in _SYMBOLS:
            self._plain(_SYMBOLS[symbol])

    def _byte(self, value: int) -> None:
        if self.to_skip:
            self.to_skip -= 1
        else:
            self.pending.append(value)

    def _plain(self, text: str) -> None:
        self._flush()
        skipped = min(self.to_skip, len(text))
        self.to_skip -= skipped
        self._write(text[skipped:])

    def _flush(self) -> None:
        if self.pending:
            self._write(decode_text(bytes(self.pending), self.groups[-1].charset or self.charset))
            self.pending.clear()

    def _write(self, text: str) -> None:
        group = self.groups[-1]
        if not group.is_silent and (group.is_tag or not group.is_rtf_only):
            self.out.append(text)

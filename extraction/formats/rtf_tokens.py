"""RTF 1.9 taken apart: control words, groups, text in the code pages that a document names."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])|(?P<brace>[{}])"
    rb"|(?P<end>[\r\n\x00]+)|(?P<text>[^\\{}\r\n\x00]+)|(?P<stray>\\)", re.DOTALL)
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp437",
}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: "word" (`text` its name, `number` its parameter), "sign", "open", "close", "bytes" or "binary"."""

    kind: str
    text: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(content: bytes) -> Iterator[Token]:
    """The tokens of a document; line ends mean nothing. `\\binN` takes the N bytes behind it, whatever they are."""
    at = 0
    while match := _TOKEN.match(content, at):
        at = match.end()
        if word := match["word"]:
            number = int(match["number"]) if match["number"] else None
            if word == b"bin" and number and number > 0:
                yield Token("binary", data=content[at: at + number])
                at += number
            else:
                yield Token("word", word.decode("ascii"), number)
        elif match["hex"]:
            yield Token("bytes", data=bytes.fromhex(match["hex"].decode("ascii")))
        elif match["brace"]:
            yield Token("open" if match["brace"] == b"{" else "close")
        elif match["sign"]:
            yield Token("sign", match["sign"].decode("latin-1"))
        elif match["text"]:
            yield Token("bytes", data=match["text"])


def code_page(number: int | None) -> str:
    """The codec of a Windows code page by number; cp1252 for one that is not known."""
    name = {65001: "utf-8", 10000: "mac_roman", 936: "gb18030"}.get(number or 1252, f"cp{number or 1252}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def charset(number: int | None, usual: str) -> str:
    """The codec of a font's character set; the document's `usual` one where the font names none."""
    return _CHARSETS.get(number if number is not None else 1, usual)

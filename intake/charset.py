"""Bytes to text whatever the declared charset: never fails, and never guesses where the bytes are clear."""

from __future__ import annotations

import re

from runtime.code_pages import guessed_text

# Declared name → what senders mean by it: the superset every mail program reads it as (WHATWG Encoding Standard).
_MEANT = {
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254",
    "gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8",
}
_META_CHARSET = re.compile(r"(<meta\b[^>]{0,500}?charset\s*=\s*[\"']?)[\w.:-]+", re.IGNORECASE)
_META_WITHIN = 4_096          # characters; readers look for it in the first 1,024 bytes (HTML, 4.2.5.5)


def decode_text(data: bytes, declared: str | None) -> str:
    """Text of `data`. UTF-8 that is valid wins over a wrong declaration; unknown or failing charsets are guessed."""
    charset = (declared or "").strip(" \"'").lower()
    meant = _MEANT.get(charset, charset)
    for candidate in (*(("utf-8",) if meant in ("", "cp1252", "unknown-8bit") else ()), meant):
        if (text := _decoded(data, candidate)) is not None:
            return text
    return guessed_text(data)[0]


def html_bytes(html: str) -> bytes:
    """HTML in UTF-8 whose own meta element says so too."""
    head = _META_CHARSET.sub(r"\1utf-8", html[:_META_WITHIN])
    return (head + html[_META_WITHIN:]).encode("utf-8", "replace")


def _decoded(data: bytes, charset: str) -> str | None:
    if not charset:
        return None
    try:
        return data.decode("utf-8-sig" if charset == "utf-8" else charset)
    except (LookupError, ValueError):       # LookupError also for codecs that are no charsets, such as zlib
        return None

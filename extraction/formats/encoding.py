"""Bytes of a text of unknown encoding → text."""

from __future__ import annotations

from charset_normalizer import from_bytes

from models.domain.pages import Problem

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LIKELY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp850", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]


def decode_text(content: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text, with a problem encoding_unsure when bytes had to be replaced. Line ends become "\\n"."""
    text, problems = _decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""), problems


def _decode(content: bytes) -> tuple[str, tuple[Problem, ...]]:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return content.decode(name, "replace"), ()
    if content[:2048].count(0) > len(content[:2048]) // 4:
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", "replace"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        best = from_bytes(content, cp_isolation=_LIKELY).best()
    if best is not None:
        return str(best), ()
    unsure = Problem("encoding_unsure", "The text's encoding is unknown; signs shown as � could not be read.", 0)
    return content.decode("cp1252", "replace"), (unsure,)

"""Bytes of a text of unknown encoding → text. Marks and valid UTF decide; else the code page whose letters make words."""

from __future__ import annotations

from extraction.formats.sniff import is_wide
from models.domain.pages import Problem
from runtime.code_pages import guessed_text

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"))
_CONTROLS = {n: " " for n in range(32) if chr(n) not in "\t\n\f\r"} | {0: None, 127: " "}


def decode_text(content: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text, with a problem encoding_unsure when bytes had to be replaced. Line ends become "\\n", control signs blanks."""
    text, problems = _decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS), problems


def _decode(content: bytes) -> tuple[str, tuple[Problem, ...]]:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _told(content.decode(name, "replace"))
    if is_wide(content[:8192]):
        little = content[1:8192:2].count(0) > content[:8192:2].count(0)
        return _told(content.decode("utf-16-le" if little else "utf-16-be", "replace"))
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    text, is_known = guessed_text(content)
    return _told(text, is_guess=not is_known)


def _told(text: str, *, is_guess: bool = False) -> tuple[str, tuple[Problem, ...]]:
    lost = text.count("\ufffd")
    if not lost and not is_guess:
        return text, ()
    return text, (Problem("encoding_unsure", f"The text's encoding is unsure; {lost} signs shown as � could not be read. Compare "
                                             "it with the sender's document.", 0),)

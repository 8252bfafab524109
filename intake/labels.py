"""Names that senders chose. They are labels for people, never paths; here they become text that any database can hold."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 255
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
# Direction overrides make "exe.fdp" read as a PDF.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str) -> str:
    """One line without control characters, lone surrogates or direction overrides; runs of blanks become one."""
    shown = "".join(" " if c.isspace() or unicodedata.category(c) in _UNPRINTABLE else c for c in _DIRECTION.sub("", text))
    return " ".join(shown.split())


def file_label(name: str | None) -> str | None:
    """The last component of a name, cleaned, at most 255 characters with its extension kept; None when nothing is left."""
    last = clean_text(re.split(r"[/\\]", (name or "").rstrip("/\\"))[-1])
    if len(last) > LENGTH:
        stem, dot, extension = last.rpartition(".")
        last = stem[:LENGTH - len(extension) - 1] + dot + extension if dot and len(extension) < 16 else last[:LENGTH]
    return last or None

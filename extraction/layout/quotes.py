"""What is new in a mail: without the quoted history below, the signature and the legal small print."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.layout.geometry import Line
from models.domain.evidence import PageKind
from models.domain.pages import WordFlag

_HISTORY = re.compile(
    r"^(?:-{2,}\s*(?:original|ursprüngliche|message d'origine|mensaje original|oorspronkelijk|messaggio originale|wiadomość)|"
    r"(?:on|am|le|el|op|il|dnia|w dniu)\b.{4,90}\b"
    r"(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|napisał(?:\(?a\)?)?)\b.*:?$|"
    r".{4,90}(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|napisał(?:\(?a\)?)?)\s*:$)",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"^(?:from|von|de|da|van|od)\s*:.+@", re.IGNORECASE)
_CLOSING = re.compile(
    r"^(?:--\s*$|(?:best|kind|warm|many)?\s*(?:regards|thanks|thank you|cheers)\b.{0,20}$|yours \w+|sincerely|"
    r"mit freundlichen|freundliche gr|"
    r"viele gr|beste gr|cordialement|bien cordialement|salutations|saludos|un saludo|atentamente|met vriendelijke|groeten|"
    r"cordiali saluti|"
    r"distinti saluti|grazie|z poważaniem|pozdrawiam)",
    re.IGNORECASE,
)


def newest(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of the newest part of a mail body, its signature included; everything of other media. A body that holds
    nothing but history is given whole."""
    out: list[Line] = []
    for line in lines:
        if line.kind is PageKind.TEXT:
            if out and (_HISTORY.match(line.text) or (_FORWARD.match(line.text) and not _is_forward(out))):
                break
            if line.text.startswith(">") or all(WordFlag.QUOTED in t.word.flags for t in line.tokens):
                continue
        out.append(line)
    return tuple(out) or tuple(lines)


def before_closing(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines above the signature."""
    for n, line in enumerate(lines):
        if line.kind is PageKind.TEXT and n and _CLOSING.match(line.text):
            return tuple(lines[:n])
    return tuple(x for x in lines if not all(WordFlag.SIGNATURE in t.word.flags for t in x.tokens))


def _is_forward(above: Sequence[Line]) -> bool:
    """True when what stands above a quoted letterhead is too short to be a message of its own."""
    return sum(len(x.tokens) for x in above) < 25

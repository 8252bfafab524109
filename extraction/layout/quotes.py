"""Which lines of a document to read: what is new in a mail, without its signature. By the flags that `mail_parts` set."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.layout.geometry import Line
from models.domain.pages import WordFlag


def newest(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that are not quoted, signature included. A body that holds nothing but quotes is given whole."""
    return _without(lines, WordFlag.QUOTED) or tuple(lines)


def before_closing(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines without signatures and small print."""
    return _without(lines, WordFlag.SIGNATURE)


def _without(lines: Sequence[Line], flag: WordFlag) -> tuple[Line, ...]:
    return tuple(line for line in lines if not all(flag in t.word.flags for t in line.tokens))

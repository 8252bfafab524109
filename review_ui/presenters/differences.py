"""What tells candidates apart: the words of each that its nearest twin does not have. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\S+")
_AROUND = ",;.:()[]"
TWINS = 0.5
"""The share of common words from which two texts are twins, whose differences matter; below it nearly all words differ."""


def differing(texts: Sequence[str]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Each text in pieces, with whether a piece is missing from the text that is most like it; empty where none is like it."""
    said = [frozenset(map(_plain, _WORD.findall(text))) for text in texts]
    return tuple(_marked(text, _twin(place, said)) for place, text in enumerate(texts))


def _plain(word: str) -> str:
    return word.strip(_AROUND).casefold()


def _twin(place: int, said: Sequence[frozenset[str]]) -> frozenset[str] | None:
    """The words of the text that is most like the one at `place`."""
    own = said[place]
    others = [other for at, other in enumerate(said) if at != place and other != own]
    best = max(others, key=lambda other: len(own & other) / len(own | other), default=None)
    return best if best is not None and own & best and len(own & best) >= TWINS * min(len(own), len(best)) else None


def _marked(text: str, twin: frozenset[str] | None) -> tuple[tuple[str, bool], ...]:
    if twin is None:
        return ()
    pieces: list[tuple[str, bool]] = []
    for found in re.finditer(r"\s+|\S+", text):
        piece = found[0]
        is_other = bool(_plain(piece)) and not piece.isspace() and _plain(piece) not in twin
        if pieces and pieces[-1][1] == is_other:
            pieces[-1] = (pieces[-1][0] + piece, is_other)
        else:
            pieces.append((piece, is_other))
    return tuple(pieces)


__all__ = ["TWINS", "differing"]

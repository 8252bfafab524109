"""The characters of a value that two readings of the same ink disagree about."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

LONGEST = 200
"""Characters of a text that is compared; a longer one is a paragraph, which is read as a whole."""


def doubtful_pieces(text: str, others: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, each with whether another reading has something else there; empty when none differs.

    Where another reading has more, the character before it (else the first) is doubtful.
    """
    if not text or len(text) > LONGEST:
        return ()
    doubtful = [False] * len(text)
    for other in others:
        for kind, start, end, _, _ in SequenceMatcher(None, text, other[:LONGEST], autojunk=False).get_opcodes():
            if kind != "equal":
                at = start if end > start else max(start - 1, 0)
                doubtful[at:max(end, at + 1)] = [True] * (max(end, at + 1) - at)
    if not any(doubtful):
        return ()
    pieces: list[tuple[str, bool]] = []
    for character, is_doubtful in zip(text, doubtful, strict=True):
        if pieces and pieces[-1][1] is is_doubtful:
            pieces[-1] = (pieces[-1][0] + character, is_doubtful)
        else:
            pieces.append((character, is_doubtful))
    return tuple(pieces)

"""Which words of one reading stand where those of another do. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from models.domain.evidence import Box
from models.domain.pages import Word

_LEAST = 0.3                   # of the smaller box: less overlap is a neighbour


def align(words: Sequence[Word], others: Sequence[Word]) -> tuple[list[tuple[Word, ...]], tuple[Word, ...]]:
    """For each of `words` the others that stand in its place, left to right, and the others that stand in none's.

    Every one of `others` comes back exactly once. Where it overlaps several words equally, the one most like it takes it.
    """
    groups: list[list[Word]] = [[] for _ in words]
    left_over = []
    for other in others:
        shares = [_share(word.box, other.box) for word in words]
        best = max(shares, default=0.0)
        if best < _LEAST:
            left_over.append(other)
            continue
        equal = [n for n, share in enumerate(shares) if share > 0.9 * best]
        groups[max(equal, key=lambda n: Levenshtein.normalized_similarity(words[n].text, other.text))].append(other)
    return [tuple(sorted(group, key=lambda w: w.box[0])) for group in groups], tuple(left_over)


def _share(a: Box, b: Box) -> float:
    """The overlap of two boxes as a share of the smaller one."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return across * down / smaller if across > 0 and down > 0 and smaller > 0 else 0.0

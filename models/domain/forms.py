"""How alike two filled-in forms are, by what the forms themselves print, and the words by which a form is looked up. Pure."""

from __future__ import annotations

import hashlib
from itertools import pairwise

from models.domain.learned import Fingerprint

SAME_FORM = 0.5
"""From this likeness on two papers are copies of one form; on training layouts copies reach .55 to .98, others stay below .3."""

_SHIFT = 3.0          # percent of the width (or ems) that a copy may lie beside another
_MOVED = 0.5          # what the same words count that stand elsewhere: labels in a row move with what is filled in before them
_SHAPES = 0.08        # of difference between width to height of one form on two papers


def likeness(a: Fingerprint, b: Fingerprint) -> float:
    """0–1: the share of the marks of both that the other has, half of those it has elsewhere; 0 for another kind or shape of
    page."""
    if a.kind != b.kind or (a.shape and b.shape and abs(a.shape - b.shape) > _SHAPES):
        return 0.0
    if not a.marks or not b.marks:
        return 0.0
    left: dict[str, list[float]] = {}
    for mark in b.marks:
        left.setdefault(mark.text, []).append(mark.x)
    same = 0.0
    for mark in a.marks:
        places = left.get(mark.text, [])
        near = min(places, key=lambda x: abs(x - mark.x), default=None)
        if near is not None:
            places.remove(near)
            same += 1 if abs(near - mark.x) <= _SHIFT else _MOVED
    return 2 * same / (len(a.marks) + len(b.marks))


def form_keys(form: Fingerprint) -> frozenset[str]:
    """Words under which a form is filed: one for each two marks that follow each other. Single marks ("quantity") stand on
    everybody's forms; of copies of one form some neighbours are always the same."""
    texts = [mark.text for mark in form.marks]
    return frozenset(f"form:{hashlib.sha256(f'{a}|{b}'.encode()).hexdigest()[:32]}" for a, b in pairwise(texts))

"""Ruling lines that were read as letters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.domain.evidence import Box
from models.domain.pages import Word

_BESIDE = 3.0                 # points between the end of a word and a line that was read as its last letter


def without_bars(word: Word, rules: Sequence[Box]) -> Word:
    """The word without a "|" at its ends where an upright ruling line stands; a word of nothing else stays as it is."""
    left, top, right, bottom = word.box
    upright = [r for r in rules if r[3] - r[1] > r[2] - r[0] and r[1] <= (top + bottom) / 2 <= r[3]]
    text = word.text
    if text[0] == "|" and _stands_at(left, upright):
        text = text[1:]
    if text[-1:] == "|" and _stands_at(right, upright):
        text = text[:-1]
    return replace(word, text=text) if text else word


def _stands_at(x: float, upright: Sequence[Box]) -> bool:
    return any(r[0] - _BESIDE <= x <= r[2] + _BESIDE for r in upright)

"""Which words of a generated document print which value: the tags the tagger is trained on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extraction.layout.geometry import CELL, Line, Token
from extraction.model.tagger import OTHER
from models.domain.evidence import PageKind

_LINE = re.compile(r"^lines\.\d+\.")
_RENAMED = {"customer_no": "customer_account"}


def tag_name(printed: str) -> str:
    """The tag of a printed value: `lines.3.quantity` is `line.quantity`."""
    return _LINE.sub("line.", _RENAMED.get(printed, printed))


def tags_of(lines: Sequence[Line], places: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """For each line the tag of each word, by the boxes the generator drew; `other` where it drew no value."""
    boxes: dict[int, list[tuple[Sequence[float], str]]] = {}
    for place in places:
        boxes.setdefault(place["page"], []).append((place["box"], tag_name(place["tag"])))
    return [[_tag(t, boxes.get(line.page, ())) for s in line.segments for t in s.tokens] for line in lines]


def _tag(token: Token, boxes: Sequence[tuple[Sequence[float], str]]) -> str:
    x = token.middle_x * _scale(token)
    top, bottom = token.word.box[1], token.word.box[3]
    for (left, high, right, low), name in boxes:
        if left <= x <= right and min(low, bottom) - max(high, top) > 0.4 * min(low - high, bottom - top):
            return name
    return OTHER


def _scale(token: Token) -> float:
    """From ems back to the unit of the page, across."""
    if token.kind is PageKind.SHEET:
        return 1 / CELL
    if token.kind is PageKind.TEXT:
        return 2.0
    return (token.word.box[3] - token.word.box[1]) / max(token.bottom - token.top, 1e-6)

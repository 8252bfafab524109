"""What a person can see of a PDF's text layer: invisible, covered, off-page and colour-on-colour text is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extraction.formats.pdf_words import Run
from models.domain.evidence import Box
from models.domain.pages import Word, WordFlag

_CONTRAST = 0.12           # of full scale, on the channel that differs most: less cannot be read
_OPAQUE = 0.9
_UNKNOWN = (np.nan, np.nan, np.nan)          # what lies under the word is a picture

Numbers = NDArray[np.float64]
Bits = NDArray[np.bool_]


def flag_unseen(page: Any, runs: list[Run], drawings: Sequence[Any], pictures: Sequence[Box]) -> list[Run]:
    """Flag HIDDEN what does not show. The order of painting is only asked for when something lies over or under a word."""
    if not runs:
        return runs
    fills = [d for d in drawings if d.get("fill") is not None and d.get("fill_opacity", 1.0) >= _OPAQUE and _is_box(d["items"])]
    drawn = np.array([run.drawn for run in runs])
    hidden = ~drawn | ~_inside([run.word.box for run in runs], [(0.0, 0.0, page.rect.width, page.rect.height)])[:, 0]
    backed = _inside([run.raw_box for run in runs], [tuple(d["rect"]) for d in fills] + list(pictures)).any(axis=1)
    pale = (1.0 - _colours(runs)).max(axis=1) < _CONTRAST
    suspects = np.flatnonzero(drawn & (backed | pale))
    if suspects.size:
        hidden[suspects] |= _unseen_by_paint(page, [runs[i] for i in suspects], fills)
    return [_hide(run) if is_hidden else run for run, is_hidden in zip(runs, hidden, strict=True)]


def _is_box(items: Sequence[Any]) -> bool:
    """A signature's strokes cover little of their bounding box; a rectangle covers all of it."""
    return all(item[0] in {"re", "qu"} for item in items) or (len(items) <= 4 and all(item[0] == "l" for item in items))


def _hide(run: Run) -> Run:
    return replace(run, word=replace(run.word, flags=run.word.flags | {WordFlag.HIDDEN}))


def _inside(words: Sequence[Box], boxes: Sequence[Box]) -> Bits:
    """[word, box]: the middle of the word lies in the box."""
    w, b = np.array(words, dtype=float), np.array(boxes, dtype=float).reshape(-1, 4)
    x, y = (w[:, 0] + w[:, 2])[:, None] / 2, (w[:, 1] + w[:, 3])[:, None] / 2
    found: Bits = (b[:, 0] <= x) & (x <= b[:, 2]) & (b[:, 1] <= y) & (y <= b[:, 3])
    return found


def _colours(runs: Sequence[Run]) -> Numbers:
    """[word, channel] red, green, blue from 0 to 1."""
    packed = np.array([run.colour for run in runs])
    channels: Numbers = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1) / 255
    return channels


def _unseen_by_paint(page: Any, runs: Sequence[Run], fills: Sequence[Any]) -> Bits:
    """True for words painted over later, or painted in the colour of what lies under them."""
    log = page.get_bboxlog()
    boxes = [run.raw_box for run in runs]
    texts = [(n, box) for n, (kind, box) in enumerate(log) if kind.endswith("-text")]
    paints: list[tuple[int, Box, Any]] = [(d["seqno"], d["rect"], d["fill"]) for d in fills]
    paints += [(n, box, _UNKNOWN) for n, (kind, box) in enumerate(log) if kind == "fill-image"]
    paints.sort(key=lambda paint: paint[0])
    drawn_at = _last(_inside(boxes, [box for _, box in texts]), [n for n, _ in texts], len(log))
    painted_at = _last(_inside(boxes, [box for _, box, _ in paints]), [n for n, _, _ in paints], -1)
    paper = np.array([fill for *_, fill in paints] + [(1.0, 1.0, 1.0)])
    under = paper[_last(_inside(boxes, [box for _, box, _ in paints]), list(range(len(paints))), len(paints))]
    unreadable: Bits = np.abs(_colours(runs) - under).max(axis=1) < _CONTRAST       # never true beside nan
    return (painted_at > drawn_at) | unreadable


def _last(hits: Bits, numbers: list[int], otherwise: int) -> NDArray[np.int64]:
    """For each word the number of the last box (they come in painting order) that holds it."""
    if not numbers:
        return np.full(len(hits), otherwise, dtype=np.int64)
    last = hits.shape[1] - 1 - hits[:, ::-1].argmax(axis=1)
    found: NDArray[np.int64] = np.where(hits.any(axis=1), np.array(numbers, dtype=np.int64)[last], otherwise)
    return found


def flag_struck(words: list[Word], rules: Sequence[Box]) -> list[Word]:
    """Flag STRUCK the words a horizontal line runs through at mid-height."""
    if not words or not rules:
        return words
    w, r = np.array([word.box for word in words]), np.array(rules)
    height, y = (w[:, 3] - w[:, 1])[:, None], (r[:, 1] + r[:, 3]) / 2
    covered = np.minimum(r[:, 2], w[:, 2, None]) - np.maximum(r[:, 0], w[:, 0, None])
    level = r[:, 2] - r[:, 0] > r[:, 3] - r[:, 1]
    struck = (level & (y > w[:, 1, None] + 0.35 * height) & (y < w[:, 3, None] - 0.3 * height)
              & (covered > 0.8 * (w[:, 2] - w[:, 0])[:, None])).any(axis=1)
    return [replace(x, flags=x.flags | {WordFlag.STRUCK}) if s else x for x, s in zip(words, struck, strict=True)]

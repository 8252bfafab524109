"""Reading order from geometry alone: words into lines, top to bottom, left to right. Pure; serves PDF and OCR alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from models.domain.evidence import Box
from models.domain.pages import Word

_LOOK_BACK = 40          # lines that may go on at one height; more are a drawing
_TOUCHING = 0.06         # of the font size: less space than this is no space between words
_SPACED_RUN = 4          # so many single letters with even gaps are one letter-spaced word


def reading_order(words: Sequence[Word]) -> list[list[Word]]:
    """Words as lines. Two words share a line when each one's middle lies within the other's height."""
    return [[words[n] for n in line] for line in lines_of([word.box for word in words])]


def lines_of(boxes: Iterable[Box]) -> list[list[int]]:
    """Numbers of boxes as lines, as `reading_order` has them."""
    placed = sorted([((box[1] + box[3]) / 2, box[1], box[3], box[0], n) for n, box in enumerate(boxes)])
    lines: list[list[tuple[float, int]]] = []
    tops: list[float] = []
    running: list[tuple[float, float, float, int]] = []      # middle, top and bottom of a line's last word; the line
    for middle, top, bottom, left, n in placed:
        for at in range(len(running) - 1, -1, -1):
            m, t, b, line = running[at]
            if t < middle < b and top < m < bottom:
                lines[line].append((left, n))
                if top < tops[line]:
                    tops[line] = top
                running[at] = (middle, top, bottom, line)
                break
        else:
            running = [last for last in running if last[2] > middle][-_LOOK_BACK:]
            running.append((middle, top, bottom, len(lines)))
            lines.append([(left, n)])
            tops.append(top)
    in_order = sorted(range(len(lines)), key=tops.__getitem__)
    return [[n for _, n in sorted(lines[line])] for line in in_order]


def union(a: Box, b: Box) -> Box:
    """The smallest box around both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def contains(outer: Box, x: float, y: float) -> bool:
    """True when the point lies in the box."""
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def centre(box: Box) -> tuple[float, float]:
    """The middle of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def join_touching(line: Sequence[Word]) -> list[Word]:
    """Glue pieces of one word that the file draws separately ("16608" "." "25"): same size, no space between."""
    joined: list[Word] = []
    for word in line:
        if joined and _touch(joined[-1], word):
            joined[-1] = _glue([joined[-1], word])
        else:
            joined.append(word)
    return joined


def _touch(a: Word, b: Word) -> bool:
    size = a.size or a.box[3] - a.box[1]
    if not -0.3 * size < b.box[0] - a.box[2] < _TOUCHING * size:
        return False
    other = b.size or b.box[3] - b.box[1]
    return a.flags == b.flags and abs(size - other) < 0.2 * size


def join_spaced(line: Sequence[Word]) -> list[Word]:
    """Glue letter-spaced headings ("P U R C H A S E"): runs of single letters with even gaps; a wide gap parts words."""
    if [len(word.text) for word in line].count(1) < _SPACED_RUN:
        return list(line)
    joined: list[Word] = []
    run: list[Word] = []
    for word in line:
        is_letter = len(word.text) == 1 and word.text.isalpha()
        if run and not (is_letter and _near(run[-1], word)):
            joined += _unspace(run)
            run = []
        (run if is_letter else joined).append(word)
    return joined + _unspace(run)


def _near(a: Word, b: Word) -> bool:
    return b.box[0] - a.box[2] < 2 * (a.box[3] - a.box[1])


def _unspace(run: list[Word]) -> list[Word]:
    if len(run) < _SPACED_RUN:
        return run
    gaps = [b.box[0] - a.box[2] for a, b in pairwise(run)]
    usual = median(gaps)
    words = [[run[0]]]
    for gap, word in zip(gaps, run[1:], strict=True):
        if gap > 1.6 * usual:
            words.append([])
        words[-1].append(word)
    return [_glue(letters) for letters in words]


def _glue(parts: Sequence[Word]) -> Word:
    box = parts[0].box
    for part in parts[1:]:
        box = union(box, part.box)
    return replace(parts[0], text="".join(p.text for p in parts), box=box)

"""Whether two documents are filled-in copies of one form: by what the form itself prints, not by what is filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold, labels_in
from extraction.learned.paper import Paper
from models.domain.evidence import PageKind
from models.domain.learned import Fingerprint, Mark

SAME_FORM = 0.5
"""From this likeness on two papers are copies of one form; on training layouts copies reach .55 to .97, others stay below .2."""

LEAST_MARKS = 4
"""A text with fewer words of a form is no form: a letter, a note."""

_MOST_MARKS = 80
_SHIFT = 3.0          # percent of the width (or ems) that a copy may lie beside another
_HEAD = 5             # lines at the top in which unlabelled words count: the letterhead, the title
_SHAPES = 0.08        # of difference between width to height of one form on two papers


def fingerprint(paper: Paper) -> Fingerprint:
    """The marks of a document's first page: labels, column titles, letterhead and title, each where it begins."""
    page = paper.lines[0].page
    marks: dict[Mark, None] = {}
    for n, line in enumerate(x for x in paper.lines if x.page == page):
        for text, token in (*_labels(line), *(_head(line) if n < _HEAD else ())):
            marks.setdefault(Mark(text, paper.x(token.left, page)))
            if len(marks) == _MOST_MARKS:
                break
    return Fingerprint(paper.kind.value, paper.shape, tuple(marks))


def is_form(print_: Fingerprint) -> bool:
    """True when there is enough printed by the form itself to know it again."""
    return len(print_.marks) >= LEAST_MARKS and print_.kind != PageKind.SEGMENTS


def likeness(a: Fingerprint, b: Fingerprint) -> float:
    """0–1: the share of the marks of both that the other has about the same place for; 0 for another kind or shape of page."""
    if a.kind != b.kind or (a.shape and b.shape and abs(a.shape - b.shape) > _SHAPES):
        return 0.0
    if not a.marks or not b.marks:
        return 0.0
    left: dict[str, list[float]] = {}
    for mark in b.marks:
        left.setdefault(mark.text, []).append(mark.x)
    same = 0
    for mark in a.marks:
        places = left.get(mark.text, [])
        near = min(places, key=lambda x: abs(x - mark.x), default=None)
        if near is not None and abs(near - mark.x) <= _SHIFT:
            places.remove(near)
            same += 1
    return 2 * same / (len(a.marks) + len(b.marks))


def _labels(line: Line) -> Iterable[tuple[str, Token]]:
    """Labels and column titles that begin a segment, fill it, or carry a colon."""
    for part in line.segments:
        for columns in (False, True):
            for label in labels_in(part.tokens, columns=columns):
                if label.colon or (label.start == 0 and label.end == len(part.tokens)) or (label.start == 0 and not columns):
                    yield label.text, part.tokens[label.start]


def _head(line: Line) -> Iterable[tuple[str, Token]]:
    """Names and titles at the top: segments of words without a digit."""
    for part in line.segments:
        words = fold(part.text)
        if words and not any(c.isdigit() for c in part.text) and sum(map(len, words)) >= 4:
            yield " ".join(words), part.tokens[0]

"""What a form itself prints, by which filled-in copies of it are known again. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold, labels_in
from extraction.learned.paper import Paper
from models.domain.evidence import PageKind
from models.domain.learned import Fingerprint, Mark

LEAST_MARKS = 4
"""A text with fewer words of a form is no form: a letter, a note."""

_MOST_MARKS = 80
_HEAD = 5             # lines at the top in which unlabelled words count: the letterhead, the title


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

"""What repeats on page after page: letterheads, footers, page numbers. It is no part of a table that runs over the pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from extraction.layout.geometry import Line
from models.domain.evidence import PageKind

_PAGES = re.compile(
    r"\b(?:page|pg\.?|seite|blatt|p[áa]gina|p[áa]g\.?|hoja|pagina|blz\.?|blad|foglio|strona|str\.?)\s*:?\s*(\d{1,3})"
    r"\s*(?:of|von|de|sur|van|di|z|/|\|)\s*(\d{1,3})\b",
    re.IGNORECASE,
)


def furniture(lines: Sequence[Line]) -> frozenset[int]:
    """Indexes of page counters, and of lines that stand on an earlier page with the same words at the same height."""
    seen: dict[str, list[float]] = {}
    out = set()
    for line in lines:
        if line.kind is not PageKind.PAPER:
            continue
        before = seen.setdefault(line.text, [])
        if _PAGES.search(line.text) or any(abs(top - line.top) < 1.5 for top in before):
            out.add(line.index)
        before.append(line.top)
    return frozenset(out)


def page_counter(lines: Sequence[Line]) -> int | None:
    """The number that a page of paper bears in its own count ("page 1 of 3" → 1)."""
    return next((int(m[1]) for line in lines if line.kind is PageKind.PAPER for m in _PAGES.finditer(line.text)), None)


def pages_missing(lines: Sequence[Line]) -> int:
    """How many pages the paper itself counts beyond those that are here: "page 1 of 3" alone gives 2.

    A page without a number, as first pages often are, is the one before the page that follows it.
    """
    printed = [(line.page, int(m[1]), int(m[2])) for line in lines for m in _PAGES.finditer(line.text)]
    numbered = {page for page, _, _ in printed}
    here = {number for _, number, _ in printed}
    for page, number, _ in printed:
        before = takewhile(lambda p: p not in numbered, range(page - 1, lines[0].page - 1, -1))
        here |= set(range(max(1, number - len(list(before))), number))
    last = max((of for _, _, of in printed), default=0)
    return last - len(here) if last < 200 else 0

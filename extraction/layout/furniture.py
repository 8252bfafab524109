"""What repeats on page after page: letterheads, footers, page numbers. It is no part of a table that runs over the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extraction.layout.geometry import Line
from models.domain.evidence import PageKind

_DIGITS = re.compile(r"\d+")
_PAGES = re.compile(r"\b(?:page|pg\.?|seite|blatt|p[áa]gina|p[áa]g\.?|hoja|pagina|blz\.?|blad|foglio|strona|str\.?)\s*:?\s*(\d{1,3})"
                    r"\s*(?:of|von|de|sur|van|di|z|/|\|)\s*(\d{1,3})\b", re.IGNORECASE)


def furniture(lines: Sequence[Line]) -> frozenset[int]:
    """Indexes of lines on the second page and later that stand with the same words on an earlier page too."""
    seen: Counter[str] = Counter()
    out = set()
    first = lines[0].page if lines else 0
    for line in lines:
        if line.kind is not PageKind.PAPER:
            continue
        key = f"{_DIGITS.sub('0', line.text)}"
        if line.page != first and seen[key] and not _is_row(line):
            out.add(line.index)
        seen[key] += 1
    return frozenset(out)


def pages_missing(lines: Sequence[Line]) -> int:
    """How many pages the paper itself counts beyond those that are here: "page 1 of 3" alone gives 2."""
    printed = [(int(m[1]), int(m[2])) for line in lines for m in _PAGES.finditer(line.text)]
    here = {n for n, _ in printed}
    return max((of for _, of in printed), default=0) - len(here) if printed and max(of for _, of in printed) < 200 else 0


def _is_row(line: Line) -> bool:
    """True for what may be a table row that only looks like one on the page before: it is mostly numbers."""
    words = [t.text for t in line.tokens]
    return 2 * sum(any(c.isdigit() for c in w) for w in words) >= len(words) and len(words) > 2

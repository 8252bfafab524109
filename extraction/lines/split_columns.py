"""Columns that only say how the quantity beside them is divided: by size, by week, by date of delivery. Pure.

"Qty | 28.10. | 11.11. | 24.11." and "36 | 37 | 38 | Total qty": what stands there is no number of a row, and their titles are no
values, however much they look like them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise, takewhile

_SIZE = re.compile(r"^\d{2,3}$")
_LETTERS = re.compile(r"^(?:\d?X{0,3}[SL]|M)$")
_DAY = re.compile(r"^\d{1,2}[./-]\d{1,2}(?:\.|[./-]\d{2,4})?$")
_WEEK = re.compile(r"^(?:KW|CW|WK|W|S|T|Sem|Week|Wk|Tyg|Sett)\.?\s?\d{1,2}(?:/\d{2,4})?$", re.IGNORECASE)
_FORMS = (_SIZE, _LETTERS, _DAY, _WEEK)
_FEWEST = 2               # columns that divide a quantity


def split_columns(titles: Sequence[str], counts: Callable[[int], bool]) -> frozenset[int]:
    """The places of such columns: neighbours of one form, right before or behind a column that `counts` goods."""
    found: set[int] = set()
    formed = [any(form.match(title) for form in _FORMS) for title in titles]
    for n, is_formed in enumerate(formed):
        if not is_formed and any(formed[max(0, n - 1) : n + 2]) and counts(n):
            found |= _run(titles, range(n + 1, len(titles))) | _run(titles, range(n - 1, -1, -1))
    return frozenset(found)


def _run(titles: Sequence[str], places: Sequence[int]) -> set[int]:
    """The places, the nearest first, whose titles all have the form of the first; none where they are too few or do not rise."""
    form = next((f for f in _FORMS if places and f.match(titles[places[0]])), None)
    run = list(takewhile(lambda n: form is not None and form.match(titles[n]), places))
    sizes = [int(titles[n]) for n in sorted(run)] if form is _SIZE else []
    return set(run) if len(run) >= _FEWEST and all(a < b for a, b in pairwise(sizes)) else set()

"""Where the lines of an order that are known to be right stand on the page. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.dating import covered
from extraction.layout.geometry import Line, piece, segment
from extraction.learned.paper import Paper
from extraction.learned.search import Run, numbers_in, plain, texts_in

Values = Mapping[str, Any]
"""Line field → its right value: text, Decimal or date."""

MOST_ROWS = 25        # rows looked at: more say nothing new
AROUND = 4            # text lines of a row above and below the one with the quantity
_BEGINS = 12          # letters by which a description is looked for: what follows may stand on the next line
_WEIGHTS = {"quantity": 1.0, "description": 1.5, "unit_price": 1.2, "amount": 1.2, "line_no": 0.4, "uom": 0.3}
_CODE = 2.0
CODES = ("buyer_sku", "supplier_sku", "gtin", "mpn")
_BASES = (1, 100, 1000, 10)       # pieces a price may be printed for
_STUCK = 4            # characters of a number that is looked for in other words
_NUMBERS = frozenset({"quantity", "unit_price", "amount", "discount", "pack"})


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a row: the words, and how many text lines below the row's main line they stand."""

    run: Run
    step: int


@dataclass(frozen=True, slots=True)
class Located:
    """Row number `row` found on the paper: its main line's index in `Paper.lines`, and all places its values may stand at."""

    row: int
    at: int
    places: Mapping[str, tuple[Place, ...]]


def unstuck(paper: Paper, rows: Sequence[Values]) -> Paper:
    """The paper with words cut in which an item's number stands stuck to what follows it ("2400860Hinge")."""
    codes = tuple(dict.fromkeys(text for row in rows[:MOST_ROWS] for f in CODES if len(text := str(row.get(f) or "")) >= _STUCK))
    return replace(paper, lines=tuple(_cut(line, codes) for line in paper.lines)) if codes else paper


def _cut(line: Line, codes: Sequence[str]) -> Line:
    stuck = {id(t): len(code) for t in line.tokens for code in codes if len(t.text) > len(code) and t.text.startswith(code)
             and t.text[len(code)].isalnum() and t.text[len(code)].isdigit() != code[-1].isdigit()}
    if not stuck:
        return line
    parts = [
        [part for t in s.tokens for part in ((piece(t, 0, stuck[id(t)]), piece(t, stuck[id(t)], len(t.text)))
         if id(t) in stuck else (t,))] for s in line.segments]
    return replace(line, segments=tuple(segment(tokens, line.index) for tokens in parts))


def locate_rows(paper: Paper, rows: Sequence[Values]) -> tuple[Located, ...]:
    """The rows on the paper in printed order; those that cannot be found are left out."""
    spoken = [plain(line.text) for line in paper.lines]
    scored = [
        [{f: runs for f, v in row.items() if v is not None and (runs := _on(line, text, f, v))}
         for line, text in zip(paper.lines, spoken, strict=True)]
        for row in rows[:MOST_ROWS]]
    return _in_order(paper, scored)


def _on(line: Line, text: str, field: str, value: Any) -> tuple[Run, ...]:
    """Where a value stands on one line."""
    if field in _NUMBERS:
        asked = (value * base for base in (_BASES if field == "unit_price" else _BASES[:1])) if isinstance(value, Decimal) else ()
        return next((runs for number in asked if (runs := tuple(numbers_in(line.tokens, number)))), ())
    if not isinstance(value, str):
        days = (m for order in DateOrder for m in find_dates(line.text, DateStyle(order)) if m.value == value)
        return tuple(covered(line.tokens, m) for m in days)
    wanted = plain(value)
    if not wanted or (wanted not in text and field != "description"):
        return ()
    if field != "description":
        return tuple(texts_in(line.tokens, value))
    return _beginning(line, wanted) if wanted[:_BEGINS] in text else ()


def _beginning(line: Line, wanted: str) -> tuple[Run, ...]:
    """The words with which a text begins, as far as they go on this line."""
    tokens = line.tokens
    for n in range(len(tokens)):
        said, end = "", n
        while end < len(tokens) and wanted.startswith(said + plain(tokens[end].text)):
            said += plain(tokens[end].text)
            end += 1
        while end > n and not plain(tokens[end - 1].text):       # a dash in the next column says nothing
            end -= 1
        if len(said) >= min(_BEGINS, len(wanted)) and end > n:
            return (tokens[n:end],)
    return ()


def _in_order(paper: Paper, scored: Sequence[Sequence[Mapping[str, tuple[Run, ...]]]]) -> tuple[Located, ...]:
    """For each row the main line that explains most of its values, so that rows follow one another down the page."""
    count = len(paper.lines)
    worth = [[_worth(found, n) for n in range(count)] for found in scored]
    best = [[0.0] * (count + 1) for _ in range(len(worth) + 1)]
    for i in range(len(worth) - 1, -1, -1):
        for n in range(count - 1, -1, -1):
            take = worth[i][n] + best[i + 1][n + 1] if worth[i][n] else 0.0
            best[i][n] = max(best[i][n + 1], best[i + 1][n], take)
    out, i, n = [], 0, 0
    while i < len(worth) and n < count:
        if worth[i][n] and best[i][n] == worth[i][n] + best[i + 1][n + 1] and best[i][n] > best[i][n + 1]:
            out.append(Located(i, n, _places(scored[i], n)))
            i, n = i + 1, n + 1
        elif best[i][n] == best[i][n + 1]:
            n += 1
        else:
            i += 1
    return tuple(out)


def _worth(found: Sequence[Mapping[str, tuple[Run, ...]]], n: int) -> float:
    """How well a line is the main line of a row: it holds the quantity, and the other values stand on it or near it."""
    if "quantity" not in found[n]:
        return 0.0
    fields = {f for d in range(max(0, n - AROUND), min(len(found), n + AROUND + 1)) for f in found[d]}
    total = 0.0
    for field in fields:
        near = min((abs(d) for d in range(-AROUND, AROUND + 1) if 0 <= n + d < len(found) and field in found[n + d]), default=9)
        total += _WEIGHTS.get(field, _CODE) * max(0.0, 1 - 0.15 * near)
    return total if total > 1.3 else 0.0


def _places(found: Sequence[Mapping[str, tuple[Run, ...]]], n: int) -> dict[str, tuple[Place, ...]]:
    out: dict[str, list[Place]] = {}
    for d in sorted(range(-AROUND, AROUND + 1), key=abs):
        if 0 <= n + d < len(found):
            for field, runs in found[n + d].items():
                out.setdefault(field, []).extend(Place(run, d) for run in runs)
    return {field: tuple(places) for field, places in out.items()}

"""What the tagger says of the words of a table: a witness for columns, and a way to read rows of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from extraction.layout.geometry import Line, Token
from extraction.lines.cells import Cells, one_number
from extraction.lines.columns import Column
from extraction.lines.units import package_of
from extraction.model.tagger import Tags
from models.domain.evidence import Found

PREFIX = "line."
KINDS = (
    "line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount", "requested_date")
"""The line fields that have a tag."""

_TEXT, _QUANTITY, _UNIT = (KINDS.index(kind) for kind in ("description", "quantity", "uom"))
_CODES = ("supplier_sku", "buyer_sku")
_MEASURED = ("uom", "quantity", "unit_price")
_LEAST = 0.25          # probability from which on a word is taken for what the tagger calls it
_NOTHING: Mapping[str, float] = {}


class Witness:
    """The tags of a document's words, also of words that were moved or cut since they were tagged."""

    def __init__(self, lines: Sequence[Line], tags: Tags) -> None:
        self._by_word = {id(t.word): tags.of(t) for line in lines for t in line.tokens}
        self._by_place = {(t.word.page, t.word.box): tags.of(t) for line in lines for t in line.tokens}
        self._lines = lines                                  # keeps the words alive: they are known by identity

    def chance(self, token: Token, kind: str) -> float:
        """The probability that a word prints this field of a line."""
        return self._by_word.get(id(token.word), _NOTHING).get(PREFIX + kind, 0.0)

    def kinds(self, tokens: Iterable[Token]) -> set[str]:
        """The fields of a line that some of these words may print."""
        tags = {tag for t in tokens for tag in self._by_word.get(id(t.word), _NOTHING)}
        return {tag.removeprefix(PREFIX) for tag in tags if tag.startswith(PREFIX)}

    def share(self, tokens: Sequence[Token], kind: str) -> float:
        """The mean over words; 0 without words."""
        return sum(self.chance(t, kind) for t in tokens) / len(tokens) if tokens else 0.0

    def agrees(self, value: Found[Any], kind: str) -> float | None:
        """How probably the words of a value print this field: the mean over words; None for words never tagged, as parts of
        words are. A code is one whoever's it is; a unit may share its word with a number, and how much of it a package holds has
        no tag."""
        kinds = _CODES if kind in _CODES else _MEASURED if kind == "uom" else (kind,)
        places = value.evidence.places[:1] if kind == "uom" and package_of(value.value) else value.evidence.places
        told = [self._by_place.get((p.page, p.box)) for p in places]
        known = [sum(chances.get(PREFIX + k, 0.0) for k in kinds) for chances in told if chances is not None]
        return sum(known) / len(known) if known else None

    def cells(self, line: Line) -> Cells:
        """The words of a line by the number of their kind in `KINDS`; words of no kind under the number behind the last."""
        best = [self._best(t) for t in line.tokens]
        for n, (a, b) in enumerate(pairwise(line.tokens), 1):
            if best[n - 1] is not None and (one_number(a, b) or (best[n - 1] == "unit_price" and _goes_on(a, b))):
                best[n] = best[n - 1]
        texts = [n for n, kind in enumerate(best) if kind == "description"]
        if texts:
            between = range(texts[0], texts[-1])
            best = ["description" if n in between and kind is None else kind for n, kind in enumerate(best)]
        found: dict[int, tuple[Token, ...]] = {}
        for token, kind in zip(line.tokens, best, strict=True):
            at = KINDS.index(kind) if kind else len(KINDS)
            found[at] = (*found.get(at, ()), token)
        return found

    def rows(self, lines: Sequence[Line]) -> list[Cells]:
        """The words of each line as `cells` parts them. A unit that ends the text of a few lines only, as in "hardware kit",
        belongs to the text."""
        rows = [self.cells(line) for line in lines]
        found = (_units_in_text(line, cells) for line, cells in zip(lines, rows, strict=True))
        ending = {n: units for n, units in enumerate(found) if units}
        if 2 * len(ending) >= sum(_TEXT in cells and _QUANTITY in cells for cells in rows):
            return rows
        return [_with_text(cells, ending[n]) if n in ending else cells for n, cells in enumerate(rows)]

    def _best(self, token: Token) -> str | None:
        chances = self._by_word.get(id(token.word), _NOTHING)
        kind = max(KINDS, key=lambda k: chances.get(PREFIX + k, 0.0))
        return kind if chances.get(PREFIX + kind, 0.0) >= _LEAST else None


def _units_in_text(line: Line, cells: Cells) -> tuple[Token, ...]:
    """The units right behind the words of the text, in one piece with them."""
    text, units = ({id(t) for t in cells.get(kind, ())} for kind in (_TEXT, _UNIT))
    return tuple(b for s in line.segments for a, b in pairwise(s.tokens) if id(b) in units and id(a) in text)


def _with_text(cells: Cells, words: Sequence[Token]) -> Cells:
    """The cells with these units in the text."""
    moved = {id(t) for t in words}
    text = sorted((*cells[_TEXT], *words), key=lambda t: t.left)
    units = tuple(t for t in cells[_UNIT] if id(t) not in moved)
    rest = {k: ts for k, ts in cells.items() if k != _UNIT}
    return {**rest, _TEXT: tuple(text), **({_UNIT: units} if units else {})}


def _goes_on(a: Token, b: Token) -> bool:
    """True for what a price is for, behind a stroke: "38.50 / 100"."""
    return b.text[0] == "/" or a.text[-1] == "/"


COLUMNS = (*(Column("", (kind,), 0.0, 0.0) for kind in KINDS), Column("", (), 0.0, 0.0))
"""One column for each kind, and one for the rest, as `Witness.cells` numbers them."""

"""One order's share of a document, as the header fields look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extraction import lexicon
from extraction.fields.dates import DateStyle
from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import Line, Rules, Segment, Token
from extraction.layout.labels import fold
from extraction.layout.pairs import Pair
from extraction.model.tagger import Tags
from models.domain.reading import Context


@dataclass(frozen=True, slots=True)
class View:
    """`lines` outside the line tables with their label pairs; `all_lines` with them; ruling lines by page.

    `tags` says of each word what it probably prints; `answered` are the lines of the mails that this one answers.
    """

    lines: tuple[Line, ...]
    all_lines: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    rules: Mapping[int, Rules]
    numbers: NumberStyle
    dates: DateStyle
    context: Context
    tags: Tags
    language: str | None = None
    answered: tuple[Line, ...] = ()

    def named(self, field: str) -> tuple[Pair, ...]:
        """The pairs whose label may name this field."""
        return tuple(p for p in self.pairs if field in p.label.fields)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments outside the tables, in reading order."""
        return tuple(s for line in self.lines for s in line.segments)

    @property
    def top(self) -> tuple[Line, ...]:
        """The lines of the first page's head: down to 22 ems below its first line, at least twelve lines."""
        if not self.lines:
            return ()
        first = self.lines[0]
        page = [x for x in self.lines if x.page == first.page]
        return tuple(x for n, x in enumerate(page) if n < 12 or x.top - first.top < 22)


def rank(field: str, label: str) -> int:
    """Where a folded wording stands in the lexicon's list for a field: 0 is the commonest; 99 when it is not there."""
    ranks = [i for name in lexicon.LANGUAGES for i, w in enumerate(lexicon.labels(field, name)) if " ".join(fold(w)) == label]
    return min(ranks, default=99)


def text_of(tokens: Sequence[Token]) -> str:
    """The words joined by blanks."""
    return " ".join(t.text for t in tokens)


def values(pair: Pair) -> Iterable[tuple[tuple[Token, ...], float]]:
    """The words a label may own, with how likely that place is: beside it, then below it."""
    if pair.beside:
        yield pair.beside, 1.0
    if pair.below:
        yield pair.below, 0.92 if pair.clear else 0.85

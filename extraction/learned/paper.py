"""A document's lines with a measure in which two copies of one form can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold
from models.domain.evidence import PageKind
from models.domain.pages import Page


@dataclass(frozen=True)
class Paper:
    """The lines of a document, and by page how many units of `x` an em is: percents of the page's width on paper, which a scan at
    another size keeps; ems elsewhere. `shape` is the first page's width over its height, 0 where pages have no size."""

    lines: tuple[Line, ...]
    units: Mapping[int, float]
    shape: float

    def x(self, edge: float, page: int) -> float:
        """A horizontal place in ems as a place that copies of the form share."""
        return round(edge * self.em(page), 2)

    def ems(self, x: float, page: int) -> float:
        """The way back from `x`."""
        return x / self.em(page)

    def em(self, page: int) -> float:
        """What an em is, in the measure of `x`."""
        return self.units.get(page, 1.0)

    @property
    def kind(self) -> PageKind:
        """What the pages are."""
        return self.lines[0].kind

    @cached_property
    def words(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Folded word → where it begins: (index in `lines`, index of the token in the line)."""
        found: dict[str, list[tuple[int, int]]] = {}
        for n, line in enumerate(self.lines):
            for t, token in enumerate(line.tokens):
                for word in fold(token.text)[:1]:
                    found.setdefault(word, []).append((n, t))
        return {word: tuple(places) for word, places in found.items()}


def paper_of(lines: Sequence[Line], pages: Sequence[Page]) -> Paper:
    """The lines of these pages (at least one line)."""
    by_number = {page.number: page for page in pages}
    first = by_number.get(lines[0].page)
    is_paper = first is not None and first.height and lines[0].kind is PageKind.PAPER
    shape = round(first.width / first.height, 2) if first and is_paper else 0.0
    return Paper(tuple(lines), dict(_units(lines, by_number)), shape)


def _units(lines: Sequence[Line], pages: Mapping[int, Page]) -> Iterable[tuple[int, float]]:
    """An em in percents of the width, by page of paper. Boxes are in points on the word and in ems on the token."""
    seen: set[int] = set()
    for line in lines:
        token: Token = line.segments[0].tokens[0]
        page = pages.get(line.page)
        if line.page in seen or line.kind is not PageKind.PAPER or page is None or not page.width or token.bottom <= 0:
            continue
        seen.add(line.page)
        points = token.word.box[3] / token.bottom
        yield line.page, 100 * points / page.width

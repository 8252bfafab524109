"""Header rows of line tables: found by the words of the lexicon, on one line or stacked on up to three."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise

from extraction.layout.geometry import Line, Segment, Token, piece, segment
from extraction.layout.labels import fold, label_at, labels_in
from extraction.lines.split_columns import split_columns
from extraction.lines.titles import bare_title, kinds_of
from extraction.lines.units import is_unit
from models.domain.evidence import PageKind
from models.domain.lean import lean

STACK = 3
LONGEST = 6  # words of a title
_INTO = 0.15  # ems by which a line of centred titles reaches into the next
_UNDER = 0.9  # ems of white between the lines of one stacked header
_APART = 0.42  # ems between two titles that share a segment
_VALUE = re.compile(r"^\d+(?:[.,]\d+)?$")
_SUM = re.compile(r"^\D{0,3}[\d.,']*\d[.,]\d{2,4}\b")                           # "38.4000/EA"
_SUM_ALONE = re.compile(
    r"^(?:[$€£]|[A-Z]{3})\s?[\d.,' ]*\d[.,]\d{2}$|^[\d.,' ]*\d[.,]\d{2}\s?(?:[$€£]|[A-Z]{3})$")        # "$ 621.00"
_DAY = re.compile(r"^\(?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")                        # "08/21/2026"
_NEXT_TITLE = re.compile(r"(?<=[a-zß-ÿ%).])(?=[A-ZÀ-Þ])")
_CUTS = 6  # places looked at where two titles may touch
_VALUES = 3  # so many plain numbers on a line, and it is no line of titles
_BEFORE_TAX = frozenset({
    "ex", "excl", "excluding", "exkl", "incl", "including", "inkl", "inc", "zzgl", "ohne", "hors", "sin", "bez", "without",
    "before", "plus", "senza", "zonder"})
"""Words of a title that the name of a tax goes on with: "Price ex VAT" is one title."""
_FEW = 2  # known titles without a quantity and money that are too few
_ITEM = frozenset({"description", "buyer_sku", "supplier_sku", "gtin"})
_MONEY = frozenset({"unit_price", "amount"})


@lean
class Column:
    """One column of a table. `kinds` are what its title may mean (line fields without prefix), likeliest first; a title that
    the lexicon does not know, or no title, leaves it empty. Edges in ems."""

    title: str
    kinds: tuple[str, ...]
    left: float
    right: float
    tokens: tuple[Token, ...] = ()

    @property
    def unit(self) -> tuple[Token, ...]:
        """The words of a unit in brackets at the end of the title: "Qty (pcs)"; empty when there are none."""
        last = self.tokens[-1:]
        return last if last and last[0].text.startswith("(") and last[0].text.endswith(")") else ()


@dataclass(frozen=True, slots=True)
class Header:
    """A header row over the lines `first`..`last` (indexes, inclusive)."""

    first: int
    last: int
    columns: tuple[Column, ...]


Titles = Callable[[int], tuple[Column, ...]]


def find_headers(lines: Sequence[Line]) -> tuple[Header, ...]:
    """The header rows among these lines, from top to bottom."""
    titles = cache(lambda n: _titles(lines[n]))
    out, i = [], 0
    while i < len(lines):
        score, header = _best_at(lines, i, titles)
        if header and header.last > header.first:
            # what stands right over a header ("Date: 3 May") may look like its first line, but only spoils it
            below = range(i + 1, i + 1 + header.last - header.first)
            later = max((_best_at(lines, k, titles) for k in below), key=lambda x: x[0])
            is_one = lines[i].bottom - lines[i + 1].top > _INTO           # its lines stand at the height of their neighbours
            score, header = later if later[0] > score - 0.05 and not is_one else (score, header)
        if header:
            out.append(header)
            i = max(i, next(n for n in range(i, len(lines)) if lines[n].index == header.last))
        i += 1
    return tuple(out)


def _best_at(lines: Sequence[Line], i: int, titles: Titles) -> tuple[float, Header | None]:
    """The likeliest header that begins with this line, and its score. `titles`: of a line by its number among these."""
    if not any(labels_in(s.tokens, columns=True) for s in lines[i].segments):
        return 0.0, None
    if _is_row(lines[i]) or _is_counted(lines[i]) or _has_day(lines[i]) or _says_something(lines[i]) or _has_sum(lines[i]):
        return 0.0, None
    best, most = None, 0.0
    for columns, last in _stacks(lines, i, titles):
        score = header_score(columns)
        if score and last > i and _is_title_line(lines, last):
            score += 0.02
        if score > most + 0.01:
            plain = _split_up(columns)
            named = tuple(replace(c, kinds=("other",)) if n in plain else c for n, c in enumerate(columns))
            best, most = Header(lines[i].index, lines[last].index, named), score
    return most, best


def _is_row(line: Line) -> bool:
    """True for a line with several plain numbers that do not only say how a quantity is divided."""
    values = sum(bool(_VALUE.match(s.text)) for s in line.segments)
    if values < _VALUES:
        return False
    parts = [part for s in line.segments for part in _parts(s, line)]
    counts = [bare_title(part.text) for part in parts]
    return values - len(split_columns(counts, lambda n: kinds_of(parts[n].tokens)[:1] == ("quantity",))) >= _VALUES


def _is_counted(line: Line) -> bool:
    """True for a text that counts something, "2 PCS of item KX-4", "your item KX-4, 2 PCS": its words are no titles."""
    if len(line.segments) > 1 or len(line.tokens) < 3:
        return False
    pairs = list(pairwise(line.tokens))[: None if line.kind is PageKind.TEXT else 1]
    return any(_VALUE.match(a.text) and is_unit(b.text) for a, b in pairs)


def _split_up(columns: Sequence[Column]) -> frozenset[int]:
    """The places of the columns that only say how a quantity beside them is divided."""
    return split_columns([c.title for c in columns], lambda n: columns[n].kinds[:1] == ("quantity",))


def _is_title_line(lines: Sequence[Line], at: int) -> bool:
    """True for a last title line: no digits, and closer to the line above than the first row is to it."""
    if any(c.isdigit() for c in lines[at].text):
        return False
    if at + 1 == len(lines) or lines[at + 1].page != lines[at].page:
        return True
    return lines[at].top - lines[at - 1].bottom < lines[at + 1].top - lines[at].bottom - 0.1


def _stacks(lines: Sequence[Line], i: int, titles: Titles) -> Iterable[tuple[tuple[Column, ...], int]]:
    """The columns when the header has one, two or three lines."""
    columns = titles(i)
    yield columns, i
    for last in range(i + 1, min(i + STACK, len(lines))):
        under, over = lines[last], lines[last - 1]
        if under.page != over.page or under.top - over.bottom > _UNDER or _is_text(under, columns):
            return
        columns = _stack(columns, titles(last))
        yield columns, last


def _is_text(line: Line, columns: Sequence[Column]) -> bool:
    """True for a line with digits that runs on over several of the titles above it, with a day, several sums, or a label and
    its value: a row, no titles."""
    if _has_day(line) or _says_something(line) or sum(any(_SUM.match(t.text) for t in s.tokens) for s in line.segments) > 1:
        return True
    parts = [s for s in line.segments if any(c.isdigit() for c in s.text)]
    return any(sum(s.left < c.right and c.left < s.right for c in columns) > 1 for s in parts)


def _has_day(line: Line) -> bool:
    """True for a line of values: no title says a day."""
    return any(_DAY.match(t.text) for t in line.tokens)


def _has_sum(line: Line) -> bool:
    """True for a line of values: no title says a sum of money. What a section costs stands above the next one's name."""
    return any(_SUM_ALONE.match(s.text) for s in line.segments)


def _says_something(line: Line) -> bool:
    """True for a line with a label and its value behind a colon, "Terms: net 30"; titles may end with a colon too."""
    return any(
        a.text.endswith(":") and not label_at(part.tokens, n, columns=True)
        for part in line.segments for n, a in enumerate(part.tokens[:-1], 1))


def stacked(lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns whose titles these lines print, one under another."""
    columns = _titles(lines[0])
    for line in lines[1:]:
        columns = _stack(columns, _titles(line))
    return columns


def titled(tokens: Sequence[Token], left: float, right: float) -> Column:
    """The column between two edges (ems) with the title that stands there, if any."""
    text = " ".join(t.text for t in tokens)
    return Column(bare_title(text), kinds_of(tokens), left, right, tuple(tokens))


def _titles(line: Line) -> tuple[Column, ...]:
    return tuple(
        Column(bare_title(part.text), kinds_of(part.tokens), part.left, part.right, part.tokens)
        for s in line.segments for part in _parts(s, line))


def _unglued(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The words of titles, those cut that are two titles in one ("CodeDesc."): where that makes more of the words known."""
    places = [(n, m.start()) for n, t in enumerate(tokens) for m in _NEXT_TITLE.finditer(t.text)]
    if not places:
        return tuple(tokens)
    known = {n for label in labels_in(tokens, columns=True) for n in range(label.start, label.end)}
    places = [(n, at) for n, at in places if n not in known][:_CUTS]
    best, most = tuple(tokens), len(known) + 0.0
    for size in range(1, len(places) + 1):
        for chosen in combinations(places, size):
            pieces: list[Token] = []
            for n, token in enumerate(tokens):
                cuts = [0, *(at for where, at in chosen if where == n), len(token.text)]
                pieces += [piece(token, a, b) for a, b in pairwise(cuts)]
            covered = sum(label.end - label.start for label in labels_in(pieces, columns=True))
            unknown = len(pieces) - covered
            if covered - 0.6 * unknown > most - 0.6 * (len(tokens) - len(known)) and covered > len(known):
                best, most, known = tuple(pieces), float(covered), known
                if not unknown:
                    return best
    return best


def _parts(whole: Segment, line: Line) -> Iterable[Segment]:
    """One title a segment, or several when it holds several known wordings that stand a little apart."""
    tokens = _unglued(whole.tokens)
    if len(tokens) == 1:
        yield whole
        return
    labels = labels_in(tokens, columns=True)
    known = 3 * sum(x.end - x.start for x in labels) >= 2 * len(tokens)
    starts = [
        x.start for x in labels
        if x.start and line.kind is not PageKind.SHEET and not _BEFORE_TAX.issuperset(fold(tokens[x.start - 1].text) or " ")]
    cuts = [0, *(s for s in starts if known or tokens[s].left - tokens[s - 1].right > _APART)]
    for start, end in zip(cuts, [*cuts[1:], len(tokens)], strict=True):
        yield whole if end - start == len(whole.tokens) == len(tokens) else segment(tokens[start:end], line.index)


def _stack(upper: Sequence[Column], lower: Sequence[Column]) -> tuple[Column, ...]:
    """Titles that stand over one another become one; a group title over several is left out."""
    out: list[Column] = []
    used: set[int] = set()
    for low in lower:
        over = [(n, c) for n, c in enumerate(upper) if c.left < low.right and low.left < c.right]
        alone = [(n, c) for n, c in over if sum(x.left < c.right and c.left < x.right for x in lower) == 1]
        used |= {n for n, _ in over}
        out.append(_merge([c for _, c in alone], low))
    out += [c for n, c in enumerate(upper) if n not in used]
    return tuple(sorted(out, key=lambda c: c.left))


def _merge(over: Sequence[Column], low: Column) -> Column:
    if not over:
        return low
    text = bare_title(" ".join([*(c.title for c in over), low.title]))
    tokens = tuple(t for c in (*over, low) for t in c.tokens)
    kinds = kinds_of(tokens) or (() if low.title.startswith("(") else low.kinds) or over[0].kinds or low.kinds
    return Column(text, kinds, min(low.left, *(c.left for c in over)), max(low.right, *(c.right for c in over)), tokens)


def header_score(columns: Sequence[Column]) -> float:
    """How much this looks like a header row: known titles, few unknown ones, no numbers; 0 when it cannot be one."""
    split = _split_up(columns)
    columns = [c for n, c in enumerate(columns) if n not in split]
    first = {c.kinds[0] for c in columns if c.kinds}
    every = {k for c in columns for k in c.kinds}
    known = sum(bool(c.kinds) for c in columns)
    if any(len(c.title.split()) > LONGEST or ": " in c.title for c in columns):
        return 0.0  # a sentence, or labels with their values
    serves = ("quantity" in every and every & (_ITEM | _MONEY)) or (every & _ITEM and every & _MONEY and known >= 3)
    serves = serves or ({"uom", "description"} <= first and len(first) > _FEW)      # the quantity's column may have no title
    if not serves or known < 2 or 2 * known < len(columns):
        return 0.0
    numbers = sum(any(x.isdigit() for x in c.title) and not (c.kinds and any(x.isalpha() for x in c.title)) for c in columns)
    numbers += sum(len(c.title.split()) > 1 and any(w.strip(".,").isdigit() for w in c.title.split()) for c in columns if c.kinds)
    return len(first) + 0.3 * known - 0.5 * (len(columns) - known) - 1.5 * numbers

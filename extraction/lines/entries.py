"""Goods without titles as entries of two lines or more: how many of what, and below it the item's number and its price.

    6 pc   Parmesan, aged 24 months           429.00        1)  12 reams  Coated paper 135 g
           QB-0031 @ 71.50                                      ref. QB-135   price 64.80 a ream
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extraction.fields.numbers import currency_in
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import COLUMN, label_at
from extraction.lines.build import Styles, build_line, multiplies_out
from extraction.lines.cells import is_plain_number
from extraction.lines.codes import CODES
from extraction.lines.rows import Row, RowLine
from extraction.lines.texts import ONE_LINE
from extraction.lines.units import says_unit
from extraction.lines.values import is_code
from models.domain.evidence import PageKind
from models.domain.reading import ReadingLine

Words = tuple[Token, ...]
_COUNT = re.compile(r"^\d[\d.,]*$")
_NUMBERED = re.compile(r"^\d{1,3}[.)]?$")
_SHORT = 5          # letters of a unit that nobody told us of
_FLUSH = 0.8        # ems by which entries of one list may begin apart
_BELOW = 1.0        # ems of white between the lines of one entry
_FEWEST = 2         # entries


@dataclass(frozen=True, slots=True)
class _Entry:
    at: int                 # of its first line among all
    number: Words
    quantity: Words
    unit: Words
    rest: tuple[Words, ...]  # what stands behind the unit, in pieces
    left: float


def read_entries(lines: Sequence[Line], styles: Styles) -> tuple[tuple[int, int, ReadingLine], ...]:
    """The entries of a paper, each with the indexes of its first and last line; none unless there are several that begin at one
    edge, most of them counted in known units, each with a text and a number or a price below it, and that multiply out."""
    starts = _flush([entry for n, line in enumerate(lines) if (entry := _start(n, line))])
    if len(starts) < _FEWEST or 2 * sum(says_unit(_text(e.unit)) for e in starts) <= len(starts):
        return ()
    ends = [*(e.at for e in starts[1:]), len(lines)]
    read = [(entry, *_read(entry, end, lines, styles)) for entry, end in zip(starts, ends, strict=True)]
    fits = [multiplies_out(line) for _, _, line, _ in read]
    if 2 * sum(is_told for *_, is_told in read) <= len(read) or 2 * fits.count(False) >= len(read):
        return ()
    return tuple((lines[entry.at].index, last, line) for entry, last, line, _ in read if line.quantity and line.description)


def _start(n: int, line: Line) -> _Entry | None:
    """The entry that begins on a line: a count and a unit, a text behind them, perhaps the number of the line before them."""
    if line.kind is not PageKind.PAPER:
        return None
    for at, part in enumerate(line.segments):
        numbered = at > 0 and _NUMBERED.match(line.segments[at - 1].text)
        tokens = part.tokens
        own: Words = line.segments[at - 1].tokens if numbered else ()
        if not numbered and len(tokens) > 2 and _NUMBERED.match(tokens[0].text) and tokens[0].text[-1] in ".)":
            own, tokens = tokens[:1], tokens[1:]
        if len(tokens) < 2 or not _COUNT.match(tokens[0].text):
            continue
        size = next((k for k in (3, 2, 1) if len(tokens) > k and says_unit(_text(tokens[1 : 1 + k]))), 0)
        behind = line.segments[at + 1 :]
        if not size and len(tokens) == 2 and tokens[1].text.isalpha() and len(tokens[1].text) <= _SHORT:
            size = 1
        rest = tuple(words for words in (tokens[1 + size :], *(s.tokens for s in behind)) if words)
        if size and rest and any(c.isalpha() for c in _text(rest[0])):
            return _Entry(n, own, tokens[:1], tokens[1 : 1 + size], rest, tokens[0].left)
    return None


def _flush(entries: Sequence[_Entry]) -> list[_Entry]:
    """The most entries that begin at one edge."""
    groups = [[e for e in entries if abs(e.left - other.left) <= _FLUSH] for other in entries]
    return max(groups, key=len, default=[])


def _read(entry: _Entry, end: int, lines: Sequence[Line], styles: Styles) -> tuple[int, ReadingLine, bool]:
    """The line of an entry, the index of its last printed line, and whether a number or a price stands below its first."""
    values: dict[str, Words] = {"quantity": entry.quantity, "uom": entry.unit}
    if entry.number:
        values["line_no"] = (replace(entry.number[0], text=entry.number[0].text.rstrip(".)")),)
    texts: list[Words] = []
    for words in entry.rest:
        told = (_money(words) or _labelled(words)) if texts else {}
        values.update(told)
        texts += [] if told else [words]
    last, wrapped = lines[entry.at].index, list[Words]()
    is_told = bool({"unit_price", *CODES} & set(values))
    for line, words in _below(entry, lines, end):
        if said := _said(words):
            values.update(said)
            texts += wrapped
            last, is_told = line.index, True
            break
        wrapped.append(words)
    values["description"] = tuple(t for words in texts for t in words)
    row = RowLine(lines[entry.at], dict(enumerate(values.values())))
    return last, build_line(Row(row, (row,)), dict(enumerate(values)), styles, ONE_LINE), is_told


def _below(entry: _Entry, lines: Sequence[Line], end: int) -> Iterator[tuple[Line, Words]]:
    """The lines right below the first of an entry with their words, without what stands at the left of the list."""
    bottom, page = lines[entry.at].bottom, lines[entry.at].page
    for line in lines[entry.at + 1 : end]:
        words = tuple(t for s in line.segments if s.left >= entry.left - _FLUSH for t in s.tokens)
        if words and (line.page != page or line.top - bottom > _BELOW):
            return
        if words:
            bottom = line.bottom
            yield line, words


def _money(words: Words) -> dict[str, Words]:
    """What a piece behind the text is when it is nothing but a sum: a price behind "@", else what all of it costs."""
    if words[0].text == "@" and len(words) > 1:
        return {"unit_price": words[1:]}
    is_sum = all(is_plain_number(t.text) or currency_in(t.text) for t in words) and any(map(str.isdigit, _text(words)))
    return {"amount": words} if is_sum else {}


def _labelled(words: Words) -> dict[str, Words]:
    """The item's number in a piece behind the text that its label begins: "art. QHT-100"."""
    label = label_at(words, 0, columns=True)
    return _said(words) if label and label.end < len(words) else {}


def _said(words: Words) -> dict[str, Words]:
    """The item's number and the price that a line below an entry tells: behind their labels, the price behind "@" too, the
    number as its first word too."""
    out: dict[str, Words] = {}
    at = 0
    while at < len(words):
        label = label_at(words, at, columns=True)
        fields = [f.removeprefix(COLUMN) for f in label.fields] if label else []
        begin = label.end + (words[label.end : label.end + 1] != () and words[label.end].text == ":") if label else at + 1
        code = next((f for f in fields if f in CODES), None)
        if begin < len(words) and (words[at].text == "@" or "unit_price" in fields):
            out["unit_price"] = words[begin:]
            return out
        if code and begin < len(words) and is_code(words[begin].text):
            out[code] = words[begin : begin + 1]
            at = begin
        elif at == 0 and is_code(words[0].text) and any(map(str.isdigit, words[0].text)) and not is_plain_number(words[0].text):
            out["buyer_sku"] = words[:1]
        at += 1
    return out


def _text(words: Sequence[Token]) -> str:
    return " ".join(t.text for t in words)

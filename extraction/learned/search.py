"""Where a value that is known to be right stands on the page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.dating import covered
from extraction.fields.numbers import CONTINENTAL, ENGLISH, currency_in, parse_number
from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import fold
from models.domain.codes import clean_code
from models.domain.evidence import Place

Run = tuple[Token, ...]
_NUMBER = re.compile(r"\d[\d.,'’]*")
_MOST_WORDS = 14
_WRAPPED, _EVEN = 0.8, 0.3        # ems of white above the rest of a wrapped value, and by which its left edge may be off
_DATE_WORDS = 4
_STYLES = (DateStyle(DateOrder.DAY), DateStyle(DateOrder.MONTH))


def runs_of(lines: Sequence[Line], value: Any) -> Iterator[Run]:
    """The runs of words that say a value, in reading order; those of a text that goes on below are joined over its lines."""
    match value:
        case date():
            yield from _dates(lines, value)
        case Decimal():
            yield from (run for line in lines for run in numbers_in(line.tokens, value))
        case _:
            yield from _texts(lines, str(value))


def at_places(lines: Sequence[Line], places: Sequence[Place]) -> Run:
    """The words that lie in boxes a person pointed at, in reading order."""
    boxes = {(p.page, p.box) for p in places}
    return tuple(t for line in lines for t in line.tokens if any(_inside(t, page, box) for page, box in boxes))


def numbers_in(tokens: Sequence[Token], value: Decimal) -> Iterator[Run]:
    """The words of a line that are this number, written either way, perhaps with a unit or currency stuck to them."""
    for n, token in enumerate(tokens):
        if not any(c.isdigit() for c in token.text):
            continue
        for size in (1, 2, 3):
            part = tuple(tokens[n : n + size])
            if len(part) == size and _says(" ".join(t.text for t in part), value):
                yield part
                break


def texts_in(tokens: Sequence[Token], text: str) -> Iterator[Run]:
    """The words of a line that say a text, whatever its case and marks."""
    wanted = plain(text)
    for n in range(len(tokens)):
        joined = ""
        for end in range(n, min(len(tokens), n + _MOST_WORDS)):
            joined += plain(tokens[end].text)
            if len(joined) >= len(wanted):
                if joined == wanted and plain(tokens[n].text) and plain(tokens[end].text):
                    yield tuple(tokens[n : end + 1])
                break


def plain(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    return "".join(fold(text.replace("#", " ").replace("%", " ")))


def _says(text: str, value: Decimal) -> bool:
    if any(parse_number(text, style) == value for style in (ENGLISH, CONTINENTAL)):
        return True
    found = _NUMBER.findall(text) if " " not in text else []
    return len(found) == 1 and any(parse_number(found[0].rstrip(".,"), s) == value for s in (ENGLISH, CONTINENTAL))


def _dates(lines: Sequence[Line], value: date) -> Iterator[Run]:
    found = False
    for line in lines:
        matches = [m for style in _STYLES for m in find_dates(line.text, style) if m.value == value]
        for run in {m.start: covered(line.tokens, m) for m in matches}.values():
            found = True
            yield run
    if not found:
        yield from (run for line in lines for part in line.segments for run in _wrapped_dates(lines, part.tokens, value))


def _wrapped_dates(lines: Sequence[Line], run: Run, value: date) -> Iterator[Run]:
    whole = with_rest(lines, run)
    matches = [m for style in _STYLES for m in find_dates(" ".join(t.text for t in whole), style) if m.value == value]
    yield from {m.start: covered(whole, m) for m in matches}.values() if len(whole) > len(run) else ()


def with_rest(lines: Sequence[Line], run: Run) -> Run:
    """Words with those that stand right below them, as where a narrow column wraps a date: "Monday, June 29," and "2026"."""
    at = next((n for n, line in enumerate(lines) if any(t is run[0] for t in line.tokens)), len(lines))
    whole = run
    for line in lines[at + 1 : at + 4]:
        if line.top - whole[-1].bottom > _WRAPPED or len(whole) - len(run) > _DATE_WORDS:
            break
        whole += next((s.tokens for s in line.segments if abs(s.left - run[0].left) < _EVEN), ())
    return whole


def _texts(lines: Sequence[Line], text: str) -> Iterator[Run]:
    wanted = plain(text)
    if not wanted:
        return
    found = False
    for line in lines:
        for run in texts_in(line.tokens, text):
            found = True
            yield run
    if not found and len(text) == 3 and text.isupper():
        yield from ((t,) for line in lines for t in line.tokens if currency_in(t.text) == text)
    if not found and len(wanted) > 12:
        yield from _blocks(lines, wanted)


def _blocks(lines: Sequence[Line], wanted: str) -> Iterator[Run]:
    """A text over several lines that stand under one another; lines between them that say something else are passed over."""
    for n, line in enumerate(lines):
        for part in line.segments:
            begins = _start(part, wanted)
            if begins and (run := _gone_on(lines[n + 1 : n + 9], begins, wanted[len(_all(begins)) :])):
                yield run


def _start(part: Segment, wanted: str) -> Run:
    """The tail of a segment with which the text begins; empty when it does not."""
    for at in range(len(part.tokens)):
        said = _all(part.tokens[at:])
        if len(said) >= 4 and wanted.startswith(said):
            return part.tokens[at:]
    return ()


def _gone_on(lines: Iterable[Line], run: Run, rest: str) -> Run:
    left = run[0].left
    for line in lines:
        if not rest:
            break
        near = (s for s in line.segments if abs(s.left - left) < 2 or (s.left <= run[-1].right and s.right >= left))
        said = next((part for s in near if (part := _said(s.tokens, rest))), ())
        run, rest = (*run, *said), rest[len(_all(said)) :]
    return run if not rest else ()


def _said(tokens: Run, rest: str) -> Run:
    """The words with which the rest of a text goes on: the whole of a segment, or with which it ends there; else none."""
    text = _all(tokens)
    if not text or rest.startswith(text):
        return tokens if text else ()
    return next((tokens[:n] for n in range(len(tokens) - 1, 0, -1) if _all(tokens[:n]) == rest), ())


def _all(tokens: Sequence[Token]) -> str:
    return "".join(plain(t.text) for t in tokens)


def _inside(token: Token, page: int, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = token.word.box
    x, y = (left + right) / 2, (top + bottom) / 2
    return token.word.page == page and box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def same_text(a: str, b: str) -> bool:
    """Whether two texts or codes say the same."""
    return plain(a) == plain(b) or clean_code(a) == clean_code(b)

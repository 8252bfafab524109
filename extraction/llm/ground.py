"""A claim found again on the page, as contiguous words. The value is always what those words say, never what the claim says.

Each function gives the places a claim fits, in reading order, each as (value, words); none when it is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from extraction.fields.dates import DateStyle, find_dates
from extraction.fields.numbers import ENGLISH, NumberStyle, currency_in, parse_number
from extraction.layout.geometry import Line, Segment, Token
from extraction.lines.values import number_of, price_of, quantity_of
from models.domain.codes import clean_code

_DIGITS = re.compile(r"[-−(]?\s?[\d.,'’]*\d(?:[\s\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)?-?")
_LONGEST_NUMBER = 4           # words of a number split by blanks, with a currency
_LONGEST_DATE = 6             # words
_DRIFT = 2.5                  # ems by which the next line of a text may begin further left or right
_WHITE = 1.3                  # ems of white above it

Words = tuple[Token, ...]


def numbers(lines: Iterable[Line], claim: str, style: NumberStyle) -> Iterator[tuple[Decimal, Words]]:
    """The printed numbers a claim means, read in the document's style; a price for 100 or 1000 as the price of one."""
    wanted = _meant(claim, style)
    if not wanted:
        return
    for line in lines:
        for part in line.segments:
            yield from _numbers_in(part.tokens, wanted, style)


def _numbers_in(tokens: Words, wanted: frozenset[Decimal], style: NumberStyle) -> Iterator[tuple[Decimal, Words]]:
    at = 0
    while at < len(tokens):
        size = 1
        for end in range(min(len(tokens), at + _LONGEST_NUMBER), at, -1):
            run = tokens[at:end]
            if not any(c.isdigit() for c in run[0].text + run[-1].text):
                continue
            value = _value(run, wanted, style)
            if value is not None:
                yield value, run
                size = len(run)
                break
        at += size


def _value(run: Words, wanted: frozenset[Decimal], style: NumberStyle) -> Decimal | None:
    """The number these words are, alone or with a unit or a price basis stuck to it, if it is a wanted one."""
    single = len(run) == 1
    amount = number_of(run, style) or (single and price_of(run, style)) or (single and quantity_of(run, style)) or None
    if amount is None:                                    # the last word of a sentence
        value = parse_number(" ".join(t.text for t in run).rstrip(".,;:"), style)
        return value if value in wanted else None
    return amount.value / (amount.base or 1) if amount.value in wanted else None


def _meant(claim: str, style: NumberStyle) -> frozenset[Decimal]:
    """What a claim may mean: as this document writes numbers; when that makes none, or a model wrote it plainly, as English."""
    match = _DIGITS.search(claim)
    if not match:
        return frozenset()
    texts = {claim.strip(), match[0].strip()}
    found = {value for text in texts for s in (style, ENGLISH) if (value := parse_number(text, s)) is not None}
    return frozenset(found)


def dates(lines: Iterable[Line], claim: str, style: DateStyle) -> Iterator[tuple[date, Words]]:
    """The printed dates a claim means, read in the document's order of day and month."""
    wanted = {m.value for m in find_dates(claim, style)}
    if not wanted:
        return
    for line in lines:
        tokens = line.tokens
        starts = _starts(tokens)
        for match in find_dates(line.text, style):
            if match.value in wanted:
                run = tuple(t for t, s in zip(tokens, starts, strict=True) if s < match.end and s + len(t.text) > match.start)
                if 0 < len(run) <= _LONGEST_DATE:
                    yield match.value, run


def _starts(tokens: Sequence[Token]) -> list[int]:
    """Where each word begins in the line read aloud."""
    starts, at = [], 0
    for token in tokens:
        starts.append(at)
        at += len(token.text) + 1
    return starts


def currencies(lines: Iterable[Line], claim: str) -> Iterator[tuple[str, Words]]:
    """The words that name the currency a claim names."""
    wanted = currency_in(claim)
    for token in (t for line in lines for t in line.tokens):
        if wanted and currency_in(token.text) == wanted:
            yield wanted, (token,)


def texts(lines: Sequence[Line], claim: str) -> Iterator[Words]:
    """The runs of words that read as a claim: letters and digits compared, wrapped lines followed downwards."""
    wanted = clean_code(claim)
    if not wanted:
        return
    for at, line in enumerate(lines):
        for n, part in enumerate(line.segments):
            for k, token in enumerate(part.tokens):
                head = clean_code(token.text)
                if head and wanted.startswith(head):
                    run = _follow(lines, at, n, k, wanted)
                    if run:
                        yield run


def _follow(lines: Sequence[Line], at: int, n: int, k: int, wanted: str) -> Words:
    """The words from here on that spell `wanted`: to the end of the segment, then the next beside it, else the one below."""
    words: list[Token] = []
    while True:
        part = lines[at].segments[n]
        for token in part.tokens[k:]:
            bare = clean_code(token.text)
            if not wanted.startswith(bare):
                return ()
            words.append(token)
            wanted = wanted[len(bare) :]
            if not wanted:
                return tuple(words)
        following = next((s for s in _next(lines, at, n) if _begins(wanted, lines[s[0]].segments[s[1]])), None)
        if following is None:
            return ()
        at, n, k = *following, 0


def _next(lines: Sequence[Line], at: int, n: int) -> Iterator[tuple[int, int]]:
    here = lines[at].segments[n]
    if n + 1 < len(lines[at].segments):
        yield at, n + 1
    for below in range(at + 1, min(at + 3, len(lines))):
        if lines[below].page != lines[at].page:
            return
        for m, part in enumerate(lines[below].segments):
            if abs(part.left - here.left) <= _DRIFT and part.top - here.bottom <= _WHITE:
                yield below, m


def _begins(wanted: str, part: Segment) -> bool:
    head = clean_code(part.tokens[0].text)
    return bool(head) and (wanted.startswith(head))


def spoken(words: Words, claim: str) -> str:
    """The words as one text, without the punctuation around it that the claim has not."""
    text = " ".join(t.text for t in words).lstrip(":#|,;.- ").rstrip(",;:| ")
    return text if claim.endswith(".") else text.rstrip(".")


def by_line(words: Words) -> str:
    """The words as one text, the lines they stand on parted by commas, as an address is written."""
    out = [words[0].text]
    for a, b in pairwise(words):
        out.append(("" if abs(b.middle - a.middle) < 0.5 else ",") + " " + b.text)
    return "".join(out).replace(",,", ",")



"""A reading and a model's claims to the reading with suggestions. Pure.

What is sure stays as it is, whatever a model says, and agreement makes nothing surer: a model can fill what is missing, offer
another value for what is unsure, and lower our confidence in that. The most a suggestion is ever worth is below any sensible
threshold, and its origin makes a person look at it even where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extraction.lines.build import multiplies_out
from extraction.llm.answer import Answer, LineClaims, said
from extraction.llm.claims import BACKED, SUGGESTED, Words, header_value, line_values
from extraction.llm.needs import Needs
from extraction.llm.paper import Paper, places_of
from models.domain.codes import clean_code
from models.domain.evidence import Candidate, Found, Origin
from models.domain.pages import Problem
from models.domain.reading import Header, Reading, ReadingLine

_HOPELESS = 0.5              # below this a value of ours gives way to one that was named independently
_DOUBTED = 0.8               # what is left of the confidence of a value that was contradicted
_OFFERED = 0.3               # probability of the value that contradicts it
_CONTRADICTED = 0.3          # confidence of a new line that does not multiply out
_FACTORS = ("quantity", "unit_price", "amount")
_CODES = ("supplier_sku", "buyer_sku", "gtin", "mpn")


def weigh(reading: Reading, wanted: Needs, paper: Paper, answer: Answer, threshold: float) -> Reading:
    """The reading with what the answer adds to the values in `wanted`; values at or above `threshold` are not touched."""
    words = Words(_sure_words(reading, threshold))
    if wanted.all_lines:
        lines = _new_lines(answer, paper, words)
    else:
        lines = _mended(reading.lines, wanted, paper, answer, words, threshold)
    header = _header(replace(reading, lines=lines), wanted, paper, answer, words, threshold)
    return _told(reading, replace(reading, header=header, lines=lines))


def _sure_words(reading: Reading, threshold: float) -> set[tuple[int, Any]]:
    holders: tuple[Header | ReadingLine, ...] = (reading.header, *reading.lines)
    return {
        (place.page, place.box) for holder in holders for _, value in places_of(holder) if value.confidence >= threshold
        for place in value.evidence.places}


def _header(reading: Reading, wanted: Needs, paper: Paper, answer: Answer, words: Words, threshold: float) -> Header:
    rows = {n for line in reading.lines for _, value in places_of(line) if (n := paper.line_of(value)) is not None}
    outside = [line for line in paper.lines if line.index not in rows]
    changed: dict[str, Any] = {}
    for name in wanted.header:
        ours: Found[Any] | None = getattr(reading.header, name)
        theirs = header_value(name, said(answer.header.get(name)), outside, paper, words)
        if theirs is None or (ours is not None and ours.confidence >= threshold):
            continue
        if name == "total" and theirs.value == _worth(reading.lines):
            theirs = replace(theirs, confidence=max(theirs.confidence, BACKED))
        changed[name] = _against(ours, theirs)
    return replace(reading.header, **changed)


def _worth(lines: Sequence[ReadingLine]) -> Decimal | None:
    amounts = [line.amount.value for line in lines if line.amount]
    return sum(amounts, Decimal(0)) if lines and len(amounts) == len(lines) else None


def _against(ours: Found[Any] | None, theirs: Found[Any]) -> Found[Any]:
    """Our value after a suggestion: filled, unchanged, replaced where ours was hopeless, else doubted."""
    if ours is None:
        return theirs
    if _plain(ours.value) == _plain(theirs.value):
        return ours
    if ours.confidence < _HOPELESS:
        return replace(theirs, candidates=(Candidate(ours.value, ours.confidence, ours.evidence), *ours.candidates))
    other = Candidate(theirs.value, _OFFERED, theirs.evidence)
    return replace(ours, confidence=round(ours.confidence * _DOUBTED, 4), candidates=(*ours.candidates, other))


def _plain(value: object) -> object:
    return clean_code(value) if isinstance(value, str) else value


def _mended(
    rows: tuple[ReadingLine, ...], wanted: Needs, paper: Paper, answer: Answer, words: Words, threshold: float,
) -> tuple[ReadingLine, ...]:
    """The lines asked about with what was said of each; a claim must stand on the rows of its own line."""
    bands = paper.bands(rows)
    lines = list(rows)
    for n in wanted.rows:
        claims = next((c for c in answer.lines if c.at - 1 in bands[n]), None)
        if claims is not None:
            values = line_values(claims, [paper.lines[i] for i in bands[n]], paper, words)
            lines[n] = _mended_line(rows[n], values, threshold)
    return tuple(lines)


def _mended_line(line: ReadingLine, values: dict[str, Found[Any]], threshold: float) -> ReadingLine:
    if any(getattr(line, name) is not None for name in _CODES):
        values = {name: value for name, value in values.items() if name not in _CODES}
    open_ = {n: v for n, v in values.items() if (ours := getattr(line, n)) is None or ours.confidence < threshold}
    factors = {n: v for n, v in open_.items() if n in _FACTORS and not _says_so(getattr(line, n), v)}
    others: dict[str, Any] = {n: _against(getattr(line, n), v) for n, v in open_.items() if n not in _FACTORS}
    all_taken: dict[str, Any] = {n: _exchanged(getattr(line, n), v) for n, v in factors.items()}
    if factors and multiplies_out(replace(line, **all_taken)) and not multiplies_out(line):
        return replace(line, **others, **all_taken)
    weighed: dict[str, Any] = {n: _against(getattr(line, n), v) for n, v in factors.items()}
    if multiplies_out(replace(line, **weighed)) is False and multiplies_out(line) is not False:
        weighed = {}                       # what would make the line contradict itself says nothing
    return replace(line, **others, **weighed)


def _says_so(ours: Found[Any] | None, theirs: Found[Any]) -> bool:
    return ours is not None and ours.value == theirs.value


def _exchanged(ours: Found[Any] | None, theirs: Found[Any]) -> Found[Any]:
    """A suggestion in place of our value, which arithmetic speaks against; it is kept as a candidate."""
    was = (Candidate(ours.value, round(1 - BACKED, 4), ours.evidence), *ours.candidates) if ours else ()
    return replace(theirs, confidence=BACKED if theirs.confidence >= SUGGESTED else theirs.confidence, candidates=was)


def _new_lines(answer: Answer, paper: Paper, words: Words) -> tuple[ReadingLine, ...]:
    """All lines of an order in which we found none: those with a quantity and a name on their own rows of the page."""
    by_start: dict[int, LineClaims] = {c.at - 1: c for c in answer.lines if c.at <= len(paper.lines)}
    starts = sorted(by_start)
    lines = []
    for start in starts:
        rows = [paper.lines[i] for i in paper.band(start, starts)]
        values: dict[str, Any] = line_values(by_start[start], rows, paper, words)
        if "quantity" in values and values.keys() & {"buyer_sku", "gtin", "description"}:
            lines.append(_as_arithmetic_says(ReadingLine(**values)))
    return tuple(lines)


def _as_arithmetic_says(line: ReadingLine) -> ReadingLine:
    fit = multiplies_out(line)
    most = {True: BACKED, None: SUGGESTED, False: _CONTRADICTED}[fit]
    raised: dict[str, Any] = {
        name: replace(value, confidence=most if fit else min(value.confidence, most))
        for name, value in places_of(line) if name in _FACTORS and (fit is not True or value.confidence >= SUGGESTED)}
    return replace(line, **raised)


def _told(before: Reading, after: Reading) -> Reading:
    """The reading with the sentence that says what was suggested; that there are no lines is said no more when there are."""
    named = [name for name, value in places_of(after.header) if value.evidence.origin is Origin.SUGGESTED]
    rows = [n for n, line in enumerate(after.lines, 1)
            if any(value.evidence.origin is Origin.SUGGESTED for _, value in places_of(line))]
    if not named and not rows:
        return after
    parts = [name.replace("_", " ").replace("po number", "PO number") for name in named]
    parts += [f"values of {len(rows)} line(s)"] if rows else []
    sentence = f"A language model suggested: {', '.join(parts)}. Compare that with the page before you rely on it."
    kept = tuple(p for p in before.problems if not (p.code == "no_lines" and after.lines))
    return replace(after, problems=(*kept, Problem("language_model_suggested", sentence)))

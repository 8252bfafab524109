"""What is learned when somebody has put a reading right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.assemble import assemble
from extraction.fields.dates import DateOrder, DateStyle
from extraction.fields.numbers import settle_style
from extraction.layout.geometry import Line, document_lines, page_rules
from extraction.learned.columns import column_lessons
from extraction.learned.fingerprint import fingerprint, is_form
from extraction.learned.header import constant_lesson, lesson_of, not_lesson, style_lessons
from extraction.learned.paper import Paper, paper_of
from extraction.learned.search import at_places, same_text
from extraction.learned.values import DATES, MONEY, SAME_ALWAYS, Manner
from models.domain.evidence import Found, PageKind, Place
from models.domain.learned import Corrected, Fact, Learned, Lesson
from models.domain.pages import Page, Parsed, SourceFormat
from models.domain.reading import Context, Header, Reading, ReadingLine

HEADER_FIELDS = frozenset(f.name for f in fields(Header)) - {"notes", "contact"}
LINE_FIELDS = (
    "line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount", "requested_date")
_NUMBERS = frozenset({"quantity", "unit_price", "amount"})
_MOST = 0.5           # of the lines must be right when they are read with the columns learned from them
_LINE_MATTERS = ("quantity", "unit_price", "uom")


@dataclass(frozen=True, slots=True)
class Right:
    """What an order says, as a person left it. `header` holds only what they put right, None where they took a value away;
    `places` where they pointed; `lines`, all of them, only when a line was put right. What they left stands as read."""

    header: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[Mapping[str, Any], ...] = ()
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)

    @property
    def is_anything(self) -> bool:
        """Whether anything was put right."""
        return bool(self.header or self.lines)


def right_of(corrected: Corrected) -> Right:
    """What a person's corrections in text form say, as values."""
    header = {name: _value(name, text) for name, text in corrected.header.items() if name in HEADER_FIELDS}
    lines = tuple({name: _value(name, line.get(name)) for name in LINE_FIELDS} for line in corrected.lines)
    return Right(header, lines, corrected.places)


def derive(pages: Sequence[Page], before: Reading, right: Right) -> Learned | None:
    """The lessons of a corrected document; None when it is no form that could be known again, or teaches nothing.

    A lesson is kept only when it leads to the right value on this document itself.
    """
    lines = tuple(x for x in document_lines(pages) if x.page in before.pages or not before.pages)
    if not lines:
        return None
    paper = paper_of(lines, pages)
    form = fingerprint(paper)
    if not is_form(form):
        return None
    if not right.is_anything:
        return None
    known = any(f.evidence.fact_id for line in before.lines for f in _found_in(line))
    wanted = right.lines or (() if known else tuple(map(_plain, before.lines)))
    said = (*_header(paper, pages, before, right), *_agreed(paper, before, right))
    columns = column_lessons(paper, wanted) if wanted else ()
    if columns and not _helps(Learned(form, (*said, *columns)), pages, before, wanted):
        columns = ()
    return Learned(form, (*said, *columns)) if said or columns else None


def _agreed(paper: Paper, before: Reading, right: Right) -> Iterable[Lesson]:
    """What a person who put something right let stand, of what every copy of the form has alike."""
    for name in sorted(SAME_ALWAYS - right.header.keys()):
        was: Found[Any] | None = getattr(before.header, name)
        if was is not None and not was.evidence.fact_id and (lesson := constant_lesson(paper, name, was.value)).label:
            yield lesson


def _helps(learned: Learned, pages: Sequence[Page], before: Reading, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this very document reads no worse with the lessons: most of its lines right, and none fewer than before."""
    readings = assemble(Parsed(SourceFormat.TEXT, tuple(pages)), Context(learned=facts_of(learned)))
    again = next((r.lines for r in readings if r.pages == before.pages), ())
    return _fits(wanted, again) >= max(_fits(wanted, before.lines), _MOST * len(wanted))


def _fits(wanted: Sequence[Mapping[str, Any]], lines: Sequence[ReadingLine]) -> int:
    """How many lines are right, in printed order, less those that are read besides."""
    have = [_plain(line) for line in lines]
    best = [0] * (len(have) + 1)
    for want in wanted:
        row = [0]
        for n, line in enumerate(have):
            row.append(max(row[n], best[n + 1], best[n] + (not _wrong(want, line))))
        best = row
    return best[-1] - max(0, len(have) - len(wanted))


def _plain(line: ReadingLine) -> dict[str, Any]:
    return {name: f.value if (f := getattr(line, name)) else None for name in LINE_FIELDS}


def _header(paper: Paper, pages: Sequence[Page], before: Reading, right: Right) -> Iterable[Lesson]:
    manner = _manner(paper.lines, pages, before)
    taken = {id(t) for line in before.lines for f in _found_in(line) for t in at_places(paper.lines, f.evidence.places)}
    for name, value in right.header.items():
        was: Found[Any] | None = getattr(before.header, name, None)
        if value is None:
            lesson = not_lesson(paper, name, was) if was else None
        else:
            lesson = lesson_of(paper, name, value, right.places.get(name, ()), manner, taken)
        if lesson:
            yield lesson
    pairs = [(getattr(before.header, name, None), value) for name, value in right.header.items() if value is not None]
    if len(right.lines) == len(before.lines):
        pairs += [
            (getattr(was, name), line[name]) for was, line in zip(before.lines, right.lines, strict=True)
            for name in LINE_FIELDS if line.get(name) is not None]
    yield from style_lessons(pairs, paper)


def _found_in(holder: Any) -> Iterable[Found[Any]]:
    return (f for x in fields(holder) if isinstance(f := getattr(holder, x.name), Found))


def _manner(lines: Sequence[Line], pages: Sequence[Page], before: Reading) -> Manner:
    """How the document most likely writes; a lesson that needs another manner says so itself."""
    numbers = settle_style((t.text for line in lines for t in line.tokens), before.language)
    ordered = before.header.order_date
    rules = {page.number: page_rules(page) for page in pages if page.kind is PageKind.PAPER}
    return Manner(numbers, DateStyle(DateOrder.DAY, near=ordered.value if ordered else None), rules)


def facts_of(learned: Learned) -> tuple[Fact, ...]:
    """The lessons as facts that no ledger knows."""
    return tuple(Fact(0, learned.form, lesson) for lesson in learned.lessons)


def learned_from(documents: Sequence[tuple[Parsed, Sequence[Reading], Sequence[Mapping[str, Any]]]]) -> tuple[Fact, ...]:
    """What corrected documents of one customer teach, newest (last) first: the facts for `Context.learned`.

    Each document is its pages, the readings made of them, and the truth: its orders in the shape of `ordermill read --json`.
    A reviewer is imagined who puts right whatever differs from the truth; documents that were read right teach nothing.
    """
    facts: list[Fact] = []
    for parsed, readings, truth in documents:
        for reading, order in zip(readings, truth, strict=False):
            learned = derive(parsed.pages, reading, corrected(reading, order))
            if learned:
                facts = [*facts_of(learned), *facts]
    return tuple(facts)


def corrected(reading: Reading, truth: Mapping[str, Any]) -> Right:
    """What a reviewer would put right who knows the truth (an order in the shape of `ordermill read --json`)."""
    header: dict[str, Any] = {}
    for name in HEADER_FIELDS & truth.keys():
        was: Found[Any] | None = getattr(reading.header, name)
        value = _value(name, truth[name])
        if not _equal(was.value if was else None, value):
            header[name] = value
    wanted = [{name: _value(name, line.get(name)) for name in LINE_FIELDS} for line in truth.get("lines") or ()]
    have = [_plain(line) for line in reading.lines]
    wrong = len(wanted) != len(have) or any(_wrong(w, h) for w, h in zip(wanted, have, strict=True))
    return Right(header, tuple(wanted) if wrong else ())


def _wrong(want: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    if any(not _equal(want[name], have[name]) for name in _LINE_MATTERS):
        return True
    codes = [want[c] for c in ("supplier_sku", "buyer_sku", "gtin", "description") if want[c]]
    said = [have[c] for c in ("supplier_sku", "buyer_sku", "gtin", "description") if have[c]]
    return bool(codes) and not any(_equal(c, s) for c in codes for s in said)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return same_text(a, b)
    return bool(a == b)


def _value(name: str, value: Any) -> Any:
    """A value of the JSON shape as a reading has it."""
    if value is None:
        return None
    if name in DATES or (name == "requested_date"):
        return date.fromisoformat(value)
    return Decimal(str(value)) if name in MONEY | _NUMBERS else str(value)

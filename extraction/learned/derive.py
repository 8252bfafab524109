"""What is learned when somebody has put a reading right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.assemble import assemble
from extraction.fields.dates import DateOrder, DateStyle
from extraction.fields.numbers import settle_style
from extraction.fields.view import text_of
from extraction.layout.geometry import Line, page_rules
from extraction.layout.reading_order import document_lines
from extraction.learned.columns import column_lessons
from extraction.learned.fingerprint import fingerprint, is_form
from extraction.learned.header import lesson_of, not_lesson, style_lessons
from extraction.learned.paper import Paper, paper_of
from extraction.learned.rows import locate_rows
from extraction.learned.search import at_places, same_text
from extraction.learned.values import DATES, MONEY, SAME_ALWAYS, Manner
from models.domain.evidence import Box, Found, Origin, PageKind, Place
from models.domain.forms import SAME_FORM, likeness
from models.domain.learned import KIND, Corrected, Fact, Learned, Lesson, LessonKind
from models.domain.pages import Page, Parsed, SourceFormat
from models.domain.reading import Context, Header, Reading, ReadingLine

HEADER_FIELDS = frozenset(f.name for f in fields(Header)) - {"notes", "contact"}
LINE_FIELDS = (
    "line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount", "requested_date")
SHOWN = SAME_ALWAYS | {
    "po_number", "order_date", "requested_date", "ship_to", "bill_to", "payment_terms", "delivery_terms", "total"}
"""Header fields that a person sees when they approve, and so lets stand."""
_NUMBERS = frozenset({"quantity", "unit_price", "amount"})
_PRINTED = frozenset({Origin.READ, Origin.LEARNED})      # values that are what is printed
_MOST = 0.5           # of the lines must be right when they are read with the columns learned from them
_CODES = ("supplier_sku", "buyer_sku", "gtin")
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
    """The lessons of a document that a person put right, or approved as it was read; None when it is no form that could be known
    again, or teaches nothing.

    A lesson is kept only when it leads to the right value on this document itself.
    """
    lines = tuple(x for x in document_lines(pages) if x.page in before.pages or not before.pages)
    if not lines:
        return None
    paper = paper_of(lines, pages)
    form = fingerprint(paper)
    if not is_form(form):
        return None
    known = any(f.evidence.fact_id for line in before.lines for f in _found_in(line))
    wanted = right.lines or (() if known else tuple(map(_plain, before.lines)))
    kinds = tuple(_kind(before))
    if paper.kind is PageKind.TEXT and not right.is_anything:
        return Learned(form, kinds) if kinds else None       # what is typed anew each time stands at no place of its own
    said = (*kinds, *_header(paper, pages, before, right), *_agreed(paper, pages, before, right), *_styles(paper, before, right))
    columns = column_lessons(paper, wanted, _read_at(before)) if wanted else ()
    if columns and not _helps(Learned(form, (*said, *columns)), pages, before, wanted):
        columns = ()
    if not right.lines:
        columns = tuple(replace(lesson, is_let_stand=True) for lesson in columns)
    return Learned(form, (*said, *columns)) if said or columns else None


def _kind(before: Reading) -> Iterable[Lesson]:
    """That the form is what a person said it is, where it reads like another kind of paper."""
    if before.doc_type.evidence.origin is Origin.TYPED:
        yield from (
            Lesson(LessonKind.CONSTANT, KIND, taken.value.value, before.doc_type.value.value)
            for taken in before.doc_type.candidates[:1])


def _agreed(paper: Paper, pages: Sequence[Page], before: Reading, right: Right) -> Iterable[Lesson]:
    """What the person who approved let stand: what every copy of the form has alike, and where the rest stands."""
    manner, taken = _manner(paper.lines, pages, before), _values_of(paper, before, right)
    for name in sorted(SHOWN - right.header.keys()):
        was: Found[Any] | None = getattr(before.header, name)
        if was is None or was.evidence.fact_id:
            continue
        lesson = lesson_of(paper, name, was.value, was.evidence.places, manner, taken)
        if lesson and lesson.label and (not lesson.anchors or lesson.anchors[0].relation != "at"):
            yield replace(lesson, is_let_stand=True)


def _read_at(reading: Reading) -> Mapping[str, set[tuple[int, Box]]]:
    """Page and box of the words from which the values of the lines were read, by field."""
    return {
        name: {(p.page, p.box) for line in reading.lines if (value := getattr(line, name)) for p in value.evidence.places}
        for name in LINE_FIELDS}


def _helps(learned: Learned, pages: Sequence[Page], before: Reading, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this very document reads no worse with the lessons: most of its lines right, and none fewer than before."""
    readings = assemble(Parsed(SourceFormat.TEXT, tuple(pages)), Context(learned=facts_of(learned)))
    again = next((r.lines for r in readings if r.pages == before.pages), ())
    shown = {lesson.field for lesson in learned.lessons if lesson.column}     # what is not printed no column can say
    printed = [{name: value for name, value in line.items() if name in shown or name not in _LINE_MATTERS} for line in wanted]
    return _fits(wanted, again) >= _fits(wanted, before.lines) and _fits(printed, again) >= max(
        _fits(printed, before.lines), _MOST * len(wanted))


def _fits(wanted: Sequence[Mapping[str, Any]], lines: Sequence[ReadingLine]) -> int:
    """How many lines are right, in printed order, less those that are read besides. Values that are not asked for are right."""
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
    taken = _values_of(paper, before, right)
    for name, value in right.header.items():
        was: Found[Any] | None = getattr(before.header, name, None)
        if value is None:
            lesson = not_lesson(paper, name, was) if was else None
        else:
            lesson = lesson_of(paper, name, value, right.places.get(name, ()), manner, taken, was)
        if lesson:
            yield lesson


def _styles(paper: Paper, before: Reading, right: Right) -> Iterable[Lesson]:
    """How the document writes its dates and numbers."""
    read = [(was, right.header.get(name, was.value)) for name in HEADER_FIELDS if (was := getattr(before.header, name))]
    if not right.lines:
        read += [(found, found.value) for line in before.lines for name in LINE_FIELDS if (found := getattr(line, name))]
    values = [(was.evidence.text, value) for was, value in read if was.evidence.origin in _PRINTED]
    changed = [(was.evidence.text, value) for was, value in read if was.evidence.origin in _PRINTED and was.value != value]
    for row in locate_rows(paper, right.lines):
        values += [
            (text_of(places[0].run), right.lines[row.row][name]) for name, places in row.places.items() if name in _NUMBERS]
    put_right = bool(right.lines) or any(was.value != value for was, value in read)
    shown = tuple(style_lessons(changed))         # what a person changed says more than what nobody looked at beside it
    rest = (x for x in style_lessons(values) if all(x.kind is not lesson.kind for lesson in shown))
    return (lesson if put_right else replace(lesson, is_let_stand=True) for lesson in (*shown, *rest))


def _values_of(paper: Paper, before: Reading, right: Right) -> set[int]:
    """The ids of the words that were read as values of the lines, and of the header where that was right."""
    found = [f for line in before.lines for f in _found_in(line)]
    found += [f for name in HEADER_FIELDS - right.header.keys() if (f := getattr(before.header, name))]
    return {id(t) for f in found for t in at_places(paper.lines, f.evidence.places)}


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


def without_known(learned: Learned, known: Iterable[Fact]) -> Learned:
    """The lessons without those that were only let stand and about which something is known of this form, in force or not: what
    a person took back does not come again by itself."""
    told = {fact.lesson.field for fact in known if likeness(fact.form, learned.form) >= SAME_FORM}
    return replace(learned, lessons=tuple(x for x in learned.lessons if not (x.is_let_stand and x.field in told)))


def learned_from(documents: Sequence[tuple[Parsed, Sequence[Reading], Sequence[Mapping[str, Any]]]]) -> tuple[Fact, ...]:
    """What corrected documents of one customer teach, newest (last) first: the facts for `Context.learned`.

    Each document is its pages, the readings made of them, and the truth: its orders in the shape of `ordermill read --json`.
    A reviewer is imagined who puts right whatever differs from the truth, and approves.
    """
    facts: list[Fact] = []
    for parsed, readings, truth in documents:
        for reading, order in zip(readings, truth, strict=False):
            learned = derive(parsed.pages, reading, corrected(reading, order))
            if learned:
                facts = [*facts_of(without_known(learned, facts)), *facts]
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
    if any(name in want and not _equal(want[name], have[name]) for name in _LINE_MATTERS):
        return True
    codes = [(c, s) for c in _CODES for s in _CODES if want[c]]
    named = [*codes, ("description", "description")] if want["description"] else codes
    return bool(named) and not any(_equal(want[c], have[s]) for c, s in named)


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

"""Several readings of one order become one draft, before anything is looked up: the attachment is the order, the mail around it
may add to it, and where the two disagree a person is asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from matching.charges import charges_of, settled
from matching.records import Source
from models.domain.codes import fold_code
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.pages import Problem
from models.domain.reading import Header, Reading, ReadingLine
from models.domain.states import LineState

T = TypeVar("T")
_HEADER = {
    "po_number": "PO number", "revision": "revision", "order_date": "order date", "requested_date": "requested date",
    "urgency": "urgency", "currency": "currency", "ship_to_text": "ship-to", "bill_to_text": "bill-to", "buyer_name": "buyer",
    "total": "total", "payment_terms": "payment terms", "delivery_terms": "delivery terms", "notes": "notes",
}
_MATTERS = ("po_number", "requested_date", "currency", "ship_to_text", "total")


SAID_WITH_FIGURES = frozenset({
    "total_mismatch", "amount_mismatch", "no_lines", "language_model_suggested", "learned_layout_drifted"})
"""Problems of a reading that the checks of the draft find themselves, and say with the line and the figures."""
ABOUT_THE_ORDER = frozenset({"refers_to_earlier_order", "not_wanted", "changed_in_text", "understanding_failed"})
"""Problems of a covering mail, or of a second document, that hold for the order it comes with."""
USUAL = frozenset({"signature", "language_model_unavailable"})
"""Problems of a reading that nobody need be asked about: most orders on paper are signed, and what a language model was to be
asked about is asked about anyway."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The draft as printed, the lines it came from by key, the header with its sums, and what a person must look at.

    `shown` says for a notice where on the documents that is to be seen, if it is.
    """

    draft: Draft
    printed: Mapping[str, ReadingLine]
    header: Header
    notices: tuple[str, ...]
    shown: Mapping[str, Evidence] = field(default_factory=dict)


def merge(sources: Sequence[Source]) -> Merged:
    """One draft of at least one reading. Line keys count from "1" in the order of the lines.

    Numbers that cannot be (not finite, beyond what can be booked) are left out, and said so.
    """
    sources, odd = _without_impossible_numbers(sources)
    ordered = sorted(sources, key=lambda s: (s.is_body, -len(s.reading.lines), s.document_id))
    main, others = ordered[0], ordered[1:]
    values, notices = _header(ordered)
    lines = [(main.document_id, line) for line in main.reading.lines]
    for other in others:
        added, said = _further_lines(main, other)
        lines += [(other.document_id, line) for line in added]
        notices += said
    goods = [(document, line) for document, line in lines if line.charge is None]
    keyed = {str(place): (document, line) for place, (document, line) in enumerate(goods, start=1)}
    kept = tuple(_line(k, d, line) for k, (d, line) in keyed.items())
    currency = values["currency"].value if "currency" in values else None
    charges = charges_of(
        [_placed_in(s.reading.header, s.document_id) for s in ordered],
        [_placed_in(line, document) for document, line in lines if line.charge is not None])
    draft = Draft(
        doc_type=main.reading.doc_type.value, lines=kept, charges=settled(charges, kept, values.get("total"), currency), **values)
    problems = _problems(ordered)
    printed = {k: line for k, (_, line) in keyed.items()}
    shown = {sentence: place for sentence, place in problems.items() if place is not None}
    return Merged(draft, printed, main.reading.header, (*problems, *odd, *notices), shown)


def covered(order: Source, cover: Source) -> Reading:
    """The reading of an order with what its covering mail adds to it: header fields that it lacks, lines that it does not name,
    and what the mail says about the order."""
    header = order.reading.header
    added = {
        f.name: found for f in fields(header)
        if getattr(header, f.name) is None and (found := getattr(cover.reading.header, f.name)) is not None}
    lines, _ = _further_lines(order, cover)
    told = [problem for problem in cover.reading.problems if problem.code in ABOUT_THE_ORDER]
    return replace(
        order.reading, header=replace(header, **added), lines=(*order.reading.lines, *lines),
        problems=(*order.reading.problems, *told))


_LARGEST = Decimal(10) ** 12
_SMALLEST = Decimal("1E-9")


def _without_impossible_numbers(sources: Sequence[Source]) -> tuple[list[Source], list[str]]:
    cleaned, notices = [], []
    for source in sources:
        reading = source.reading
        header, odd = _cleaned(reading.header, source.label)
        lines = []
        for place, line in enumerate(reading.lines, start=1):
            kept, more = _cleaned(line, f"{source.label}, line {place}")
            lines.append(kept)
            odd += more
        cleaned.append(replace(source, reading=replace(reading, header=header, lines=tuple(lines))))
        notices += odd
    return cleaned, [_sentence(n) for n in notices]


H = TypeVar("H", Header, ReadingLine)


def _cleaned(holder: H, where: str) -> tuple[H, list[str]]:
    found = {f.name: getattr(holder, f.name) for f in fields(holder)}
    odd = {
        name: value.value for name, value in found.items()
        if isinstance(value, Found) and isinstance(value.value, Decimal) and not _can_be(value.value)}
    notices = [f"{where}: the {name.replace('_', ' ')} {value} cannot be; it was left out." for name, value in odd.items()]
    return replace(holder, **dict.fromkeys(odd)), notices


def _can_be(number: Decimal) -> bool:
    return number.is_finite() and (number == 0 or _SMALLEST <= abs(number) < _LARGEST)


def _header(sources: Sequence[Source]) -> tuple[dict[str, Any], list[str]]:
    """Each field from the first reading that has it, and a notice for each that another contradicts."""
    values: dict[str, Any] = {}
    notices: list[str] = []
    for name, words in _HEADER.items():
        found = [(s, f) for s in sources if (f := getattr(s.reading.header, name.removesuffix("_text"))) is not None]
        if not found:
            continue
        source, first = found[0]
        values[name] = placed(first, source.document_id)
        notices += [
            f"{other.label} says {words} {f.value}, but {source.label} says {first.value}; check which holds."
            for other, f in found[1:] if name in _MATTERS and f.value != first.value]
    return values, [_sentence(n) for n in notices]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _problems(sources: Sequence[Source]) -> dict[str, Evidence | None]:
    """What was noticed while reading, and where; of a reading without lines beside the main one only what it says about the
    order: a covering mail need not be complete."""
    found: dict[str, Evidence | None] = {}
    for place, source in enumerate(sources):
        for problem in source.reading.problems:
            if place and not source.reading.lines and problem.code not in ABOUT_THE_ORDER:
                continue
            if problem.code not in SAID_WITH_FIGURES | USUAL:
                found.setdefault(problem.message, _where(problem, source.document_id))
    return found


def _where(problem: Problem, document_id: int) -> Evidence | None:
    if problem.box is None or problem.page is None:
        return None
    return Evidence(Origin.READ, places=(Place(problem.page, problem.box),), document_id=document_id)


def _further_lines(main: Source, other: Source) -> tuple[list[ReadingLine], list[str]]:
    """(lines that `other` adds, notices). A mail may add lines; a second document must say the same."""
    new, notices = [], []
    known = _Known(main.reading.lines)
    for line in other.reading.lines:
        twin = known.first_like(line)
        if twin is None:
            new.append(line)
        elif twin.quantity and line.quantity and twin.quantity.value != line.quantity.value:
            notices.append(
                f"{other.label} says {line.quantity.value:f} of {_name(line)}, but {main.label} says "
                f"{twin.quantity.value:f}; check which holds.")
    if new and not other.is_body and main.reading.lines:
        notices.append(f"{other.label} has {len(new)} lines that {main.label} has not; they were added, check them.")
    elif new and main.reading.lines:
        notices += [f"{other.label} adds {_name(line)} to the order; check the line." for line in new]
    return new, [_sentence(n) for n in notices]


class _Known:
    """Lines by what names them: two lines are the same thing when they share a code, or, where one has none, their text."""

    def __init__(self, lines: Sequence[ReadingLine]) -> None:
        self.lines = lines
        self._by_code: dict[str, int] = {}
        self._by_text: dict[str, int] = {}
        self._by_text_alone: dict[str, int] = {}
        for place, line in enumerate(lines):
            codes, text = _codes(line), _text(line)
            for code in codes:
                self._by_code.setdefault(code, place)
            if text is not None:
                self._by_text.setdefault(text, place)
                if not codes:
                    self._by_text_alone.setdefault(text, place)

    def first_like(self, line: ReadingLine) -> ReadingLine | None:
        """The first line that is the same thing; None when there is none."""
        codes, text = _codes(line), _text(line)
        found = [self._by_code[code] for code in codes if code in self._by_code]
        by_text = self._by_text_alone if codes else self._by_text
        found += [by_text[text]] if text is not None and text in by_text else []
        return self.lines[min(found)] if found else None


def _text(line: ReadingLine) -> str | None:
    return fold_code(line.description.value) if line.description and line.description.value else None


def _codes(line: ReadingLine) -> set[str]:
    return {fold_code(f.value) for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f} - {""}


def _name(line: ReadingLine) -> str:
    found = next((f for f in (line.description, line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f), None)
    return f"“{found.value}”" if found else "a line"


_LINE_FIELDS = tuple(
    name for name in (f.name for f in fields(DraftLine)) if name in {f.name for f in fields(ReadingLine)} - {"uom", "confidence"})


def _line(key: str, document_id: int, line: ReadingLine) -> DraftLine:
    """The line as printed; its unit is read when its item is known."""
    values: dict[str, Any] = {
        name: placed(found, document_id) for name in _LINE_FIELDS if (found := getattr(line, name)) is not None}
    uom = placed(line.uom, document_id) if line.uom else None
    return DraftLine(key, LineState.EXTRACTED, uom=uom, confidence=line.sure, **values)


def _placed_in(holder: H, document_id: int) -> H:
    """A header or a line whose values say which document they stand in."""
    values: dict[str, Any] = {f.name: getattr(holder, f.name) for f in fields(holder)}
    known: dict[str, Any] = {name: placed(value, document_id) for name, value in values.items() if isinstance(value, Found)}
    return replace(holder, **known)


def placed(found: Found[T], document_id: int) -> Found[T]:
    """The same value, its evidence saying which document it stands in."""
    candidates = tuple(replace(c, evidence=replace(c.evidence, document_id=document_id)) for c in found.candidates)
    return Found(found.value, found.confidence, replace(found.evidence, document_id=document_id), candidates)

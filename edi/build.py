"""Putting a reading together from the segments of one order: fields filled once, problems noted, trust lowered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from edi.segments import Segment, evidence, to_date, to_decimal
from models.domain.codes import gtin_is_valid
from models.domain.evidence import Evidence, Found, Origin
from models.domain.pages import Problem
from models.domain.reading import DocumentType, Header, Reading, ReadingLine

_TRUST = 0.99            # of a value that stands where its standard puts it
_LEAST_TRUST = 0.9
_ODD = 0.02              # confidence lost for each thing that does not add up
_ODD_CODE = 0.85         # confidence of an article number whose check digit is wrong or missing

INDIRECT = 0.85
"""Confidence of a date that only hints at when the goods are wanted, such as a date of shipment."""


@dataclass(slots=True)
class Fields:
    """Values by field name: the first one found for a name stays, pieces of text are joined, parts of sums are added."""

    values: dict[str, Found[Any]] = field(default_factory=dict)
    pieces: dict[str, list[Found[str]]] = field(default_factory=dict)
    parts: dict[str, list[Found[Decimal]]] = field(default_factory=dict)

    def put(self, name: str, found: Found[Any] | None) -> None:
        """Fill a field that is still empty; None fills nothing."""
        if found is not None:
            self.values.setdefault(name, found)

    def add_text(self, name: str, found: Found[str] | None) -> None:
        """Append to a text field: descriptions and notes come in pieces."""
        if found is not None:
            self.pieces.setdefault(name, []).append(found)

    def add_number(self, name: str, found: Found[Decimal] | None) -> None:
        """Add to a sum: charges and allowances come one by one."""
        if found is not None:
            self.parts.setdefault(name, []).append(found)

    def whole(self) -> dict[str, Found[Any]]:
        """All fields, pieces joined by blanks behind a value that was put, sums added up."""
        texts = {name: _joined([*_present(self.values.get(name)), *pieces]) for name, pieces in self.pieces.items()}
        return {name: _summed(parts) for name, parts in self.parts.items()} | self.values | texts


def _present(found: Found[str] | None) -> list[Found[str]]:
    return [] if found is None else [found]


def _joined(pieces: Sequence[Found[str]]) -> Found[str]:
    return Found(" ".join(p.value for p in pieces), min(p.confidence for p in pieces), _proof(pieces, Origin.READ))


def _summed(parts: Sequence[Found[Decimal]]) -> Found[Decimal]:
    if len(parts) == 1:
        return parts[0]
    proof = replace(_proof(parts, Origin.COMPUTED), note=f"sum of {len(parts)} amounts")
    return Found(sum((p.value for p in parts), Decimal(0)), min(p.confidence for p in parts), proof)


def _proof(found: Sequence[Found[Any]], origin: Origin) -> Evidence:
    text = " ".join(f.evidence.text for f in found)
    return Evidence(origin, text, tuple(place for f in found for place in f.evidence.places))


@dataclass(slots=True)
class OrderBuilder:
    """Collects one order."""

    doc_type: Found[DocumentType]
    header: Fields = field(default_factory=Fields)
    lines: list[Fields] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, code: str, sentence: str) -> None:
        """A problem; each makes every value a little less sure."""
        self.problems.append(Problem(code, sentence, 0))

    @property
    def line(self) -> Fields:
        """The line being filled."""
        return self.lines[-1]

    @property
    def line_label(self) -> str:
        """The line being filled, for sentences: its printed number, else its place."""
        found = self.line.values.get("line_no")
        return f"Line {found.value}" if found else f"Line {len(self.lines)} (without a number)"

    def number(self, segment: Segment, element: int, component: int = 0, *, per: Decimal = Decimal(1)) -> Found[Decimal] | None:
        """The component as a number, divided by `per`; None when it is empty, and noted when it is no number."""
        text = segment.get(element, component)
        value = to_decimal(text)
        if value is None:
            if text:
                self.note("bad_number", f"“{text[:40]}” in segment {segment.index + 1} is no number; look at what was meant.")
            return None
        return Found(value if per == 1 else value / per, 1.0, evidence([(segment, element, component)]))

    def day(self, segment: Segment, element: int, component: int = 0, *, digits: int | None = None) -> Found[date] | None:
        """The component, or its first `digits`, as a date; None when it is empty, and noted when it is no date."""
        text = segment.get(element, component)
        value = to_date(text[:digits])
        if value is None:
            if text:
                self.note("bad_date", f"“{text[:40]}” in segment {segment.index + 1} is no day; look at what was meant.")
            return None
        return Found(value, 1.0, evidence([(segment, element, component)]))

    def check_count(self, what: str, stated: Decimal | None, found: int | Decimal) -> None:
        """Compare a control total with what is there."""
        if stated is not None and stated != found:
            self.note("count_mismatch", f"The sender states {stated} {what} but {found} arrived; part of it may be missing.")

    def require(self, name: str, segment: str) -> None:
        """Note that the order lacks a field of the header that a segment should have brought."""
        if name not in self.header.values:
            words = name.replace("_", " ").replace("po number", "order number")
            self.note("missing_segment", f"The order has no {words} (segment {segment}). Ask the sender for it.")

    def finish(self) -> Reading:
        """The reading, on page 0; a little less sure for each problem."""
        trust = max(_LEAST_TRUST, _TRUST - _ODD * len(self.problems))
        if self.doc_type.value is DocumentType.PURCHASE_ORDER and not self.lines:
            self.note("no_lines", "The order has no lines. Ask the sender to transmit it again.")
        lines = tuple(ReadingLine(**_trusted(line, trust)) for line in self.lines)
        return Reading(_less(self.doc_type, trust), Header(**_trusted(self.header, trust)), lines, tuple(self.problems), (0,))


def _trusted(fields: Fields, trust: float) -> dict[str, Any]:
    return {name: _less(found, trust) for name, found in fields.whole().items()}


def _less(found: Found[Any], trust: float) -> Found[Any]:
    return replace(found, confidence=round(found.confidence * trust, 4))


def kind(value: DocumentType, segment: Segment, element: int) -> Found[DocumentType]:
    """A document type with its proof."""
    return Found(value, 1.0, evidence([(segment, element, 0)]))


def less_sure(found: Found[Any] | None, confidence: float) -> Found[Any] | None:
    """The same value at a lower confidence: it stands at a place that only usually means this field."""
    return None if found is None else replace(found, confidence=confidence)


def article_number(found: Found[str] | None) -> Found[str] | None:
    """A GTIN, less sure when its check digit is wrong or missing."""
    return found if found is None or gtin_is_valid(found.value) else less_sure(found, _ODD_CODE)


def total_of(lines: Iterable[Fields], name: str) -> Decimal:
    """The sum of a numeric field over lines."""
    return sum((line.values[name].value for line in lines if name in line.values), Decimal(0))

"""Putting a reading together from the segments of one order: fields filled once, problems noted, trust lowered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from edi.segments import Segment, evidence
from models.domain.evidence import Found
from models.domain.pages import Problem
from models.domain.reading import DocumentType, Header, Reading, ReadingLine

_LEAST_TRUST = 0.9
_ODD = 0.02              # confidence lost for each thing that does not add up


@dataclass(slots=True)
class Fields:
    """Values by field name; the first one found for a name stays."""

    values: dict[str, Found[Any]] = field(default_factory=dict)

    def put(self, name: str, found: Found[Any] | None) -> None:
        """Fill a field that is still empty; None fills nothing."""
        if found is not None:
            self.values.setdefault(name, found)

    def add_text(self, name: str, found: Found[str] | None, by: str = " ") -> None:
        """Append to a text field: descriptions and notes come in pieces."""
        if found is None:
            return
        if (old := self.values.get(name)) is None:
            self.values[name] = found
            return
        proof = replace(
            old.evidence, text=f"{old.evidence.text} {found.evidence.text}", places=old.evidence.places + found.evidence.places)
        self.values[name] = Found(f"{old.value}{by}{found.value}", min(old.confidence, found.confidence), proof)


@dataclass(slots=True)
class OrderBuilder:
    """Collects one order. `doc_type` must be set before `finish`."""

    doc_type: Found[DocumentType]
    header: Fields = field(default_factory=Fields)
    lines: list[Fields] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    odd: int = 0

    def note(self, code: str, sentence: str) -> None:
        """A problem that makes every value a little less sure."""
        self.odd += 1
        self.problems.append(Problem(code, sentence, 0))

    @property
    def line(self) -> Fields:
        """The line being filled."""
        return self.lines[-1]

    def check_count(self, code: str, what: str, stated: Decimal | None, found: int | Decimal) -> None:
        """Compare a control total with what is there."""
        if stated is not None and stated != found:
            self.note(code, f"The interchange states {stated} {what} but holds {found}; part of it may be missing.")

    def finish(self) -> Reading:
        """The reading, on page 0; confidence is 1.0 less a little for each oddity."""
        trust = max(_LEAST_TRUST, 1.0 - _ODD * self.odd)
        lines = tuple(ReadingLine(**_trusted(line.values, trust)) for line in self.lines)
        return Reading(
            _less(self.doc_type, trust), Header(**_trusted(self.header.values, trust)), lines, tuple(self.problems), (0,))


def _trusted(values: dict[str, Found[Any]], trust: float) -> dict[str, Any]:
    return {name: _less(found, trust) for name, found in values.items()}


def _less(found: Found[Any], trust: float) -> Found[Any]:
    return found if trust == 1.0 else replace(found, confidence=round(found.confidence * trust, 4))


def kind(value: DocumentType, segment: Segment, *elements: int) -> Found[DocumentType]:
    """A document type with its proof."""
    return Found(value, 1.0, evidence((segment, e, 0) for e in elements))


def less_sure(found: Found[Any] | None, confidence: float) -> Found[Any] | None:
    """The same value at a lower confidence: it stands at a place that only usually means this field."""
    return None if found is None else replace(found, confidence=confidence)


def first(*candidates: Found[Any] | None) -> Found[Any] | None:
    """The first that is there."""
    return next((found for found in candidates if found is not None), None)


def total_of(lines: Iterable[Fields], name: str) -> Decimal:
    """The sum of a numeric field over lines."""
    return sum((line.values[name].value for line in lines if name in line.values), Decimal(0))

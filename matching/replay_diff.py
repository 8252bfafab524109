"""What became of a case under one set of rules, and how that differs from another. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matching.corrections import text_of
from matching.decide import Decision
from models.domain.draft import Draft

_FIELDS = ("item", "quantity", "uom", "unit_price")


class Fate(StrEnum):
    """What becomes of a case."""

    APPROVED = "approved"      # goes through unseen
    SAMPLED = "sampled"        # would go through, but is looked at
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Played:
    """A case under one set of rules."""

    draft: Draft
    decision: Decision

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.decision.is_sampled:
            return Fate.SAMPLED
        return Fate.APPROVED if self.decision.approve else Fate.ASKED


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value of a line that the rules change, in text form."""

    line: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that ends otherwise: its fate, the questions (sentences) that come and go, and values that change."""

    case_id: int
    po_number: str | None
    customer: str | None
    before: Fate
    after: Fate
    asked_anew: tuple[str, ...]
    asked_no_more: tuple[str, ...]
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay: how many cases were played, how they ended before and after, and exactly which end otherwise."""

    cases: int
    before: Mapping[Fate, int]
    after: Mapping[Fate, int]
    changes: tuple[CaseChange, ...]
    seconds: float


def difference(case_id: int, before: Played, after: Played) -> CaseChange | None:
    """How a case ends otherwise; None when it does not."""
    # How dear a question is, and in which order it is asked, is no other outcome.
    was, is_now = (Counter(d.sentence for d in p.decision.doubts) for p in (before, after))
    values = tuple(_values(before.draft, after.draft))
    if before.fate is after.fate and was == is_now and not values:
        return None
    draft = after.draft
    return CaseChange(
        case_id, draft.po_number.value if draft.po_number else None, draft.customer.value.name if draft.customer else None,
        before.fate, after.fate, tuple((is_now - was).elements()), tuple((was - is_now).elements()), values)


def _values(before: Draft, after: Draft) -> Iterator[ValueChange]:
    lines = {line.key: line for line in after.lines}
    for line in before.lines:
        other = lines.get(line.key)
        for name in _FIELDS:
            was, becomes = text_of(line, name), text_of(other, name) if other else None
            if was != becomes:
                yield ValueChange(line.key, name, was, becomes)


def tally(fates: Iterator[Fate]) -> dict[Fate, int]:
    """How many cases ended how; every fate is named."""
    counted = Counter(fates)
    return {fate: counted[fate] for fate in Fate}

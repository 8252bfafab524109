"""Where a value comes from. No value without evidence: a place in a document, or a person, or a named rule."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from models.domain.lean import lean

Box = tuple[float, float, float, float]
"""left, top, right, bottom; origin top-left; units as the page's kind says."""


SAME_INK = "another reading of the same ink"
"""The note of a candidate that another reader, or another look, saw in the very place of the value."""


class PageKind(StrEnum):
    """What a page is; it fixes the unit of its boxes, so one geometry serves every source."""

    PAPER = "paper"        # a sheet of paper; boxes in PDF points (1/72 inch)
    SHEET = "sheet"        # a spreadsheet sheet; the cell in column c, row r (0-based) is the box (c, r, c + 1, r + 1)
    TEXT = "text"          # a text body; boxes in characters and lines (0-based): (first char, line, last char + 1, line + 1)
    SEGMENTS = "segments"  # an EDI interchange; one line a segment: (element, segment, element + 1, segment + 1)


class Origin(StrEnum):
    """How a value came to be."""

    READ = "read"            # stands in the document at the places given
    REPAIRED = "repaired"    # read, then changed by arithmetic or a check digit; `note` says how
    COMPUTED = "computed"    # follows from other values; `note` says from which
    CONTEXT = "context"      # from the mail around the document: subject, sender, file name
    SUGGESTED = "suggested"  # a language model named it and it stands at the places given; never approved unseen
    LEARNED = "learned"      # from a learned fact of this customer
    MASTER = "master"        # from master data: the catalogue, the price list, the customer's record
    TYPED = "typed"          # a person typed or chose it; `person` says who


@lean
class Place:
    """A box on a page of a document. `page` is 0-based; the unit of `box` follows from `kind`."""

    page: int
    box: Box
    kind: PageKind = PageKind.PAPER


@lean
class Evidence:
    """Proof of one value. `text` is exactly what stands at `places` (joined by blanks), before normalising.

    `document_id` is None while a document is read alone; a draft, which several documents may feed, fills it in.
    """

    origin: Origin
    text: str = ""
    places: tuple[Place, ...] = ()
    document_id: int | None = None
    person: str | None = None
    note: str | None = None
    fact_id: int | None = None       # the learned fact that said where or what, see `models.domain.learned`


T = TypeVar("T")


@lean
class Candidate(Generic[T]):
    """Another value the same field may have, with its probability 0.0–1.0."""

    value: T
    probability: float
    evidence: Evidence


@lean
class Found(Generic[T]):
    """A value with the probability 0.0–1.0 that it is exactly right, its proof, and what else it could be."""

    value: T
    confidence: float
    evidence: Evidence
    candidates: tuple[Candidate[T], ...] = ()

"""Why the papers of a message open no case, as people read it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.domain.evidence import Candidate, Evidence, Found, Origin
from models.domain.reading import DocumentType, Reading

CODE = "not_an_order"
_MOST = 120                    # characters of the words that are told


def why_no_order(readings: Sequence[Reading]) -> str | None:
    """The sentence that names the kinds and the words that decided; None when one of them is an order, or there is none."""
    if not readings or any(r.doc_type.value.opens_case for r in readings):
        return None
    told = list(dict.fromkeys(_kind(r.doc_type) for r in readings))
    kinds = ", ".join(told[:3]) + (" and others" if len(told) > 3 else "")
    return f"No case was opened: it is {kinds}. If it is an order after all, choose “It is an order”."


def _kind(found: Found[DocumentType]) -> str:
    words = found.evidence.note if found.evidence.places or found.evidence.origin is Origin.READ else None
    if words is None:
        return "a text that asks for no goods" if found.value is DocumentType.OTHER else found.value.words
    shown = words if len(words) <= _MOST else f"{words[:_MOST]}…"
    return f"{found.value.words} ({shown})"


def as_order(reading: Reading, person: str) -> Reading:
    """The reading as a purchase order, because a person says so; what it was taken for is its other candidate."""
    return _said(reading, DocumentType.PURCHASE_ORDER, person)


def as_no_order(reading: Reading, person: str) -> Reading:
    """The reading as that of a paper that orders nothing, because a person says so; see `as_order`."""
    return _said(reading, DocumentType.OTHER, person)


def _said(reading: Reading, kind: DocumentType, person: str) -> Reading:
    was = reading.doc_type.value.value.replace("_", " ")
    said = Evidence(Origin.TYPED, person=person, note=f"was taken for: {was}")
    read = reading.doc_type
    return replace(reading, doc_type=Found(kind, 1.0, said, (Candidate(read.value, 0.0, read.evidence),)))

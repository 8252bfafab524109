"""One value as the page shows it: text, where it comes from, how sure we are, and its places on the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from models.domain.evidence import SAME_INK, Evidence, Found, Origin, PageKind
from review_ui.presenters.ink import doubtful_pieces

ORIGIN_WORDS = {
    Origin.READ: "Read",
    Origin.REPAIRED: "Read and repaired",
    Origin.COMPUTED: "Computed",
    Origin.CONTEXT: "From the mail around the document",
    Origin.SUGGESTED: "Suggested by a language model, and found",
    Origin.LEARNED: "Learned from an earlier order",
    Origin.MASTER: "From master data",
    Origin.TYPED: "Entered by a person",
}
ORIGIN_ICONS = {
    Origin.READ: "eye", Origin.REPAIRED: "repaired", Origin.COMPUTED: "computed", Origin.CONTEXT: "context",
    Origin.SUGGESTED: "question", Origin.LEARNED: "learned", Origin.MASTER: "master", Origin.TYPED: "typed",
}
PAGE_WORDS = {PageKind.PAPER: "page", PageKind.SHEET: "sheet", PageKind.TEXT: "text", PageKind.SEGMENTS: "interchange"}

_MOST_OTHERS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of the draft. `percent` is None where nothing is known; `note` says in words where the value comes from.

    `detail` is the second part of a chosen thing (an item's description). `places` are "document page left top right bottom",
    joined by ";", for the script that lights them up. `fact_id`: the learned fact that said where it stands. `others` are other
    readings of the same ink as they are typed, `pieces` the text parted where they differ.
    """

    path: str
    label: str
    text: str = ""
    detail: str = ""
    icon: str = ""
    origin: str = ""
    note: str = "Nothing was found for this."
    percent: int | None = None
    is_sure: bool = True
    places: str = ""
    fact_id: int | None = None
    is_number: bool = False
    others: tuple[str, ...] = ()
    pieces: tuple[tuple[str, bool], ...] = ()


def value_text(value: object) -> str:
    """A value as it is typed into a field: plain decimals, ISO dates."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else str(value)


def price_text(value: object) -> str:
    """A price as it is typed into a field: at least two decimals."""
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value:.2f}" if value == round(value, 2) else value_text(value)


def percent(probability: float) -> int:
    """Whole percent, rounded down, so that 100 means certain."""
    return int(max(0.0, min(probability, 1.0)) * 100)


def places_text(evidence: Evidence | None) -> str:
    """The places of some evidence, for the page's script; empty when the document is not known."""
    if evidence is None or evidence.document_id is None:
        return ""
    return ";".join(
        f"{evidence.document_id} {place.page} " + " ".join(f"{edge:g}" for edge in place.box) for place in evidence.places)


def _found(words: str, evidence: Evidence) -> str:
    place = evidence.places[0] if evidence.places else None
    if place is None:
        return words
    if place.kind is PageKind.TEXT:
        return f"{words} in the text"
    return f"{words} on {PAGE_WORDS[place.kind]} {place.page + 1}"


def note_text(evidence: Evidence) -> str:
    """Where a value comes from, in one sentence: Read on page 1: “12,40”. Repaired by arithmetic."""
    words = ORIGIN_WORDS[evidence.origin]
    if evidence.origin is Origin.TYPED and evidence.person:
        words = f"Entered by {evidence.person}"
    found = _found(words, evidence)
    said = f"{found}: “{evidence.text}”." if evidence.text else f"{found}."
    return f"{said} {evidence.note[0].upper()}{evidence.note[1:].rstrip('.')}." if evidence.note else said


def _sure(confidence: float) -> str:
    return f"{percent(confidence)} % sure."


def show(
    found: Found[T] | None, path: str, label: str, threshold: float, text: Callable[[T], str] = value_text,
    detail: Callable[[T], str] = lambda _: "",
) -> Shown:
    """A found value, or the empty field. `threshold` is the probability 0.0–1.0 below which a value is marked as doubtful."""
    if found is None:
        return Shown(path, label)
    shown, is_read = text(found.value), found.evidence.origin is not Origin.TYPED
    others = tuple(text(c.value) for c in found.candidates if is_read and c.evidence.note == SAME_INK)[:_MOST_OTHERS]
    return Shown(
        path=path, label=label, text=shown, others=others, pieces=doubtful_pieces(shown, others),
        detail=detail(found.value), icon=ORIGIN_ICONS[found.evidence.origin],
        origin=found.evidence.origin, note=f"{note_text(found.evidence)} {_sure(found.confidence)}",
        percent=percent(found.confidence), is_sure=found.confidence >= threshold, places=places_text(found.evidence),
        fact_id=found.evidence.fact_id, is_number=isinstance(found.value, Decimal))

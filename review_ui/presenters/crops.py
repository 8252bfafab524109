"""Pieces of pages shown beside a question: what it asks about, as it stands on the paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from extraction.repository import load_pages
from models.domain.doubt import Doubt, DoubtCode
from models.domain.evidence import Box, Evidence, PageKind
from models.domain.pages import Page
from runtime.blobs import Blobs

_AROUND = 14.0                # points of the page shown around what is asked about
_LEAST = (150.0, 40.0)        # points: a smaller piece of a page tells nobody where it is
_MOST_HEIGHT = 0.75           # of its width; what is higher is cut below: the page stands beside it


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a page: the picture's address, the page's size and the piece ("left top width height") in points."""

    picture: str
    width: float
    height: float
    view: str


def crop_of(box: Box, page: Page, document_id: int) -> Crop:
    """The piece of a page around a box, large enough to be recognised, never beyond the page."""
    left, right = _widened(box[0], box[2], _LEAST[0], page.width)
    top, bottom = _widened(box[1], box[3], _LEAST[1], page.height)
    bottom = min(bottom, top + max(_LEAST[1], _MOST_HEIGHT * (right - left)))
    view = (left, top, max(right - left, 1.0), max(bottom - top, 1.0))
    picture = f"/documents/{document_id}/pages/{page.number}.png"
    return Crop(picture, page.width, page.height, " ".join(f"{edge:g}" for edge in view))


def _widened(start: float, end: float, least: float, limit: float) -> tuple[float, float]:
    start, end = start - _AROUND, end + _AROUND
    missing = max(0.0, least - (end - start)) / 2
    return max(0.0, start - missing), min(limit, end + missing)


def load_crops(db: Session, blobs: Blobs, doubts: Iterable[Doubt]) -> dict[Evidence, Crop]:
    """The crop for the evidence of each doubt about reading that points to a place on paper. Raises NotFound."""
    found: dict[Evidence, Crop] = {}
    pages: dict[int, dict[int, Page]] = {}
    for doubt in doubts:
        proof = doubt.evidence
        if doubt.code is not DoubtCode.READING_PROBLEM or proof is None or proof.document_id is None or not proof.places:
            continue
        if proof.document_id not in pages:
            pages[proof.document_id] = {p.number: p for p in load_pages(db, blobs, proof.document_id)}
        page = pages[proof.document_id].get(proof.places[0].page)
        if page is not None and page.kind is PageKind.PAPER and page.width and page.height:
            found[proof] = crop_of(proof.places[0].box, page, proof.document_id)
    return found

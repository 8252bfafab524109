"""Values with their proof: the printed words they were read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from extraction.layout.geometry import Token
from models.domain.characters import oddities
from models.domain.evidence import Evidence, Found, Origin, Place

T = TypeVar("T")
_ODD = 0.6           # a word that holds what a person does not see is never read surely


def found(value: T, tokens: Sequence[Token], confidence: float) -> Found[T]:
    """A value read from these words; OCR that was unsure of a word lowers the confidence, and so do odd characters in one."""
    sure = min((t.word.confidence for t in tokens if t.word.confidence is not None), default=1.0)
    if any(oddities(t.word.text) for t in tokens):
        confidence = min(confidence, _ODD)
    return Found(value, round(confidence * (0.5 + 0.5 * sure), 4), proof(tokens))


def proof(tokens: Sequence[Token], origin: Origin = Origin.READ, note: str | None = None) -> Evidence:
    """The words themselves, each once, in the order given."""
    words = {(t.word.page, t.word.box): t for t in tokens}
    places = tuple(Place(page, box, t.kind) for (page, box), t in words.items())
    return Evidence(origin, " ".join(t.word.text for t in words.values()), places, note=note)

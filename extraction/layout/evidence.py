"""Values with their proof: the printed words they were read from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from extraction.layout.geometry import Token
from models.domain.characters import oddities
from models.domain.evidence import SAME_INK, Candidate, Evidence, Found, Origin, Place

T = TypeVar("T")
_ODD = 0.6           # a word that holds what a person does not see is never read surely


def found(value: T, tokens: Sequence[Token], confidence: float) -> Found[T]:
    """A value read from these words; OCR that was unsure of a word lowers the confidence, and so do odd characters in one."""
    words = [t.word for t in tokens]
    sure = min([w.confidence for w in words if w.confidence is not None], default=1.0)
    if any(oddities(w.text) for w in words):
        confidence = min(confidence, _ODD)
    return Found(value, round(confidence * (0.5 + 0.5 * sure), 4), proof(tokens), _rival_texts(value, tokens))


def _rival_texts(value: T, tokens: Sequence[Token]) -> tuple[Candidate[T], ...]:
    """For a value that is the text of one word."""
    if len(tokens) != 1 or not isinstance(value, str) or value != tokens[0].text:
        return ()
    return rival_values(value, tokens, type(value))


def rival_values(value: T, tokens: Sequence[Token], read: Callable[[str], T | None]) -> tuple[Candidate[T], ...]:
    """What the value would be by the other readings of its word, likeliest first; none when several words have rivals.

    `read` makes a value of the words' text, or None.
    """
    doubtful = [n for n, token in enumerate(tokens) if token.word.rivals]
    if len(doubtful) != 1:
        return ()
    at = doubtful[0]
    texts = [t.text for t in tokens]
    chances: dict[T, float] = {}
    for rival in tokens[at].word.rivals:
        other = read(" ".join((*texts[:at], rival.text, *texts[at + 1 :])))
        if other is not None and other != value:
            chances[other] = max(rival.confidence, chances.get(other, 0.0))
    ranked = sorted(chances.items(), key=lambda c: -c[1])
    return tuple(Candidate(other, chance, proof(tokens, note=SAME_INK)) for other, chance in ranked)


def proof(tokens: Sequence[Token], origin: Origin = Origin.READ, note: str | None = None) -> Evidence:
    """The words themselves, each once, in the order given."""
    if len(tokens) == 1:
        word = tokens[0].word
        return Evidence(origin, word.text, (Place(word.page, word.box, tokens[0].kind),), note=note)
    words = {(t.word.page, t.word.box): t for t in tokens}
    places = tuple(Place(page, box, t.kind) for (page, box), t in words.items())
    return Evidence(origin, " ".join(t.word.text for t in words.values()), places, note=note)

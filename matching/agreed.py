"""Values that were changed by a rule agreed with the customer, and what the customer's paper says in their place. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from models.domain.evidence import Candidate, Found, Origin

T = TypeVar("T")
_AGREED = "as agreed: "


def agreed(asked: Found[T], value: T, note: str) -> Found[T]:
    """`value` in place of what was asked, which stays beside it as its first candidate: the acknowledgement says both."""
    proof = replace(asked.evidence, origin=Origin.COMPUTED, note=_AGREED + note)
    return Found(value, asked.confidence, proof, (Candidate(asked.value, asked.confidence, asked.evidence), *asked.candidates))


def asked_value(found: Found[T]) -> T:
    """What the paper says, whether or not a rule changed it."""
    return found.candidates[0].value if is_agreed(found) and found.candidates else found.value


def is_agreed(found: Found[T] | None) -> bool:
    """True for a value that a rule put there."""
    return found is not None and found.evidence.origin is Origin.COMPUTED and (found.evidence.note or "").startswith(_AGREED)

"""What stands for a document whose pages were read but not understood: an order that a person types. Pure."""

from __future__ import annotations

from models.domain.evidence import Evidence, Found, Origin
from models.domain.pages import Parsed, Problem
from models.domain.reading import DocumentType, Reading

CODE = "understanding_failed"
_SENTENCE = (
    "What stands on the pages could not be made out, for a fault of Ordermill's. Type the order from the page, or reject the "
    "case if it is none, and tell your administrator.")
_TOO_LONG = (
    "What stands on the pages takes more time or memory to be made out than one document may have. Ask the customer to send the "
    "order in parts, ask your administrator to raise the limits, or type the order from the page.")


def not_understood(parsed: Parsed, *, is_too_long: bool = False) -> Reading:
    """A purchase order without values, as nobody knows better; its first problem says why it is empty. `is_too_long`: a limit
    was met, no fault of ours."""
    kind = Found(DocumentType.PURCHASE_ORDER, 0.0, Evidence(Origin.COMPUTED, note="nothing could be made out"))
    pages = tuple(page.number for page in parsed.pages)
    why = Problem(CODE, _TOO_LONG if is_too_long else _SENTENCE, pages[0] if pages else None)
    return Reading(kind, problems=(why, *parsed.problems), pages=pages)

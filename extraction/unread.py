"""What stands for a document whose pages were read but not understood: an order that a person types. Pure."""

from __future__ import annotations

from models.domain.evidence import Evidence, Found, Origin
from models.domain.pages import Parsed, Problem
from models.domain.reading import DocumentType, Reading

CODE = "understanding_failed"
_SENTENCE = (
    "What stands on the pages could not be made out, for a fault of Ordermill's. Type the order from the page, or reject the "
    "case if it is none, and tell your administrator.")
_SETTINGS = {
    "parser_timeout": "ORDERMILL_SANDBOX_CPU_S, ORDERMILL_SANDBOX_WALL_S", "parser_memory": "ORDERMILL_SANDBOX_MEMORY_MB",
    "parser_output_too_large": "ORDERMILL_SANDBOX_OUTPUT_MB"}
"""The sandbox's codes for what takes more than one document may have, and the settings that say how much it may."""
_EASY_ROWS = 10_000        # are made out within half of the usual time


def not_understood(parsed: Parsed, *, code: str | None = None) -> Reading:
    """A purchase order without values, as nobody knows better; its first problem says why it is empty.

    `code`: what the sandbox said; anything but a limit is a fault of ours.
    """
    kind = Found(DocumentType.PURCHASE_ORDER, 0.0, Evidence(Origin.COMPUTED, note="nothing could be made out"))
    pages = tuple(page.number for page in parsed.pages)
    settings = _SETTINGS.get(code or "")
    why = Problem(CODE, _too_long(parsed, settings) if settings else _SENTENCE, pages[0] if pages else None)
    return Reading(kind, problems=(why, *parsed.problems), pages=pages)


def _too_long(parsed: Parsed, settings: str) -> str:
    rows = sum(len({round(word.box[1]) for word in page.words}) for page in parsed.pages)
    words = sum(len(page.words) for page in parsed.pages)
    most = max(1, min(_EASY_ROWS, rows // 2))
    return (
        f"The document has {rows} rows with {words} words, which take more time or memory to be made out than one document may "
        f"have (setting {settings}). Ask the customer to send the order in parts of at most {most} rows, ask your administrator "
        "to raise the limit, or type the order from the page.")

"""Why a customer's price is let stand: codes that reports count, and what the value's proof says."""

from __future__ import annotations

from models.errors import InputError

PRICE_REASONS = {
    "agreed": "Agreed with the customer",
    "quoted": "We quoted this price",
    "promotion": "A promotion holds",
    "goodwill": "Goodwill",
    "list_wrong": "Our list is wrong",
}


def reason_note(code: str) -> str | None:
    """What the proof of a price says; None without a code. Raises InputError for a code there is not."""
    if not code:
        return None
    if code not in PRICE_REASONS:
        raise InputError("Choose one of the reasons for letting this price stand.", code="unknown_reason")
    return f"{PRICE_REASONS[code]} ({code})"

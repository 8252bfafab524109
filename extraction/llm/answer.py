"""A model's reply to claims: strictly typed and bounded, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from extraction.llm.frame import MOST_LINES

LONGEST_REPLY = 200_000
"""Characters of a reply that is looked at; a longer one is no answer to our question."""

LONGEST_CLAIM = 400
"""Characters of one value."""

_Text = Annotated[str, msgspec.Meta(max_length=LONGEST_CLAIM)]
_Whole = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
Claim = _Text | _Whole | float | None
"""A value as a model gives it: text as printed, or a number."""


class LineClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the model says about the order line that begins at the document line numbered `at` (from 1)."""

    at: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    item_code: Claim = None
    gtin: Claim = None
    description: Claim = None
    quantity: Claim = None
    unit: Claim = None
    unit_price: Claim = None
    amount: Claim = None
    requested_date: Claim = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a reply claims; nothing of it is believed yet."""

    header: Annotated[Mapping[str, Claim], msgspec.Meta(max_length=40)] = {}
    lines: Annotated[tuple[LineClaims, ...], msgspec.Meta(max_length=MOST_LINES)] = ()


def parse_answer(reply: str) -> Answer | None:
    """The claims of a reply; None for what is not one JSON object of our shape. A fence or a word around the object is usual and
    passes; a field we did not name, a list in place of a value, a number that is none (NaN) do not."""
    start, end = reply.find("{"), reply.rfind("}")
    if len(reply) > LONGEST_REPLY or not 0 <= start < end:
        return None
    try:
        return msgspec.json.decode(reply[start : end + 1], type=Answer)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def said(claim: Claim) -> str:
    """A claim as text; empty for nothing."""
    if claim is None:
        return ""
    return claim.strip() if isinstance(claim, str) else f"{claim:.12g}" if isinstance(claim, float) else str(claim)

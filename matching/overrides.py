"""Doubts that nobody approves without saying why, and the reasons there are. Pure; the reasons are stored as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.domain.doubt import Doubt, DoubtCode
from models.errors import InputError

OVERRIDES: Mapping[str, str] = {
    "confirmed_by_customer": "The customer has confirmed it",
    "credit_agreed": "The credit department has agreed",
    "paid_in_advance": "It is paid in advance",
    "management": "The management has decided so",
}
"""Why a doubt that needs a reason is overridden, in words that the desk chooses from."""
NEED_REASON = frozenset({DoubtCode.BANK_DETAILS, DoubtCode.CREDIT_LIMIT, DoubtCode.OVERDUE})
"""Doubts about money: no correction of the draft answers them, so whoever approves says why."""


class ReasonNeeded(InputError):
    """A doubt is open that must be overridden with a reason."""

    code = "override_needed"


def needing_reason(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Those of the open doubts that approval must override."""
    return [d for d in doubts if d.code in NEED_REASON]


def check_reason(doubts: Sequence[Doubt], reason: str | None) -> None:
    """Raise ReasonNeeded, naming the doubts, without a reason for them; InputError for a reason there is not."""
    if reason is not None and reason not in OVERRIDES:
        raise InputError(f"Choose one of the reasons: {', '.join(OVERRIDES)}.", code="unknown_reason")
    if reason is None and (open_ones := needing_reason(doubts)):
        raise ReasonNeeded(f"Approving this overrides: {' '.join(d.sentence for d in open_ones)} Choose a reason for that.")

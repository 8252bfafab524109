"""Which messages have been kept long enough. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.errors import InputError

LEAST_DAYS, MOST_DAYS = 7, 36_500


class Kept(StrEnum):
    """What a message was, as far as keeping it goes."""

    ORDER = "order"      # an order came of it
    OTHER = "other"      # automatic answers, rejected and doubled orders, what was none


@dataclass(frozen=True, slots=True)
class Rules:
    """Days after which the content of messages goes, by what they were; None keeps it for ever."""

    order: int | None = None
    other: int | None = None

    def days(self, kept: Kept) -> int | None:
        """The days for one kind."""
        return self.order if kept is Kept.ORDER else self.other


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message as far as keeping it goes. `is_open`: a case or an order of it has not ended; `is_held`: a legal hold stands."""

    message_id: int
    kept: Kept
    received_at: datetime
    is_open: bool
    is_held: bool


def is_due(message: Candidate, rules: Rules, at: datetime) -> bool:
    """True when a message's content has to go now: never while it is open or held."""
    days = rules.days(message.kept)
    if days is None or message.is_open or message.is_held:
        return False
    return message.received_at <= at - timedelta(days=days)


def parse_rules(order: str, other: str) -> Rules:
    """The rules as typed; an empty field keeps for ever. Raises InputError."""
    return Rules(_days(order), _days(other))


def _days(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and LEAST_DAYS <= int(text) <= MOST_DAYS):
        raise InputError(
            f"“{text[:20]}” are no days; write a whole number from {LEAST_DAYS} to {MOST_DAYS}, or nothing to keep for ever.",
            code="bad_retention")
    return int(text)

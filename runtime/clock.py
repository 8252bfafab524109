"""The one clock. Pure code takes a moment as an argument; shells ask here, so that tests can move time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The current moment, in UTC, with microseconds."""
    return datetime.now(UTC)

"""When a case is due: the customer's cut-off on the day it came, or on the next working day. Pure."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta

from matching.calendar import working_days_after

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def due_at(received_at: datetime, cut_off: str | None, closed: Set[date]) -> datetime | None:
    """The moment until which a case wants to be decided; None without a cut-off ("14:30", on the clocks of the zone of
    `received_at`)."""
    found = _CLOCK.fullmatch(cut_off or "")
    if found is None:
        return None
    clock = time(int(found[1]), int(found[2]))
    day = working_days_after(received_at.date(), 0, closed)
    if day == received_at.date() and received_at.time() > clock:
        day = working_days_after(day + timedelta(days=1), 0, closed)
    return datetime.combine(day, clock, received_at.tzinfo).astimezone(UTC)

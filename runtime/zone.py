"""Where the company works on the clock: what day it is there, when a day begins, and how a moment is written.

Moments are kept and compared in UTC. A day is a thing of people: cut-offs, due days, "today" and what a page shows follow the
zone of the settings, which a process takes up when it starts and whenever an administrator changes it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from models.errors import InputError
from runtime.clock import now

DEFAULT = "UTC"
_in_force = ZoneInfo(DEFAULT)


@cache
def zone_names() -> frozenset[str]:
    """Every name of a zone that this machine knows: "Europe/Berlin"."""
    return frozenset(available_timezones())


def check_zone(name: str) -> str:
    """The name itself. Raises InputError when no zone is called so."""
    if name not in zone_names():
        raise InputError(f"There is no time zone “{name[:40]}”; write it as Europe/Berlin.", code="no_time_zone")
    return name


def use_zone(name: str) -> None:
    """Take a zone up, for the whole process. Raises InputError when no zone is called so."""
    global _in_force
    _in_force = ZoneInfo(check_zone(name))


def local(moment: datetime) -> datetime:
    """The same moment as the company's clocks show it."""
    return moment.astimezone(_in_force)


def day_at(moment: datetime) -> date:
    """The company's day a moment lies in."""
    return local(moment).date()


def today() -> date:
    """The company's day."""
    return day_at(now())


def moment_of(day: date, clock: time = time()) -> datetime:
    """When the company's clocks show this on that day, by default when the day begins; in UTC. Of a time that the clocks show
    twice it is the first, and one that they skip is taken as if they had not."""
    return datetime.combine(day, clock, _in_force).astimezone(UTC)

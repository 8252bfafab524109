"""How often a language model may be asked, and when it is left in peace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from runtime.clock import Clock, now

_FAILURES = 3                            # in a row, after which a server is left in peace for a while
_REST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Tally:
    """Questions asked by this process today (UTC), how many of them failed, and until when it asks nothing more."""

    asked: int = 0
    failed: int = 0
    rests_until: datetime | None = None


class Budget:
    """Questions of one process. Safe to share between threads."""

    def __init__(self, per_day: int, clock: Clock = now) -> None:
        self._per_day = per_day
        self._clock = clock
        self._lock = Lock()
        self._day = clock().date()
        self._tally = Tally()
        self._in_a_row = 0

    @property
    def tally(self) -> Tally:
        """The figures of today."""
        with self._lock:
            self._turn_day()
            return self._tally

    def take(self) -> bool:
        """Count one question; False when it may not be asked now."""
        with self._lock:
            self._turn_day()
            t, at = self._tally, self._clock()
            if t.asked >= self._per_day or (t.rests_until and at < t.rests_until):
                return False
            self._tally = Tally(t.asked + 1, t.failed)
            return True

    def note(self, *, failed: bool) -> None:
        """Say how the last question went."""
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if failed else 0
            rests = self._clock() + _REST if self._in_a_row >= _FAILURES else None
            self._tally = Tally(self._tally.asked, self._tally.failed + failed, rests)

    def _turn_day(self) -> None:
        if (today := self._clock().date()) != self._day:
            self._day, self._tally = today, Tally(rests_until=self._tally.rests_until)

"""A brake on guessing: so many failures of one key in a while, then nothing more is tried. Kept in memory, per process."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

MOST_KEYS = 10_000


class Throttle:
    """Counts failures by key within a sliding `window`. The oldest keys are forgotten beyond MOST_KEYS. Safe between threads."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most, self._window = most, window
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def is_open(self, key: str, at: datetime) -> bool:
        """True while another try is allowed."""
        with self._lock:
            return len(self._recent(key, at)) < self._most

    def note_failure(self, key: str, at: datetime) -> None:
        """Count one failed try."""
        with self._lock:
            recent = self._recent(key, at)
            recent.append(at)
            self._failures[key] = recent
            self._failures.move_to_end(key)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def _recent(self, key: str, at: datetime) -> deque[datetime]:
        kept = self._failures.get(key, deque())
        while kept and kept[0] <= at - self._window:
            kept.popleft()
        return kept

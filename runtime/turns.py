"""Taking turns: a lock whose waiters come in the order in which they asked."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """One holder at a time, first come, first served. The holder may be another thread when it is done than when it came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def take(self, timeout_s: float) -> bool:
        """Wait for the turn. False: it did not come in time, and this one does not wait any more."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True                                 # it came at the very moment we gave up

    def done(self) -> None:
        """The turn is over: the one who has waited longest goes on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

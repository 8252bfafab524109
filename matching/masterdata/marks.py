"""A set of row ids in one bit each: a million ids in 125 kB, whatever the order they come in."""

from __future__ import annotations


class Marks:
    """Ids from 0 up; those beyond the highest one seen take their bits when they come."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, row_id: int) -> bool:
        """Mark an id; returns whether it was not marked before."""
        place, bit = row_id >> 3, 1 << (row_id & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits) + 4096))
        is_new = not self._bits[place] & bit
        self._bits[place] |= bit
        return is_new

    def __contains__(self, row_id: int) -> bool:
        place = row_id >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (row_id & 7) & 1)

"""Words about items."""

from enum import StrEnum


class ItemStatus(StrEnum):
    """Whether an item may be ordered."""

    ACTIVE = "active"
    DISCONTINUED = "discontinued"
    BLOCKED = "blocked"

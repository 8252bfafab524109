"""Words about judged lines."""

from enum import StrEnum


class Seen(StrEnum):
    """How it came that a person looked at a line."""

    ASKED = "asked"          # the order was asked about
    BLIND = "blind"          # the order would have gone through, and was drawn to be looked at
    REPORTED = "reported"    # the order had gone through, and somebody reported an error later

"""What the attributes of an item say that stand in a column of their own, as a description would say it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

NO_TEXT = re.compile(
    r"url|image|link|date|stock|price|cost|tax|vat|status|created|updated|(^|_)id$|quantity|qty|moq|warehouse|category")
"""Names of columns that say nothing about what an item is."""
UNIT_SUFFIX = re.compile(r"_\(?(mm|cm|m|kg|g|l|ml|v|w|a|bar|inch|in)\)?$")
LONGEST = 60
"""Signs of a value; longer ones are prose."""
_YES, _NO = frozenset({"yes", "true", "ja"}), frozenset({"no", "false", "nein"})


@lru_cache(maxsize=20_000)
def said_by(attributes: str) -> str:
    """ "thread: M8; length mm: 40; sterile: yes; size: 9" as "M8, 40 mm, sterile, size 9"."""
    parts = (part.partition(":") for part in attributes.split(";"))
    return ", ".join(filter(None, (_said(name.strip(), value.strip()) for name, _, value in parts)))


def _said(name: str, value: str) -> str:
    plain = re.sub(r"\W+", "_", name.casefold()).strip("_")
    if not value or value.casefold() in _NO or len(value) > LONGEST or NO_TEXT.search(plain):
        return ""
    if value.casefold() in _YES:
        return name
    if not is_number(value):
        return value
    unit = UNIT_SUFFIX.search(plain)
    # A bare number would be taken for whatever the word before it counts.
    return f"{value} {unit[1]}" if unit else f"{name} {value}"


def is_number(value: str) -> bool:
    """True for digits with at most a point or comma among them."""
    return value.replace(".", "").replace(",", "").isdigit()

"""Numbers that count no goods: of a day, a year, a house, a postcode or an order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.fields.dates import find_dates, is_month
from extraction.fields.names import STREET
from extraction.layout.geometry import Token
from extraction.lines.prose.codes import AROUND
from extraction.lines.prose.counts import Count
from extraction.lines.prose.speech import Setting, Speech, folded
from extraction.lines.values import is_code

_YEARS = range(1990, 2100)
_DAYS = 31
_DATE = 4                     # words of a date at most
_LEADING_KINDS = frozenset({
    "rue", "boulevard", "chemin", "avenue", "calle", "c/", "avda", "via", "viale", "corso", "piazza", "ul", "ulica"})
"""What a street's name begins with; the other kinds of street stand at its end."""
_TOWN = re.compile(r"^[A-Z]{2} [A-Z][a-z]")       # behind the four digits of a Dutch postcode


def is_day(words: Sequence[Token], speech: Speech) -> bool:
    """True when a number begins a date: "11 December 2030"."""
    day = words[0].text.rstrip(".")
    if len(words) > 1 and day.isdecimal() and int(day) <= _DAYS and is_month(words[1].text):
        return True                                      # "30 juni", in a year that nobody says
    match = next(iter(find_dates(" ".join(t.text for t in words[:_DATE]), speech.styles.date)), None)
    return match is not None and match.start == 0


def is_year(words: Sequence[Token], speech: Speech) -> bool:
    """True when the last number ends a date: "dated October 3, 2031"."""
    bare = words[-1].text.strip(".,;:()")
    if not (bare.isdecimal() and int(bare) in _YEARS):
        return False
    text = " ".join(t.text for t in words[-_DATE:]).rstrip(".,;:()")
    return any(match.start < match.end - len(bare) and match.end == len(text) for match in find_dates(text, speech.styles.date))


def is_elsewhere(count: Count, after: tuple[Token, ...], setting: Setting, speech: Speech) -> bool:
    """True for a bare number in a sentence that is a house's, a postcode, a year or an order's rather than a quantity."""
    if not after or (is_code(after[0].text.strip(AROUND)) and any(c.isdigit() for c in after[0].text)):
        return False
    text = " ".join(t.text for t in after[:6])
    bare = count.tokens[0].text
    if bare.isdecimal() and len(bare) == 4 and _TOWN.match(text):
        return True
    is_long = bare.isdecimal() and (len(bare) > 4 or (len(bare) > 3 and (not setting.asked or int(bare) in _YEARS)))
    return is_long or _is_street(text) or speech.holds(folded(after[:1]), "verb")


def _is_street(text: str) -> bool:
    """True for words that name a street: "Mill Lane 7", "rue des Lilas", "Hauptstraße"; not "O-ring", "drive belts"."""
    for match in STREET.finditer(text):
        before, kind = text[: match.start()], match[0].casefold().rstrip(".")
        if before.endswith("-"):
            continue
        if not before.strip():
            if kind in _LEADING_KINDS and text[match.end() :].strip():
                return True
        elif kind.endswith(("straße", "str", "straat")) or all(w[0].isupper() for w in (*before.split(), match[0])):
            return True
    return False

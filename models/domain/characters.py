"""Characters that look like others, or like nothing: taken out for matching, and made visible for people."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]")
"""Marks that take no room on the page: soft hyphen, zero width, direction, fillers, tags."""

_CYRILLIC = ("АВСЕНІЈКМОРЅТХУҮԚԜҺасеіјорѕхуԛԝһ", "ABCEHIJKMOPSTXYYQWHaceijopsxyqwh")
_GREEK = ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹικνορτυχ", "ABEZHIKMNOPTYXCikvoptux")
_OWN = ("ıɡɑμ", "igau")               # usual in words and units; typed as the plain letter where a keyboard lacks them
_LOOK_ALIKES = str.maketrans(_CYRILLIC[0] + _GREEK[0] + _OWN[0], _CYRILLIC[1] + _GREEK[1] + _OWN[1])
_MARKS = {
    "\u00ad": "soft hyphen", "\u200b": "zero-width space", "\u200c": "zero-width non-joiner", "\u200d": "zero-width joiner",
    "\u200e": "left-to-right mark", "\u200f": "right-to-left mark", "\u202a": "left-to-right embedding",
    "\u202b": "right-to-left embedding", "\u202c": "end of a direction mark", "\u202d": "left-to-right override",
    "\u202e": "right-to-left override", "\u2060": "word joiner", "\ufeff": "byte order mark",
}
_TURNS = re.compile("[\u202b\u202d\u202e\u2067]")       # what stands behind them is shown in another order than it is stored
_STROKES = re.compile("(?<=[0-9A-Za-z])[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
_DIGIT = re.compile(r"\d")
_RAISED = re.compile("(?<=\\d)[²³¹⁰⁴-⁹₀-₉]")


def without_marks(text: str) -> str:
    """The text composed (NFC), without marks that take no room and without strokes over plain letters and digits."""
    if text.isascii():
        return text
    return _STROKES.sub("", unicodedata.normalize("NFC", INVISIBLE.sub("", text)))


def as_latin(text: str) -> str:
    """Cyrillic and Greek letters that look like Latin ones as those; digits of every script as 0–9; everything else as it is."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text.translate(_LOOK_ALIKES))


def visible(text: str) -> str:
    """The text with each mark that takes no room written out: "45⟦U+202E⟧00"."""
    return text if text.isascii() else INVISIBLE.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)


@lru_cache(maxsize=16_384)
def oddities(text: str) -> tuple[str, ...]:
    """What a person would not see in this word and should know, each as a phrase: marks that take no room, strokes over digits
    and letters, letters of another alphabet among Latin ones or posing as them in a number, raised digits, digits of two scripts.

    Empty for words in one script, and for marks in plain words, where they only say how to break or join them.
    """
    if text.isascii():
        return ()
    found = []
    has_digit = bool(_DIGIT.search(text))
    marks = dict.fromkeys(INVISIBLE.findall(text)) if has_digit or _TURNS.search(text) else {}
    found += [f"an invisible {_MARKS.get(c, unicodedata.name(c, 'mark').lower())} (U+{ord(c):04X})" for c in marks]
    plain = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    if has_digit and (strokes := _STROKES.search(plain)):
        found.append(f"a stroke over “{plain[strokes.start() - 1]}”")
    posing = [c for c in dict.fromkeys(plain) if ord(c) in _LOOK_ALIKES and c not in _OWN[0]]
    others = [c for c in plain if c.isalpha() and c not in posing]
    if posing and (any(_is_latin(c) for c in others) or (has_digit and not others)):
        found += [f"the {_script(c)} letter “{c}” in place of “{c.translate(_LOOK_ALIKES)}”" for c in posing]
    found += [f"the raised or lowered digit “{c}” behind a number" for c in dict.fromkeys(_RAISED.findall(plain))]
    scripts = {ord(c) - int(unicodedata.decimal(c)) for c in plain if c.isdecimal()}
    if len(scripts) > 1:
        found.append("digits of more than one script")
    return tuple(found)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN"))


def _script(letter: str) -> str:
    return unicodedata.name(letter).split()[0].capitalize()

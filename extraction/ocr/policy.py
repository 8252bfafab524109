"""Which words are worth a second reading. Pure.

Numbers are what an order turns on, and cost the witness a third of a second a page; other words are read again where the
first reader itself was unsure. All words cost it about as much as a page.
"""

from __future__ import annotations

from models.domain.pages import Word

WITNESSED = "accurate"
"""Name of the combined reader: the one that reads more when asked to be thorough."""

_UNSURE_WORD = 0.8
_UNSURE_NUMBER = 0.98          # from here the first reader's own second look changes nothing
_NEVER_CLOSER = 0.995


def wants_witness(word: Word, *, thorough: bool) -> bool:
    """True when the second reader shall read it. `word.confidence` is the first reader's own."""
    return thorough or _has_digit(word) or (word.confidence or 0.0) < _UNSURE_WORD


def wants_closer_look(word: Word, *, thorough: bool) -> bool:
    """True when the first reader shall read it again by itself."""
    limit = _NEVER_CLOSER if thorough else _UNSURE_NUMBER if _has_digit(word) else _UNSURE_WORD
    return (word.confidence or 0.0) < limit


def _has_digit(word: Word) -> bool:
    return any(c.isdigit() for c in word.text)

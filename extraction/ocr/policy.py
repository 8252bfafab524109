"""Which words are worth a second reading. Pure.

Numbers are what an order turns on: the witness reads all but those the first reader is surest of, and of other words those it
was unsure of. On training pages 4 in 1,000 of the surest numbers were wrong, all by a missed or invented blank, which the witness
does not see either; where an order contradicts itself every word is worth asking about.
"""

from __future__ import annotations

from models.domain.pages import Word

WITNESSED = "accurate"
"""Name of the combined reader: the one that reads more when asked to be thorough."""

_SURE_NUMBER = 0.9995
_UNSURE_WORD = 0.8
_UNSURE_NUMBER = 0.98          # from here the first reader's own second look changes nothing
_NEVER_CLOSER = 0.995


def wants_witness(word: Word, *, thorough: bool) -> bool:
    """True when the second reader shall read it. `word.confidence` is the first reader's own."""
    return thorough or (word.confidence or 0.0) < (_SURE_NUMBER if has_digit(word.text) else _UNSURE_WORD)


def wants_closer_look(word: Word, *, thorough: bool) -> bool:
    """True when the first reader shall read it again by itself."""
    limit = _NEVER_CLOSER if thorough else _UNSURE_NUMBER if has_digit(word.text) else _UNSURE_WORD
    return (word.confidence or 0.0) < limit


def has_digit(text: str) -> bool:
    """True for what an order turns on."""
    return any(c.isdigit() for c in text)

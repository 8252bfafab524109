"""A changed quantity in a sentence: "change KX-4 from 5 to 8", "instead of 5 make it 8 KX-4", "8 statt 5 KX-4"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.layout.geometry import Token
from extraction.lines.prose.counts import Count, count_at
from extraction.lines.prose.items import Setting, item
from extraction.lines.prose.speech import Speech
from extraction.lines.values import is_code
from models.domain.codes import clean_code
from models.domain.reading import ReadingLine

_NEAR = 4                      # words between the old and the new quantity


def changed_line(words: tuple[Token, ...], speech: Speech) -> ReadingLine | None:
    """The item with its new quantity; None when the sentence changes none, or does not name the item by a number."""
    new = _new_count(words, speech)
    code = next((t for t in words if _is_named(t, speech)), None) if new else None
    if new is None or code is None:
        return None
    counted = (replace(t) for t in (*new.tokens, *new.unit))
    return item((*counted, code), speech, Setting(asked=True, line=False))


def is_changed(words: tuple[Token, ...], speech: Speech) -> bool:
    """True when the sentence puts one quantity in the place of another."""
    return _new_count(words, speech) is not None


def _new_count(words: tuple[Token, ...], speech: Speech) -> Count | None:
    for n in range(len(words)):
        if size := speech.spans(words, "instead", n):
            old = count_at(words, n + size, speech)
            if old is not None:
                end = n + size + old.size
                return _first(words[end : end + _NEAR], speech) or _first(words[max(0, n - 2) : n], speech)
        if size := speech.spans(words, "from", n):
            old = count_at(words, n + size, speech)
            if old is not None and old.other is not None:                  # "from 5 to 8" reads like a range
                return replace(old, value=old.other, other=None, tokens=old.tokens[-1:])
            joint = speech.spans(words, "into", n + size + old.size) if old else 0
            if old is not None and joint:
                return count_at(words, n + size + old.size + joint, speech)
    return None


def _first(words: Sequence[Token], speech: Speech) -> Count | None:
    return next((c for n in range(len(words)) if (c := count_at(words, n, speech))), None)


def _is_named(token: Token, speech: Speech) -> bool:
    bare = token.text.strip("[]()*:,;.")
    if clean_code(bare) in speech.styles.known_codes:
        return True
    digits = sum(c.isdigit() for c in bare)
    return is_code(bare) and (digits > 4 or (0 < digits < len(bare) and any(c.isalpha() for c in bare)))

"""Attributes that a misspelt word may stand for. Pure."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from matching.attributes import attribute_words, is_known

_LEAST = 4
"""Letters of a spelling from which on one of them may be wrong."""
_VALUES = {word: value for word, value in attribute_words().items() if len(word) >= _LEAST and word.isalpha()}
_BY_FIRST: dict[str, list[str]] = {}
for _word in _VALUES:
    _BY_FIRST.setdefault(_word[0], []).append(_word)


@lru_cache(maxsize=20_000)
def attribute_like(word: str) -> str | None:
    """The value that a misspelt word means whose spelling is one slip away and begins alike: of "hdep" what "hdpe" means. Letters
    exchanged are likelier than others in their place ("blakc" is "black", not "blanc"); None where several may be meant."""
    if len(word) < _LEAST - 1 or is_known(word):
        return None
    near = [other for other in _BY_FIRST.get(word[0], ()) if OSA.distance(word, other, score_cutoff=1) == 1]
    values = {_VALUES[other] for other in near if sorted(other) == sorted(word)} or {_VALUES[other] for other in near}
    return values.pop() if len(values) == 1 else None

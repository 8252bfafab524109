"""The small words around goods in running text, in seven languages, from words.json: what counts, commands, denies, ends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from extraction.layout.labels import fold

Folded = tuple[str, ...]
_ENOUGH = 1.0          # common words of a language that tell it; one that several languages have counts for each in part
_APART = 0.5           # by which the next language must fall behind


@cache
def _load() -> Mapping[str, Mapping[str, Sequence[str]]]:
    file = Path(__file__).with_name("words.json")
    raw: Mapping[str, Mapping[str, Sequence[str]]] = json.loads(file.read_text(encoding="utf-8"))
    return raw


@cache
def phrases(role: str, language: str | None = None) -> frozenset[Folded]:
    """The folded wordings of one role ("command", "tail", …) in a language, or in all when none is given.

    Raises KeyError for a role that is not there.
    """
    groups = _load()[role]
    chosen = (groups[language],) if language is not None and language in groups else tuple(groups.values())
    return frozenset(words for group in chosen for text in group for form in _forms(text) if (words := fold(form)))


def _forms(text: str) -> tuple[str, ...]:
    """A wording as it is, and with what is elided as a word of its own ("d'habitude"), as passages have it."""
    return (text, text.replace("'", " ")) if "'" in text else (text,)


@cache
def first_words(role: str, language: str | None = None) -> frozenset[str]:
    """The first folded words of a role's wordings."""
    return frozenset(words[0] for words in phrases(role, language))


@cache
def _longest(role: str) -> int:
    return max(len(words) for words in phrases(role))


def begins(words: Sequence[str], role: str, language: str | None = None) -> int:
    """How many of the folded words at the front are a wording of this role; the longest wording counts, 0 for none."""
    known = phrases(role, language)
    return next((n for n in range(min(_longest(role), len(words)), 0, -1) if tuple(words[:n]) in known), 0)


def holds(words: Sequence[str], role: str, language: str | None = None) -> bool:
    """True when a wording of this role stands anywhere in the folded words."""
    reach, first = _longest(role), first_words(role, language)
    return any(word in first and begins(words[n : n + reach], role, language) for n, word in enumerate(words))


def spoken_in(words: Iterable[str]) -> str | None:
    """ISO 639-1 of the language with the most common words among folded words, each word once; None when too few tell."""
    votes: dict[str, float] = {}
    for word in set(words):
        languages = _speakers().get(word, ())
        for language in languages:
            votes[language] = votes.get(language, 0.0) + 1 / len(languages)
    best = sorted(votes, key=lambda name: -votes[name])[:2]
    if not best or votes[best[0]] < _ENOUGH or (len(best) > 1 and votes[best[0]] - votes[best[1]] < _APART):
        return None
    return best[0]


def is_common(words: Sequence[str]) -> bool:
    """True when the folded words are everyday words of sentences."""
    return bool(words) and all(word in _speakers() for word in words)


@cache
def _speakers() -> Mapping[str, tuple[str, ...]]:
    """A common word to the languages that use it."""
    out: dict[str, tuple[str, ...]] = {}
    for language, common in _load()["stop"].items():
        for text in common:
            for word in fold(text):
                out[word] = (*out.get(word, ()), language)
    return out

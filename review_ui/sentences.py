"""Sentences that the server made in English, in the language of the person who reads them.

What is stored is the code and the English sentence. Patterns with named places ("{line}: no quantity was found. …") stand in
`review_ui/locale/sentences/<language>.po`; `python -m scripts.strings` reads them from the code that makes the sentences. Here a
sentence is recognised as one of them, and what stands in its places is put into the pattern of the other language. A place may
hold words ("pieces", "Line 3") that are patterns themselves; what stands in “quotes” is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count
from pathlib import Path

from babel.messages.pofile import read_po

from review_ui.formats import localized

FOLDER = Path(__file__).parent / "locale" / "sentences"
_PLACE = re.compile(r"\{(\w+)\}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NEXT_SENTENCE = re.compile(r"(?<=[.?]) (?=\w)")
_WORDS = re.compile(r"[^\W\d]+(?:[ -][^\W\d]+){0,2}")
_COUNTED = re.compile(r"([\d.,]+) (\D+)")
_QUOTED = re.compile(r"(?<=“)[^“”]+(?=”)")
_STANDS_IN = 0xE000
_STAND_IN = re.compile("[\ue000-\uf8ff]")
"""Signs of no meaning of their own, in place of what is quoted."""
_SURE = 8
"""So many letters of its own make a pattern certain; with fewer, its places must hold what is recognised, or no words at all."""
_LISTS = ("; ", ", ", "/")
_DEEPEST = 6
_SHORT_FORM = 3          # letters of the longest word in capitals that is translated: "PO"
_LONGEST = 800
_MOST_PARTS = 8
"""What is longer, or falls into more sentences, is not taken apart: it stays as it is."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with places, in English and in another language. `fixed` stands around the places, one more than those."""

    fixed: tuple[str, ...]
    names: tuple[str, ...]
    translation: str

    @property
    def weight(self) -> int:
        """Letters of its own."""
        return sum(sign.isalpha() for text in self.fixed for sign in text)

    @property
    def mark(self) -> str:
        """What must stand in every text made by it, but for how its first letter is written."""
        return max((self.fixed[0][1:], *self.fixed[1:]), key=len)

    def values(self, text: str) -> tuple[str, ...] | None:
        """What stands in the places of a text; None when it is not made by this pattern. Takes time in step with the text."""
        first, last = self.fixed[0], self.fixed[-1]
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        found, at, end = [], len(first), len(text) - len(last)
        for between in self.fixed[1:-1]:
            until = text.find(between, at, end)
            if until < 0:
                return None
            found.append(text[at:until])
            at = until + len(between)
        return *found, text[at:end]

    def is_quoted(self, place: int) -> bool:
        """True for a place that holds somebody's own words."""
        return self.fixed[place].endswith("“")


@dataclass(frozen=True, slots=True)
class Patterns:
    """All of a language: whole texts by their small letters, and those with places, each behind its mark."""

    whole: Mapping[str, str]
    placed: Sequence[tuple[str, Pattern]]


def pieces(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands around the places of a pattern, and their names."""
    parts = _PLACE.split(text)
    return tuple(parts[::2]), tuple(parts[1::2])


@cache
def patterns(language: str) -> Patterns | None:
    """The patterns of a language; None for one that has none."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return None
    with path.open("rb") as f:
        known = {str(m.id): str(m.string) for m in read_po(f, locale=language) if m.id and m.string}
    made = [Pattern(*pieces(english), words) for english, words in known.items() if _PLACE.search(english)]
    made.sort(key=lambda pattern: -sum(map(len, pattern.fixed)))         # of two that fit alike, the one that says more itself
    whole = {text.lower(): words for text, words in known.items() if not _PLACE.search(text)}
    return Patterns(_shown_words(language) | whole, [(pattern.mark, pattern) for pattern in made])


def _shown_words(language: str) -> dict[str, str]:
    """Words of the screens (states, fields) that stand in places of sentences too, by their small letters."""
    with (FOLDER.parent / f"{language}.po").open("rb") as f:
        return {m.id.lower(): str(m.string) for m in read_po(f, locale=language)
                if isinstance(m.id, str) and m.string and _WORDS.fullmatch(m.id)}


def told(sentence: str, language: str) -> str | None:
    """A sentence of the server in a language; None when it is not known there. English is what it is."""
    if patterns(language) is None or not sentence:
        return sentence
    if len(sentence) > _LONGEST or _STAND_IN.search(sentence):
        return None
    quoted, signs = _QUOTED.findall(sentence), count(_STANDS_IN)
    plain = _QUOTED.sub(lambda _: chr(next(signs)), sentence)
    reading = _value(plain, language, 0)           # what differs by what is quoted alone is one sentence
    if reading.is_known:
        return _STAND_IN.sub(lambda found: quoted[ord(found[0]) - _STANDS_IN], reading.text)
    reading = _value(sentence, language, 0) if quoted else reading
    return reading.text if reading.is_known else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text is in the other language; `left`: letters that stayed as they were; `is_known`: it was recognised; `patterns`:
    how many it took."""

    left: int
    text: str
    is_known: bool = True
    patterns: int = 0


@lru_cache(maxsize=50_000)
def _value(text: str, language: str, depth: int) -> _Reading:
    """A text, or what stands in a place of one: by what leaves the fewest letters as they were, with the fewest patterns."""
    known = patterns(language)
    assert known is not None
    if all(_is_wordless(part) for part in text.split()):
        return _Reading(0, localized(text, language))
    if depth and text.isalpha() and text.isupper() and len(text) > _SHORT_FORM:
        return _Reading(0, text)                   # a code: the location MAIN
    if whole := known.whole.get(text.lower()):
        return _Reading(0, whole[0].upper() + whole[1:] if text[0].isupper() else whole)
    if text.endswith(".") and (whole := known.whole.get(text[:-1].lower())):
        return _Reading(0, f"{whole[0].upper() + whole[1:] if text[0].isupper() else whole}.")
    if (counted := _COUNTED.fullmatch(text)) and (unit := known.whole.get(counted[2].lower())):
        return _Reading(0, f"{localized(counted[1], language)} {unit}")
    as_it_is = _Reading(_letters(text), text, is_known=False)
    if depth == _DEEPEST:
        return as_it_is
    return min((*_by_patterns(text, known, language, depth + 1), *_in_parts(text, language, depth + 1)),
               key=lambda reading: (reading.left, reading.patterns), default=as_it_is)


def _by_patterns(text: str, known: Patterns, language: str, depth: int) -> Iterator[_Reading]:
    begun = text[:1].upper() + text[1:]               # what begins a sentence may stand within one
    for pattern in [pattern for mark, pattern in known.placed if mark in text]:
        values = pattern.values(text) or pattern.values(begun)
        if values is None:
            continue
        said = [_Reading(_letters(value), value) if pattern.is_quoted(place) else _value(value, language, depth)
                for place, value in enumerate(values)]
        if pattern.weight >= _SURE or all(reading.is_known for reading in said):
            words = {name: reading.text for name, reading in zip(pattern.names, said, strict=True)}
            parts = _PLACE.split(pattern.translation)
            parts[1::2] = [words[name] for name in parts[1::2]]
            yield _joined(said, "".join(parts), own=1)


def _in_parts(text: str, language: str, depth: int) -> Iterator[_Reading]:
    """Several sentences, or a list, of which every part is recognised."""
    splits = [(" ", (text[:end.start()], text[end.end():])) for end in _NEXT_SENTENCE.finditer(text)]
    lists = [(between, tuple(text.split(between))) for between in _LISTS if between in text]
    for between, parts in (*(splits if len(splits) < _MOST_PARTS else ()), *lists):
        said = [_value(part, language, depth) for part in parts]
        if all(reading.is_known for reading in said):
            yield _joined(said, between.join(reading.text for reading in said))


def _joined(said: Sequence[_Reading], text: str, *, own: int = 0) -> _Reading:
    return _Reading(sum(one.left for one in said), text, patterns=own + sum(one.patterns for one in said))


def _is_wordless(part: str) -> bool:
    """True for a number, a code, a currency, a sign: what is the same in all languages."""
    return any(sign.isdigit() for sign in part) or not _letters(part) or _CURRENCY.fullmatch(part) is not None


def _letters(text: str) -> int:
    return sum(sign.isalpha() for sign in text)

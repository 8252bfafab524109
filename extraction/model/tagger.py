"""Tags every word of a document with what it probably prints: a linear-chain CRF over looks, labels, columns and arithmetic.

The model is trained on generated orders by `make train`; docs/decisions/0007-tagger.md says how well it does and what it was
measured against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock

import pycrfsuite  # type: ignore[import-untyped]

from extraction.layout.geometry import Line, Token
from extraction.model.features import features

OTHER = "other"
"""The tag of words that print no value; those of header values are named as the fields of a reading, those of order lines
`line.quantity` and so on."""

MODEL_FILE = Path(__file__).with_name("tagger.crfsuite")
MOST_WORDS = 12_000
"""Words of a document that are tagged; a longer one is a catalogue, and its columns are known by then."""

_LIKELY = 0.02            # probabilities below are not kept
_LONGEST = 1_500          # words of one sequence: a page, or a piece of a very long one
_NOTHING: Mapping[str, float] = {}
_NO_WORDS: frozenset[int] = frozenset()
_lock = Lock()


class Tags:
    """The probability of each tag for each word of a document. Words it has not seen have none."""

    def __init__(self, words: Sequence[Token], chances: Sequence[Mapping[str, float]]) -> None:
        self._words = tuple(words)                       # keeps them alive: they are known by identity
        self._chances = {id(word): found for word, found in zip(words, chances, strict=True)}
        self._words_of: dict[str, set[int]] = {}
        for word, found in self._chances.items():
            for name in found:
                self._words_of.setdefault(name, set()).add(word)

    def of(self, token: Token) -> Mapping[str, float]:
        """Tag to probability 0.0–1.0, for the likelier tags of a word."""
        return self._chances.get(id(token), _NOTHING)

    def any_of(self, tokens: Iterable[Token], tag: str) -> bool:
        """True when one of these words may print this value at all."""
        return not self._words_of.get(tag, _NO_WORDS).isdisjoint(map(id, tokens))

    def chance(self, tokens: Iterable[Token], tag: str) -> float:
        """The mean probability that these words print this value; 0 without words."""
        chances = self._chances
        found = [chances.get(id(token), _NOTHING).get(tag, 0.0) for token in tokens]
        return sum(found) / len(found) if found else 0.0

    def best(self, token: Token) -> str:
        """The likeliest tag of a word; `other` for one not seen."""
        chances = self.of(token)
        return max(chances, key=chances.__getitem__) if chances else OTHER


def tag(lines: Sequence[Line]) -> Tags:
    """The tags of all words of a document, as `document_lines` gives them. Pure: the same lines give the same tags."""
    words: list[Token] = []
    chances: list[Mapping[str, float]] = []
    for page, found in sequences(_first(lines)):
        words += page
        chances += _chances(found)
    return Tags(words, chances)


def sequences(lines: Sequence[Line]) -> Iterable[tuple[list[Token], list[list[str]]]]:
    """The words of each page in reading order with their features: what the tagger sees as one sequence."""
    rows = features(lines)
    pages: dict[int, tuple[list[Token], list[list[str]]]] = {}
    for line, row in zip(lines, rows, strict=True):
        words, found = pages.setdefault(line.page, ([], []))
        words += line.tokens
        found += row
    for words, found in pages.values():
        for at in range(0, len(words), _LONGEST):
            yield words[at : at + _LONGEST], found[at : at + _LONGEST]


def _first(lines: Sequence[Line]) -> Sequence[Line]:
    """As many lines from the top as hold the words that are tagged."""
    count = 0
    for n, line in enumerate(lines):
        count += sum(len(s.tokens) for s in line.segments)
        if count > MOST_WORDS:
            return list(islice(lines, n))
    return lines


def _chances(found: Sequence[Sequence[str]]) -> list[Mapping[str, float]]:
    with _lock:                                          # the tagger holds the sequence it was last given
        tagger = _tagger()
        tagger.set(found)
        names, marginal = _names(), tagger.marginal
        return [{name: p for name in names if (p := marginal(name, n)) > _LIKELY} for n in range(len(found))]


@cache
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(MODEL_FILE))
    return tagger


@cache
def _names() -> tuple[str, ...]:
    return tuple(_tagger().labels())

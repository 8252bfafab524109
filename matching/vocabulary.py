"""The words of a catalogue, and those that a word it does not have may mean: misspelt, shortened, run together. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from matching.attributes import is_known

MOST = 6
_MOST_FORMS = 2
_SHORTLIST = 40
_LEAST_LIKE = 70.0
_CONTRARY = frozenset({"without"})


class Vocabulary:
    """Words with the number of items that have them. Lookups take well under a millisecond for 100,000 words."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        self.counts = {word: count for word, count in words if word.isalpha()}
        self._words = list(self.counts)
        self._grams = _by_gram(self._words)
        by_first: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) > 3:
                by_first.setdefault(word[0], []).append(word)
        self._by_first = {first: " ".join(words) for first, words in by_first.items()}
        self._near: dict[str, tuple[tuple[str, float], ...]] = {}
        self._forms: dict[str, tuple[str, ...]] = {}
        self._common: dict[str, list[str]] = {}

    def forms(self, word: str, least: int) -> tuple[str, ...]:
        """The short forms of a word of the catalogue, and what it is short for, as at least so many items have them; the two most
        frequent."""
        if not self._common:
            for other in self._words:
                if self.counts[other] >= least:
                    self._common.setdefault(other[0], []).append(other)
        found = self._forms.get(word)
        if found is None:
            alike = sorted((o for o in self._common.get(word[0], ()) if shortened(word, o)), key=lambda o: (-self.counts[o], o))
            found = self._forms[word] = tuple(alike[:_MOST_FORMS])
        return found

    def near(self, word: str) -> tuple[tuple[str, float], ...]:
        """Words of the catalogue that a word may stand for, likeliest first, each with a likeness 0.0–1.0; at most six."""
        found = self._near.get(word)
        if found is None:
            if len(self._near) > 20_000:
                self._near.clear()
            found = self._near[word] = self._look(word)
        return found

    def _look(self, word: str) -> tuple[tuple[str, float], ...]:
        if len(word) < 2 or not word.isalpha():
            return ()
        if parts := self._parts(word):
            return tuple((part, 1.0) for part in parts)
        found = dict(self._misspelt(word))
        for whole in self._short_for(word):
            found[whole] = max(found.get(whole, 0.0), 0.85 if whole.startswith(word) else 0.7)
        ranked = sorted(found.items(), key=lambda f: (-f[1], -self.counts[f[0]], f[0]))
        return tuple(ranked[:MOST])

    def _parts(self, word: str) -> tuple[str, ...]:
        """The two words that were run together, if both are known and not rare."""
        cuts = [
            (min(self.counts.get(word[:cut], 0), self.counts.get(word[cut:], 0)), cut) for cut in range(3, len(word) - 2)]
        least, cut = max(cuts, default=(0, 0))
        return (word[:cut], word[cut:]) if least > 1 else ()

    def _misspelt(self, word: str) -> list[tuple[str, float]]:
        lists = [self._grams[gram] for gram in _grams(word) if gram in self._grams]
        if len(word) < 4 or not lists:
            return []
        common = np.bincount(np.concatenate(lists), minlength=1)
        best = np.argpartition(-common, min(_SHORTLIST, len(common) - 1))[:_SHORTLIST]
        close = [self._words[i] for i in best if common[i] > 0]
        near = process.extract(word, close, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKE, limit=MOST)
        most = 1 if len(word) < 6 else 2 if len(word) < 10 else 3
        return [(other, score / 100) for other, score, _ in near if OSA.distance(word, other, score_cutoff=most) <= most]

    def _short_for(self, word: str) -> list[str]:
        """Longer words that begin with the word, or have its letters in their order, the first letter the same."""
        bucket = self._by_first.get(word[0])
        if bucket is None or len(word) > 7:
            return []
        letters = "[a-z]*".join(map(re.escape, word))
        found = re.findall(rf"(?<![a-z]){letters}[a-z]*", bucket)
        found.sort(key=lambda f: (not f.startswith(word), -self.counts.get(f, 0), f))
        return [f for f in found if len(f) > len(word) and f in self.counts][:MOST]


def _by_gram(words: Sequence[str]) -> dict[str, NDArray[np.int32]]:
    found: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        for gram in _grams(word):
            found.setdefault(gram, []).append(number)
    return {gram: np.array(numbers, dtype=np.int32) for gram, numbers in found.items()}


def _grams(word: str) -> set[str]:
    """Pairs of neighbouring letters, the edges marked."""
    marked = f"_{word}_"
    return {marked[i:i + 2] for i in range(len(marked) - 1)}


def shortened(a: str, b: str) -> bool:
    """True when one of two words may be short for the other; words of the trade dictionary are short for none, one that is
    said twice is not longer, and nobody leaves out what turns a word into its contrary: "wth" is no "without"."""
    short, whole = (a, b) if len(a) < len(b) else (b, a)
    return may_abbreviate(short, whole) and not is_known(short) and short + short != whole and whole not in _CONTRARY


def may_abbreviate(short: str, whole: str) -> bool:
    """True when a word begins with the short one, or has its letters in their order."""
    if len(short) < 2 or len(short) >= len(whole) or short[0] != whole[0]:
        return False
    if whole.startswith(short):
        return len(whole) > len(short) + 1 and (len(short) > 2 or len(whole) < 9)
    if len(whole) == len(short) + 1 and not any(letter in "aeiouy" and whole.replace(letter, "", 1) == short for letter in whole):
        return False                # a single letter that is left out is a vowel: HLP is not short for HVLP
    rest = iter(whole)
    return len(short) > 2 and len(whole) > 3 and all(letter in rest for letter in short)

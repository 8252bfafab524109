"""The candidates of a line beside each other: how telling each word is among them, and what of the line each has. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from matching.attributes import Profile, attribute_kind, is_known, is_labelled, one_spelling, profile_of, token_parts
from matching.conflicts import form_of
from matching.misspelt import attribute_like
from matching.prepared import Offer, loose_numbers, models_in, offer_of
from matching.records import ItemRecord, LineQuery
from matching.tokens import tokens
from matching.vocabulary import shortened

_LONGEST = 30
_MOST_WORDS = 4
"""Tokens longer than this, or of more words, are nobody's words run together, and too dear to take apart."""
_NEARLY = 0.05
"""A strange word may stand for those that are so much less like it than the likest: "liined" for "lined", not for "unlined"."""
_EXCHANGED = 0.95
"""How alike two words are of which one has two neighbouring letters exchanged, or lacks the last ones: "wiht" is "with", and no
short "without"."""
_SURELY = 0.9
"""A strange word that is so like one of the candidates' is that, misspelt: what that is short for it may be, too."""
_SHORT = 0.85
"""How alike a word and its short form are."""
_LETTERS = str.maketrans("01568", "olsgb")
_WITH_DIGITS = re.compile(r"[a-z]+[01568]{1,2}[a-z]+|[a-z]{4,}[01568]|[01568][a-z]{4,}")
_LETTER_FIRST = re.compile(r"([a-z]{1,2})(\d\S*)")
_WORD_FIRST = re.compile(r"([a-z]{3,})\d.*")
_NUMBER_FIRST = re.compile(r"(\d[\d.]*)([a-z]{3,})")
_LETTERS_AS_DIGITS = str.maketrans("oilsbzg", "0115826")


class Coverage(NamedTuple):
    """Shares of the line's terms that an item has (of those that any candidate has), and of the item's terms that the line has,
    weighted, 0.0–1.0; the share of the line's numbers that the item lacks, None when it has no numbers; the terms of the line
    that only other candidates have, and those of the item that the line does not name."""

    asked: float
    offered: float
    lacking: float | None
    missed: tuple[str, ...]
    unasked: tuple[str, ...]


class Pool:
    """What is computed once for all candidates of a line: how telling each term is, and which terms are nearly the same."""

    def __init__(self, query: LineQuery, items: Sequence[ItemRecord]) -> None:
        self.offers = [offer_of(i.description, i.maker, i.attributes or "") for i in items]
        counts = Counter(term for offer in self.offers for term in offer.has)
        self._rarity = {term: math.log((len(items) + 1) / (n + 0.5)) + 0.2 for term, n in counts.items()}
        self._unseen = math.log((len(items) + 1) / 0.5) + 0.2
        self._numbers = frozenset(number for offer in self.offers for number in offer.profile.numbers)
        self._loose = frozenset(number for offer in self.offers for number in offer.loose)
        self._said = [part for token in tokens(query.description) for part in self._parts(token)]
        self.asked = profile_of(self._said)
        self._bare = loose_numbers(self.asked)
        self.models = models_in(query.description)
        self.brands = frozenset(word for offer in self.offers for word in offer.brand)
        self.said_brands = self.brands.intersection(self.asked.words)
        self._alike = self._compare(sorted(counts))
        self._holders: dict[str, list[Offer]] = {}
        text, texts = " ".join(self.asked.terms), [offer.text for offer in self.offers]
        self.token_set = _ratios(text, texts, fuzz.token_set_ratio)
        self.token_sort = _ratios(text, texts, fuzz.token_sort_ratio)

    def _parts(self, token: str) -> tuple[str, ...]:
        """A token of the line, in parts where words are run together that the candidates have as two."""
        if token in self._rarity or len(token) < 3:
            return (token,)
        if len(token) < 5:
            found = _LETTER_FIRST.fullmatch(token)
            return (found[1], found[2]) if found and self._stand_together(found[1], found[2]) else (token,)
        if len(parts := token_parts(token)) > 1:
            return parts                # "400vac" is a voltage, whatever the candidates call a current
        if token.isalpha():
            return (token,) if is_known(token) or len(token) > _LONGEST else self._words_in(token, _MOST_WORDS) or (token,)
        if _WITH_DIGITS.fullmatch(token) and (word := self._misread(token)):
            return (word,)
        if (found := _LETTER_FIRST.fullmatch(token)) and self._stand_together(found[1], found[2]):
            return found[1], found[2]
        if (found := _NUMBER_FIRST.fullmatch(token)) and self._knows(found[2]):
            return found[1], found[2]
        if found := _WORD_FIRST.fullmatch(token):
            for cut in range(len(found[1]), 2, -1):
                if self._knows(token[:cut]) and (token[cut:].isdigit() or form_of(token[cut:]) in self._forms):
                    return token[:cut], token[cut:]
        return (token,)

    def _misread(self, token: str) -> str | None:
        """The word of the candidates, or of the trade, that a token with a digit or two in it is: "outdo0r"."""
        word = token.translate(_LETTERS)
        return next((w for w in (word, token.replace("1", "i").translate(_LETTERS)) if self._knows(w) or is_known(w)), None)

    def _stand_together(self, letters: str, number: str) -> bool:
        """True when a candidate writes as two what is one in the line: "UX 8" for "ux8"."""
        return any(letters in offer.has and number in offer.has for offer in self.offers)

    def _words_in(self, token: str, most: int) -> tuple[str, ...]:
        """The words of the candidates, at most so many, that a token is made of; none when it is not."""
        for cut in range(len(token) - 2, 1, -1):
            if self._knows(token[:cut]):
                rest = token[cut:]
                if self._knows(rest):
                    return token[:cut], rest
                if most > 2 and (more := self._words_in(rest, most - 1)):
                    return token[:cut], *more
        return ()

    def _knows(self, word: str) -> bool:
        return all(part in self._rarity for part in one_spelling(word))

    @cached_property
    def _forms(self) -> frozenset[str]:
        return frozenset(form_of(mark) for offer in self.offers for mark in offer.profile.marks)

    def _compare(self, vocabulary: list[str]) -> list[tuple[str, dict[str, float]]]:
        """For each term of the line the candidates' terms that may be the same, with how alike they are."""
        if not vocabulary or not self.asked.terms:
            return [(term, {}) for term in self.asked.terms]
        table = process.cdist(self.asked.terms, vocabulary, scorer=fuzz.ratio, score_cutoff=70)
        words: dict[str, list[str]] = {}
        for word in vocabulary:
            if word.isalpha():
                words.setdefault(word[0], []).append(word)
        alike = []
        for term, row in zip(self.asked.terms, table, strict=True):
            near = {vocabulary[i]: _likeness(term, vocabulary[i], float(row[i]) / 100) for i in row.nonzero()[0]}
            alike.append((term, self._same(term, near, words) if term.isalpha() else {v: x for v, x in near.items() if x}))
        return alike

    def _same(self, word: str, near: dict[str, float], words: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """The candidates' words that a word may be: itself or, of those `near` it, the likest, and what that is short for or has
        as its short form. `words` are all, by their first letter."""
        if word not in self._rarity:
            slips = [v for v in near if OSA.distance(word, v, score_cutoff=1) == 1]
            value = attribute_like(word)
            if value in self._rarity and set(slips) <= {value}:            # "witth" is "with", and no "wit", which is white
                near[value] = _EXCHANGED
            whole = word + "s"              # it was taken for a plural: "colourlses"
            near |= {v: _EXCHANGED for v in near if v[-1] == "s" and _are_exchanged(whole, v)}
        best = max(near.values(), default=0.0)
        least = 1.0 if word in self._rarity else max(best - _NEARLY, 0.01)
        same = {v: like for v, like in near.items() if like >= least}
        meant = max(same, key=lambda v: (same[v], v)) if best >= _SURELY else word
        said = self.asked.terms
        return same | {v: _SHORT for v in words.get(meant[0], ()) if v not in same and v not in said and shortened(meant, v)}

    @cached_property
    def meant(self) -> Profile:
        """What the line says, with misspelt attributes, and words that name a number, as the candidates spell them. A short
        word is none for an attribute that the line names besides."""
        spelt = {}
        for term, alike in self._alike:
            if term.isalpha() and len(term) > 2 and term not in self._rarity:
                best = max(alike, key=lambda v: (alike[v], v)) if alike else attribute_like(term)
                if best is None:
                    continue
                kind = attribute_kind(best)
                if (kind and (len(term) > 4 or kind not in self.asked.named)) or term.upper() in self.asked.named:
                    spelt[term] = best
        if not spelt:
            return self.asked
        return profile_of([spelt.get(one_spelling(token)[0], token) if token.isalpha() else token for token in self._said])

    def coverage(self, offer: Offer) -> Coverage:
        """How much of the line the item has, and the reverse."""
        if not self._alike or not offer.terms:
            return Coverage(0.0, 0.0, None, (), ())
        rarity, has = self._rarity, offer.has
        given: dict[str, float] = {}
        got = whole = 0.0
        missed, numbers, lacking = [], 0, 0
        for term, likest_first, number, is_number, counts in self._asked_for:
            found, best = 0.0, term
            for other, like in likest_first:
                if other in has:
                    found, best = like, other
                    break
            if not found and number and self._has_number(term, number, offer):
                found = 0.9
            if is_number:
                numbers, lacking = numbers + 1, lacking + (not found)
            if counts:
                weight = rarity.get(best, self._unseen)
                got, whole = got + weight * found, whole + weight
                if not found:
                    missed.append(term)
                elif found > given.get(best, 0.0):
                    given[best] = found
        named, unasked = [], []
        raw, bare, own = offer.profile.raw, self._bare, offer.terms
        if has is not own:
            own = own.union(has.intersection(given))        # what only the attributes say counts where it is asked for
        for term in own:
            share = given.get(term)
            if share is None:
                number = raw.get(term)
                if number is None or number not in (self.asked.numbers if number == term else bare):
                    unasked.append(term)
                    continue
                share = 0.9
            named.append(rarity[term] * share)
        told = math.fsum(named) / math.fsum(map(rarity.__getitem__, own))        # exact, whatever the order of the set
        return Coverage(
            got / whole if whole else 0.0, told, lacking / numbers if numbers else None, tuple(missed), tuple(unasked))

    @cached_property
    def _asked_for(self) -> list[tuple[str, list[tuple[str, float]], str | None, bool, bool]]:
        """Each term of the line: what may be the same, likest first; the number it was written with; whether it is a number that
        an item may lack; whether any candidate has it."""
        parts = []
        for term, alike in self._alike:
            number = self.asked.raw.get(term)
            is_number = not term.isalpha() and not is_labelled(term, self.asked)
            counts = bool(alike) or number in (self._numbers if term == number else self._loose)
            parts.append((term, sorted(alike.items(), key=lambda other: -other[1]), number, is_number, counts))
        return parts

    def holders(self, term: str) -> list[Offer]:
        """The candidates that have a term of the line, or one that may be the same."""
        found = self._holders.get(term)
        if found is None:
            same, number = dict(self._alike).get(term, {term: 1.0}), self.asked.raw.get(term)
            found = self._holders[term] = [
                o for o in self.offers if not o.has.isdisjoint(same) or (number and self._has_number(term, number, o))]
        return found

    @staticmethod
    def _has_number(term: str, number: str, offer: Offer) -> bool:
        """A number without a unit may be any number of the item; one with a unit any of those without."""
        return number in (offer.profile.numbers if term == number else offer.loose)

    @cached_property
    def strange(self) -> tuple[str, ...]:
        """The words of the line that no candidate has, nor anything like them."""
        return tuple(term for term, alike in self._alike if not alike and term.isalpha())

    @cached_property
    def unknown(self) -> tuple[float, float]:
        """(share of the line's words, share of its numbers) that no candidate has, 0.0–1.0."""
        words = [not alike for term, alike in self._alike if term.isalpha()]
        marks = [not alike for term, alike in self._alike if not term.isalpha()]
        return sum(words) / max(len(words), 1), sum(marks) / max(len(marks), 1)


def _ratios(text: str, texts: list[str], scorer: Callable[..., float]) -> list[float]:
    if not text or not texts:
        return [0.0] * len(texts)
    return [float(r) / 100 for r in process.cdist([text], texts, scorer=scorer)[0]]


def _likeness(asked: str, offered: str, ratio: float) -> float:
    """Numbers are the same or misread, or they are not; words may be misspelt."""
    if asked == offered:
        return 1.0
    if not (asked.isalpha() and offered.isalpha()):
        return 0.9 if asked.translate(_LETTERS_AS_DIGITS) == offered and not asked.isalpha() else 0.0
    if min(len(asked), len(offered)) < 4:
        return 0.0
    if ratio < _EXCHANGED and (_is_begun(asked, offered) or _are_exchanged(asked, offered)):
        return _EXCHANGED
    return ratio if ratio >= (0.75 if min(len(asked), len(offered)) > 4 else 0.76) else 0.0        # NYY is no misspelt NYM


def _are_exchanged(asked: str, offered: str) -> bool:
    return sorted(asked) == sorted(offered) and OSA.distance(asked, offered, score_cutoff=1) == 1


def _is_begun(asked: str, offered: str) -> bool:
    """True for a long word whose last letters are missing: "colourle" is "colourless", not "coloured"."""
    return len(asked) > 5 and offered.startswith(asked)

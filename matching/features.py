"""What speaks for and against an item as the one a line means, in numbers that can be named. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from matching.attributes import Profile, compare, is_attribute, is_known, profile
from matching.identify import CodeClues, CodeTier, clues_of, code_tier, folded_codes
from matching.records import ItemRecord, LineQuery
from matching.text import codes_in
from matching.tokens import tokens
from matching.units import factor_of, unit_codes
from matching.vocabulary import may_abbreviate
from models.domain.items import ItemStatus

_TIERS = tuple(CodeTier)
FEATURES = (
    "bias", "part_number", "sku", "gtin", "mpn", "sku_folded", "mpn_folded", "gtin_repaired", "code_in_text", "code_in_item",
    "code_near", "other_code", "code_likeness", "asked_words", "asked_well", "unknown_words", "offered_words", "offered_well",
    "both_words", "numbers_all", "numbers_missing", "numbers_unknown", "offered_numbers", "lead", "behind", "rivals",
    "token_set", "token_sort", "relevance", "strength", "conflict", "agreements", "same_model", "other_model", "swapped",
    "swapped_once", "brand", "price_fits", "price_off", "unit_fits", "active", "no_text", "few_words",
)
_WELL = 0.8
"""Shares of words above this count twice: the last missing word tells more than the first."""

_TWIN = 2
"""Items that differ in so many words at most are twins."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of one candidate: its features in the order of FEATURES, and those parts that are said in words."""

    features: tuple[float, ...]
    tier: CodeTier | None
    conflicts: tuple[str, ...]
    other_number: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    """The texts of a candidate, prepared for comparing."""

    profile: Profile
    terms: frozenset[str]
    brand: frozenset[str]
    text: str
    models: frozenset[str]


@lru_cache(maxsize=20_000)
def _offer(description: str, brand: str) -> _Offer:
    said, maker = profile(description), profile(brand)
    terms = (*said.terms, *maker.words)
    return _Offer(said, frozenset(terms), frozenset(maker.words), " ".join(terms), _models(description))


def _models(text: str) -> frozenset[str]:
    """Type designations in a text: codes of five signs or more, of letters and digits, that are no measures."""
    long = (c for c in codes_in(text) if len(c) > 4 and not c.isdigit() and not c.isalpha())
    return frozenset(c for c in long if not _MEASURE.fullmatch(c))


_MEASURE = re.compile(r"M?\d+(?:X\d+)*[A-Z]{0,4}\d?")


class _Coverage(NamedTuple):
    """Shares of the line's terms that an item has (of those that any candidate has), and of the item's terms that the line has,
    weighted, 0.0–1.0; the share of the line's numbers that the item lacks, None when it has no numbers; the terms of the line
    that only other candidates have, and those of the item that the line does not name."""

    asked: float
    offered: float
    lacking: float | None
    missed: tuple[str, ...]
    unasked: tuple[str, ...]


class _Pool:
    """What is computed once for all candidates of a line: how telling each term is, and which terms are nearly the same."""

    def __init__(self, query: LineQuery, items: Sequence[ItemRecord]) -> None:
        self._text = query.description
        self.asked = profile(query.description)
        self.models = _models(query.description)
        self.offers = [_offer(i.description, i.brand or "") for i in items]
        counts = Counter(term for offer in self.offers for term in offer.terms)
        self._rarity = {term: math.log((len(items) + 1) / (n + 0.5)) + 0.2 for term, n in counts.items()}
        self._unseen = math.log((len(items) + 1) / 0.5) + 0.2
        self.brands = frozenset(word for offer in self.offers for word in offer.brand)
        self._alike = self._compare(list(counts))
        text, texts = " ".join(self.asked.terms), [offer.text for offer in self.offers]
        self.token_set = _ratios(text, texts, fuzz.token_set_ratio)
        self.token_sort = _ratios(text, texts, fuzz.token_sort_ratio)

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
            known = term in self._rarity
            near = {vocabulary[i]: _likeness(term, vocabulary[i], row[i] / 100) for i in row.nonzero()[0]}
            if known:
                near = {v: like for v, like in near.items() if like == 1.0}
            if term.isalpha():
                near |= {v: 0.85 for v in words.get(term[0], ()) if near.get(v, 0.0) < 0.85 and _shortened(term, v)}
            alike.append((term, {v: like for v, like in near.items() if like}))
        return alike

    @cached_property
    def meant(self) -> Profile:
        """What the line says, with misspelt attributes as the candidates spell them."""
        spelt = {
            term: best for term, alike in self._alike if term.isalpha() and alike and term not in self._rarity
            if is_attribute(best := max(alike, key=lambda v: (alike[v], v)))}
        if not spelt:
            return self.asked
        return profile(" ".join(spelt.get(token, token) for token in tokens(self._text)))

    def coverage(self, offer: _Offer) -> _Coverage:
        """How much of the line the item has, and the reverse."""
        if not self._alike or not offer.terms:
            return _Coverage(0.0, 0.0, None, (), ())
        rarity, unseen, has = self._rarity, self._unseen, offer.terms
        given: dict[str, float] = {}
        got = whole = 0.0
        missed, numbers, lacking = [], 0, 0
        for term, alike in self._alike:
            found, best = 0.0, term
            for other, like in alike.items():
                if like > found and other in has:
                    found, best = like, other
            if not found and (number := self.asked.raw.get(term)) and number in offer.profile.numbers:
                found = 0.9
            if not term.isalpha():
                numbers, lacking = numbers + 1, lacking + (not found)
            if alike or found:
                weight = rarity.get(best, unseen)
                got, whole = got + weight * found, whole + weight
                if found > given.get(best, 0.0):
                    given[best] = found
                elif not found:
                    missed.append(term)
        told = all_ = 0.0
        unasked = []
        raw, said = offer.profile.raw, self.asked.numbers
        for term in has:
            weight = rarity[term]
            all_ += weight
            share = given.get(term) or (0.9 if raw.get(term) in said else 0.0)
            told += weight * share
            if not share:
                unasked.append(term)
        return _Coverage(
            got / whole if whole else 0.0, told / all_, lacking / numbers if numbers else None, tuple(missed), tuple(unasked))

    @cached_property
    def unknown(self) -> tuple[float, float]:
        """(share of the line's words, share of its numbers) that no candidate has, 0.0–1.0."""
        words = [not alike for term, alike in self._alike if term.isalpha()]
        marks = [not alike for term, alike in self._alike if not term.isalpha()]
        return sum(words) / max(len(words), 1), sum(marks) / max(len(marks), 1)

    def exchanged(self, offer: _Offer, covered: _Coverage) -> str | None:
        """What the item has instead of something the line asks for, in words; None when that is not certain.

        It is when another candidate, otherwise the same but for a word or two, has what was asked for: then the catalogue itself
        tells the two apart by these words."""
        replaced = [t for t in covered.unasked if t.isalpha() and t not in self.brands]
        for word in covered.missed if replaced else ():
            for other in self.offers if word.isalpha() else ():
                if word in other.terms and 0 < len(gone := offer.terms - other.terms) <= _TWIN and len(
                        other.terms - offer.terms) <= _TWIN and (instead := [t for t in replaced if t in gone]):
                    return f"{word}, not {min(instead)}"
        return None


def _ratios(text: str, texts: list[str], scorer: Callable[..., float]) -> list[float]:
    if not text or not texts:
        return [0.0] * len(texts)
    return [float(r) / 100 for r in process.cdist([text], texts, scorer=scorer)[0]]


def _shortened(a: str, b: str) -> bool:
    """True when one of two words may be short for the other; words of the trade dictionary are not."""
    return (may_abbreviate(a, b) or may_abbreviate(b, a)) and not (is_known(a) and is_known(b))


_LETTERS_AS_DIGITS = str.maketrans("oilsbzg", "0115826")


def _likeness(asked: str, offered: str, ratio: float) -> float:
    """Numbers are the same or misread, or they are not; words may be misspelt."""
    if asked == offered:
        return 1.0
    if not (asked.isalpha() and offered.isalpha()):
        return 0.9 if asked.translate(_LETTERS_AS_DIGITS) == offered and not asked.isalpha() else 0.0
    if min(len(asked), len(offered)) < 4:
        return 0.0
    return ratio if ratio >= 0.75 else 0.0


def clues(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int]
) -> list[Clues]:
    """What is known of each item; `hits` is the retrieval's relevance by item id."""
    pool = _Pool(query, items)
    codes = clues_of(query, part_numbers)
    ours = clues_of(LineQuery((query.our_code,)), part_numbers) if query.our_code else None
    top = max(hits.values(), default=0.0) or 1.0
    covered = [pool.coverage(offer) for offer in pool.offers]
    compared = [compare(pool.meant, offer.profile) for offer in pool.offers]
    against = _exchanges(pool, covered, [c.conflicts for c in compared])
    standing = _standing([0.0 if found else share.asked for share, found in zip(covered, against, strict=True)])
    made = []
    for place, item in enumerate(items):
        share, tier = covered[place], code_tier(codes, item)
        other = ours is not None and (code_tier(ours, item) or CodeTier.NEAR) is CodeTier.NEAR
        swapped = min(len(share.missed), sum(t not in pool.offers[place].brand for t in share.unasked))
        values = (
            1.0, *(float(tier is t) for t in _TIERS), *_other_codes(codes, tier, item), *_texts(pool, place, share),
            *standing[place], pool.token_set[place], pool.token_sort[place], *_relevance(hits.get(item.item_id, 0.0), top),
            float(min(len(against[place]), 2)), min(compared[place].agreements, 4) / 4, *_model(pool, place),
            float(min(swapped, 3)), float(swapped > 0), _brand(pool, place), *_price(query, item), _unit(query, item),
            float(item.status is ItemStatus.ACTIVE), *_length(pool))
        made.append(Clues(values, tier, against[place], other))
    return made


def _exchanges(pool: _Pool, covered: Sequence[_Coverage], conflicts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The conflicts of each candidate, with those words added that the likeliest have in place of what the line asks for."""
    likely = sorted((c.asked * c.offered for c in covered), reverse=True)[:_COMPARED][-1:]
    found = []
    for offer, share, known in zip(pool.offers, covered, conflicts, strict=True):
        is_likely = share.asked * share.offered >= likely[0]
        swap = pool.exchanged(offer, share) if share.missed and is_likely and not known else None
        found.append((swap,) if swap else known)
    return found


def _standing(asked: Sequence[float]) -> list[tuple[float, float, float]]:
    """For each candidate, by the share of the line it explains: how far it leads all others, how far it is behind the best, and
    how many do as well, on a scale from 0.0 (none) that ten rivals bring to 1.0."""
    ranked = [*sorted(asked, reverse=True)[:2], 0.0, 0.0]
    best, second = ranked[:2]
    found = []
    for share in asked:
        rivals = sum(other >= share - 0.01 for other in asked) - 1
        lead = max(0.0, share - (second if share == best else best))
        found.append((lead, best - share, min(1.0, math.log1p(rivals) / math.log(11))))
    return found


_COMPARED = 12
"""Candidates whose words are compared with those of all others: the likeliest by their own."""


def _other_codes(codes: CodeClues, tier: CodeTier | None, item: ItemRecord) -> tuple[float, float]:
    """(1 when the line has codes and none names the item, how alike the nearest is: 0.0 for 60 % and less, 1.0 for the same)."""
    if not codes.clean or (tier and tier.names):
        return 0.0, 0.0
    nearest = max((fuzz.ratio(a, o) for a in codes.folded for o in folded_codes(item)), default=0.0)
    return 1.0, max(0.0, nearest / 100 - 0.6) / 0.4


def _texts(pool: _Pool, place: int, share: _Coverage) -> tuple[float, ...]:
    unknown_words, unknown_numbers = pool.unknown
    lacking = share.lacking
    return (
        share.asked, _well(share.asked), unknown_words, share.offered, _well(share.offered),
        math.sqrt(share.asked * share.offered), float(lacking == 0.0), lacking or 0.0, unknown_numbers,
        _share(pool.offers[place].profile.numbers, pool.asked.numbers))


def _well(share: float) -> float:
    return max(0.0, share - _WELL) / (1 - _WELL)


def _share(ours: Collection[str], theirs: Collection[str]) -> float:
    """How many of our numbers the other text has; 0.5 where there are none to compare."""
    return sum(n in theirs for n in ours) / len(ours) if ours else 0.5


def _relevance(found: float, top: float) -> tuple[float, float]:
    """(relevance beside the best of the line, relevance as such)."""
    return found / top, min(found, 1.2)


def _model(pool: _Pool, place: int) -> tuple[float, float]:
    """(1 when both texts name the same type designation, 1 when both name one and no two agree)."""
    theirs = pool.offers[place].models
    if not pool.models or not theirs:
        return 0.0, 0.0
    same = bool(pool.models & theirs)
    return float(same), float(not same)


def _brand(pool: _Pool, place: int) -> float:
    """1 when the line names the item's brand, −1 when it names another candidate's instead."""
    said = pool.brands & set(pool.asked.words)
    return 0.0 if not said else 1.0 if said & pool.offers[place].brand else -1.0


def _price(query: LineQuery, item: ItemRecord) -> tuple[float, float]:
    """(1 when a price of ours is met within 2 %, distance of the nearest in powers of e, at most 2); zeros when unknown."""
    if query.price is None or not query.price.is_finite() or query.price <= 0 or not item.prices:
        return 0.0, 0.0
    codes = unit_codes(query.uom) if query.uom else ()
    every = {u.uom: float(u.factor) for u in item.units} or {item.base_uom: 1.0}
    factors = [factor for uom, factor in every.items() if uom in codes] or list(every.values())
    asked, away = float(query.price), math.inf
    for price in item.prices:
        own = factor_of(price.uom, item.base_uom, item.units)
        if price.price and own and (not query.currency or not price.currency or price.currency == query.currency):
            ours = float(price.price) / float(price.price_unit) / float(own)
            away = min(away, *(abs(math.log(asked / (ours * factor))) for factor in factors))
    return (0.0, 0.0) if away is math.inf else (float(away <= 0.02), min(away, 2.0))


def _unit(query: LineQuery, item: ItemRecord) -> float:
    """1 when the item is sold in the line's unit, −1 when it is not, 0 when that is not known."""
    codes = unit_codes(query.uom) if query.uom else ()
    if not codes or not item.units:
        return 0.0
    return 1.0 if any(factor_of(code, item.base_uom, item.units) for code in codes) else -1.0


def _length(pool: _Pool) -> tuple[float, float]:
    """(1 for a line without text, how little a line of few words says: 1.0 for one word, 0.2 for five)."""
    count = len(pool.asked.terms)
    return float(not count), 1 / count if count else 0.0

"""How well items fit a line: interpretable features, a logistic scorer, probabilities with room for "no such item". Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz, process

from matching.attributes import conflicts, numbers
from matching.identify import CodeClues, CodeTier, clues_of, code_tier
from matching.model import Model
from matching.records import ItemRecord, LineQuery
from matching.text import grams, words
from matching.units import factor_of, unit_codes
from models.domain.codes import fold_code
from models.domain.draft import ItemMatch
from models.domain.items import ItemStatus

_TIERS = tuple(CodeTier)
FEATURES = (
    "bias", "part_number", "sku", "gtin", "mpn", "sku_folded", "mpn_folded", "code_in_text", "other_code", "code_likeness",
    "asked_words", "offered_words", "both_words", "asked_numbers", "offered_numbers", "trigrams", "token_set", "relevance",
    "conflict", "brand", "price_fits", "price_off", "unit_fits", "active", "no_text",
)
VETO_CEILING = 0.3
"""A candidate with an attribute conflict is never more probable than this, whatever else speaks for it."""
OTHER_NUMBER_CEILING = 0.6
"""Nor more than this when the paper gives our item number, and it is not the candidate's: likely, but to be asked."""
_OTHER_NUMBER = "our item number on the paper is another"


@dataclass(frozen=True, slots=True)
class Scored:
    """One candidate with its features, in the order of FEATURES, and the probability 0.0–1.0 that it is the item meant."""

    item: ItemRecord
    features: tuple[float, ...]
    tier: CodeTier | None
    conflicts: tuple[str, ...]
    other_number: bool = False
    probability: float = 0.0


class _Pool:
    """What is computed once for all candidates of a line: how telling each word is, and which words are nearly the same."""

    def __init__(self, query: LineQuery, items: Sequence[ItemRecord]) -> None:
        self.asked = tuple(dict.fromkeys(words(query.description)))
        self.offered = {i.item_id: tuple(dict.fromkeys((*words(i.description), *words(i.brand or "")))) for i in items}
        counts = Counter(w for offered in self.offered.values() for w in offered)
        self._rarity = {w: math.log((len(items) + 1) / (n + 0.5)) + 0.2 for w, n in counts.items()}
        self._unseen = math.log((len(items) + 1) / 0.5) + 0.2
        self.brands = frozenset(w for i in items for w in words(i.brand or ""))
        self._likeness = self._compare(list(counts))

    def _compare(self, vocabulary: list[str]) -> dict[str, dict[str, float]]:
        """For each word of the line the candidates' words that may be the same, with how alike they are."""
        if not vocabulary or not self.asked:
            return {word: {} for word in self.asked}
        table = process.cdist(self.asked, vocabulary, scorer=fuzz.ratio, score_cutoff=75)
        alike: dict[str, dict[str, float]] = {}
        for word, row in zip(self.asked, table, strict=True):
            near = {vocabulary[i]: _word_likeness(word, vocabulary[i], row[i] / 100) for i in row.nonzero()[0]}
            cut = {v: 0.9 for v in vocabulary if len(word) > 2 and word.isalpha() and v != word and v.startswith(word)}
            alike[word] = {v: like for v, like in (near | cut).items() if like}
        return alike

    def weight(self, word: str) -> float:
        """How telling a word is among these candidates."""
        return self._rarity.get(word, self._unseen)

    def coverage(self, item_id: int) -> tuple[float, float]:
        """(share of the line's words the item has, share of the item's words the line has), weighted, 0.0–1.0."""
        given = dict.fromkeys(self.offered[item_id], 0.0)
        if not self.asked or not given:
            return 0.0, 0.0
        got = whole = 0.0
        for word in self.asked:
            found, best = max(((like, o) for o, like in self._likeness[word].items() if o in given), default=(0.0, word))
            weight = self.weight(best)
            got, whole = got + weight * found, whole + weight
            if found > given.get(best, 1.0):
                given[best] = found
        told = sum(self.weight(w) for w in given)
        return got / whole, sum(self.weight(w) * share for w, share in given.items()) / told


def _word_likeness(asked: str, offered: str, ratio: float) -> float:
    """Numbers are the same or they are not; words may be misspelt."""
    if asked == offered:
        return 1.0
    if asked[0].isdigit() or offered[0].isdigit() or min(len(asked), len(offered)) < 4:
        return 0.0
    return ratio if ratio >= 0.75 else 0.0


def candidates_with_features(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int]
) -> list[Scored]:
    """Each item with its features; `hits` is the retrieval's relevance by item id."""
    pool = _Pool(query, items)
    clues = clues_of(query, part_numbers)
    ours = clues_of(LineQuery((query.our_code,)), part_numbers) if query.our_code else None
    top = max(hits.values(), default=0.0) or 1.0
    return [
        replace(
            _features(query, item, pool, clues, hits.get(item.item_id, 0.0) / top),
            other_number=ours is not None and code_tier(ours, item) is None)
        for item in items]


def _features(query: LineQuery, item: ItemRecord, pool: _Pool, clues: CodeClues, relevance: float) -> Scored:
    tier = code_tier(clues, item)
    against = conflicts(query.description, item.description)
    asked, offered = pool.coverage(item.item_id)
    has_text = bool(pool.asked)
    values = (
        1.0, *(float(tier is t) for t in _TIERS), float(bool(clues.clean) and tier is None),
        0.0 if tier else _code_likeness(clues, item), asked, offered, math.sqrt(asked * offered),
        *_number_shares(query, item), _dice(grams(query.description), grams(item.description)),
        fuzz.token_set_ratio(" ".join(pool.asked), " ".join(pool.offered[item.item_id])) / 100 if has_text else 0.0, relevance,
        float(min(len(against), 2)), _brand(pool, item), *_price(query, item), _unit(query, item),
        float(item.status is ItemStatus.ACTIVE), float(not has_text),
    )
    return Scored(item, values, tier, against)


def _code_likeness(clues: CodeClues, item: ItemRecord) -> float:
    """How alike the nearest of the item's codes is, 0.0 for 60 % and less, 1.0 for the same."""
    ours = [code for code in (_fold(item.sku), _fold(item.mpn or ""), *item.gtins) if code]
    return max(0.0, max((fuzz.ratio(a, o) for a in clues.folded for o in ours), default=0.0) / 100 - 0.6) / 0.4


_fold = lru_cache(maxsize=100_000)(fold_code)


def _number_shares(query: LineQuery, item: ItemRecord) -> tuple[float, float]:
    """How many of the line's numbers the item has, and the reverse; 0.5 where there are none to compare."""
    asked, offered = numbers(query.description), numbers(item.description)
    both = len(asked & offered)
    return both / len(asked) if asked else 0.5, both / len(offered) if offered else 0.5


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _brand(pool: _Pool, item: ItemRecord) -> float:
    """1 when the line names the item's brand, −1 when it names another candidate's instead."""
    own = set(words(item.brand or ""))
    said = pool.brands & set(pool.asked)
    return 0.0 if not said else 1.0 if said & own else -1.0


def _price(query: LineQuery, item: ItemRecord) -> tuple[float, float]:
    """(1 when a price of ours is met within 2 %, distance of the nearest in powers of e, at most 2); zeros when unknown."""
    if query.price is None or query.price <= 0 or not item.prices:
        return 0.0, 0.0
    codes = unit_codes(query.uom) if query.uom else ()
    factors = {u.factor for u in item.units if not codes or u.uom in codes} or {u.factor for u in item.units} or {Decimal(1)}
    ours = [
        price.price / price.price_unit * factor / own
        for price in item.prices if not query.currency or price.currency == query.currency
        if (own := factor_of(price.uom, item.base_uom, item.units)) and price.price for factor in factors]
    away = min((abs(math.log(float(query.price) / float(our))) for our in ours), default=None)
    return (0.0, 0.0) if away is None else (float(away <= 0.02), min(away, 2.0))


def _unit(query: LineQuery, item: ItemRecord) -> float:
    codes = unit_codes(query.uom) if query.uom else ()
    return float(any(factor_of(code, item.base_uom, item.units) for code in codes))


def probabilities(scored: Iterable[Scored], model: Model) -> list[Scored]:
    """The same candidates with probabilities, likeliest first; what they leave of 1 is the chance of "no such item".

    p_i = σ(s_i − c·ln(1 + Σ_{j≠i} e^{s_j})), s = weights · features. With c = 1 that is a softmax with an outside option.
    """
    candidates = list(scored)
    weights = [model.weights.get(name, 0.0) for name in FEATURES]
    scores = [sum(w * f for w, f in zip(weights, c.features, strict=True)) for c in candidates]
    top = max((0.0, *scores))
    whole = math.exp(-top) + sum(math.exp(s - top) for s in scores)
    done = []
    for candidate, score in zip(candidates, scores, strict=True):
        rest = max(0.0, top + math.log(max(whole - math.exp(score - top), 1e-300)))
        p = 1 / (1 + math.exp(min(max(model.competition * rest - score, -500.0), 500.0)))
        if model.veto and candidate.conflicts:
            p = min(p, VETO_CEILING)
        if candidate.other_number:
            p = min(p, OTHER_NUMBER_CEILING)
        done.append(replace(candidate, probability=p))
    return sorted(done, key=lambda c: (-c.probability, c.item.sku))


def match_items(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int], model: Model
) -> tuple[ItemMatch, ...]:
    """Candidates for a line, likeliest first, at most nine, each with the reasons in words."""
    ranked = probabilities(candidates_with_features(query, items, hits, part_numbers), model)
    return tuple(
        ItemMatch(c.item.item_id, c.item.sku, c.item.description, round(c.probability, 4), reasons(c)) for c in ranked[:9])


def reasons(scored: Scored) -> tuple[str, ...]:
    """Why an item fits or not, strongest first, in words."""
    value = dict(zip(FEATURES, scored.features, strict=True))
    said = [f"{scored.tier} agrees"] if scored.tier else []
    said += list(scored.conflicts)
    said += [_OTHER_NUMBER] if scored.other_number else []
    if value["code_likeness"] > 0.5:
        said.append(f"the code is {value['code_likeness'] * 40 + 60:.0f} % alike")
    if value["asked_words"] > 0.5:
        said.append(f"{value['asked_words']:.0%} of the words agree")
    if value["brand"]:
        said.append("the brand agrees" if value["brand"] > 0 else "another brand is named")
    if value["price_fits"]:
        said.append("the price is ours")
    elif value["price_off"] > 0.1:
        said.append(f"the price is {math.expm1(value['price_off']):.0%} or more off")
    if not value["active"]:
        said.append(f"the item is {scored.item.status}")
    return tuple(said)

"""What speaks for and against an item as the one a line means, in numbers that can be named. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from matching.conflicts import compare
from matching.exchanges import exchanges, likeliest, outdone, replaced, unsaid
from matching.identify import CodeClues, CodeTier, clues_of, code_tier, folded_codes
from matching.pool import Coverage, Pool
from matching.records import ItemRecord, LineQuery
from matching.units import factor_of, unit_codes
from models.domain.items import ItemStatus

_TIERS = tuple(CodeTier)
FEATURES = (
    "bias", "part_number", "sku", "gtin", "mpn", "sku_folded", "mpn_folded", "gtin_repaired", "code_in_text", "code_in_item",
    "code_near", "other_code", "code_likeness", "asked_words", "asked_well", "unknown_words", "offered_words", "offered_well",
    "both_words", "numbers_all", "numbers_missing", "numbers_unknown", "offered_numbers", "lead", "behind", "rivals",
    "token_set", "token_sort", "relevance", "strength", "conflict", "agreements", "same_model", "other_model", "swapped",
    "swapped_once", "brand", "price_fits", "price_off", "unit_fits", "active", "no_text", "few_words",
    "bought",
)
_TIER_VALUES = {tier: tuple(float(tier is other) for other in _TIERS) for tier in (None, *_TIERS)}
_WELL = 0.8
"""Shares of words above this count twice: the last missing word tells more than the first."""


class Clues(NamedTuple):
    """What is known of one candidate: its features in the order of FEATURES, and those parts that are said in words
    or keep it below a ceiling."""

    features: tuple[float, ...]
    tier: CodeTier | None
    conflicts: tuple[str, ...]
    other_number: bool
    outdone_by: tuple[int, ...]         # places of candidates with a word of the line that this one lacks
    instead: str | None                 # a word of the line that it lacks, in words, with its own in that place as others show


def clues(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int]
) -> list[Clues]:
    """What is known of each item; `hits` is the retrieval's relevance by item id."""
    pool = Pool(query, items)
    codes = clues_of(query, part_numbers)
    ours = clues_of(LineQuery((query.our_code,)), part_numbers) if query.our_code else None
    top = max(hits.values(), default=0.0) or 1.0
    covered = [pool.coverage(offer) for offer in pool.offers]
    compared = [compare(pool.meant, offer.profile) for offer in pool.offers]
    known = [c.conflicts for c in compared]
    likely = likeliest(covered)
    against, behind = exchanges(pool, covered, known, likely), outdone(pool, covered, known, likely)
    strange = unsaid(pool)
    instead = [found or strange for found in replaced(pool, covered, likely)]
    standing = _standing([0.0 if found else share.asked for share, found in zip(covered, against, strict=True)])
    units, length = unit_codes(query.uom) if query.uom else (), _length(pool)
    made = []
    for place, item in enumerate(items):
        share, tier = covered[place], code_tier(codes, item)
        other = ours is not None and (code_tier(ours, item) or CodeTier.NEAR) is CodeTier.NEAR
        swapped = min(len(share.missed), len(set(share.unasked) - pool.offers[place].brand)) if share.missed else 0
        values = (
            1.0, *_TIER_VALUES[tier], *_other_codes(codes, tier, item), *_texts(pool, place, share),
            *standing[place], pool.token_set[place], pool.token_sort[place], *_relevance(hits.get(item.item_id, 0.0), top),
            float(min(len(against[place]), 2)), min(compared[place].agreements, 4) / 4, *_model(pool, place),
            float(min(swapped, 3)), float(swapped > 0), _brand(pool, place), *_price(query, item, units), _unit(units, item),
            float(item.status is ItemStatus.ACTIVE), *length, float(item.is_usual))
        is_named = tier is not None and tier.names
        made.append(Clues(
            values, tier, against[place], other, () if is_named else behind[place], None if is_named else instead[place]))
    return made


def _standing(asked: Sequence[float]) -> list[tuple[float, float, float]]:
    """For each candidate, by the share of the line it explains: how far it leads all others, how far it is behind the best, and
    how many do as well, on a scale from 0.0 (none) that ten rivals bring to 1.0."""
    rising = sorted(asked)
    second, best = [0.0, 0.0, *rising][-2:]
    found = []
    for share in asked:
        rivals = len(rising) - bisect_left(rising, share - 0.01) - 1
        lead = max(0.0, share - (second if share == best else best))
        found.append((lead, best - share, min(1.0, math.log1p(rivals) / math.log(11))))
    return found


def _other_codes(codes: CodeClues, tier: CodeTier | None, item: ItemRecord) -> tuple[float, float]:
    """(1 when the line has codes and none names the item, how alike the nearest is: 0.0 for 60 % and less, 1.0 for the same)."""
    if not codes.clean or (tier and tier.names):
        return 0.0, 0.0
    nearest = max((fuzz.ratio(a, o) for a in codes.folded for o in folded_codes(item)), default=0.0)
    return 1.0, max(0.0, nearest / 100 - 0.6) / 0.4


def _texts(pool: Pool, place: int, share: Coverage) -> tuple[float, ...]:
    unknown_words, unknown_numbers = pool.unknown
    lacking = share.lacking
    return (
        share.asked, _well(share.asked), unknown_words, share.offered, _well(share.offered),
        math.sqrt(share.asked * share.offered), float(lacking == 0.0), lacking or 0.0, unknown_numbers,
        _share(pool.offers[place].numbers, pool.asked.numbers))


def _well(share: float) -> float:
    return max(0.0, share - _WELL) / (1 - _WELL)


def _share(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """How many of our numbers the other text has; 0.5 where there are none to compare."""
    return len(ours & theirs) / len(ours) if ours else 0.5


def _relevance(found: float, top: float) -> tuple[float, float]:
    """(relevance beside the best of the line, relevance as such)."""
    return found / top, min(found, 1.2)


def _model(pool: Pool, place: int) -> tuple[float, float]:
    """(1 when both texts name the same type designation, 1 when both name one and no two agree)."""
    theirs = pool.offers[place].models
    if not pool.models or not theirs:
        return 0.0, 0.0
    same = bool(pool.models & theirs)
    return float(same), float(not same)


def _brand(pool: Pool, place: int) -> float:
    """1 when the line names the item's brand, −1 when it names another candidate's instead."""
    said = pool.said_brands
    return 0.0 if not said else -1.0 if said.isdisjoint(pool.offers[place].brand) else 1.0


def _price(query: LineQuery, item: ItemRecord, units: Sequence[str]) -> tuple[float, float]:
    """(1 when a price of ours is met within 2 %, distance of the nearest in powers of e, at most 2); zeros when unknown. `units`
    are the codes that the line's unit may mean."""
    if query.price is None or not query.price.is_finite() or query.price <= 0 or not item.prices:
        return 0.0, 0.0
    every = {u.uom: float(u.factor) for u in item.units} or {item.base_uom: 1.0}
    factors = [factor for uom, factor in every.items() if uom in units] or list(every.values())
    asked, away = float(query.price), math.inf
    for price in item.prices:
        own = factor_of(price.uom, item.base_uom, item.units)
        if price.price and own and (not query.currency or not price.currency or price.currency == query.currency):
            ours = float(price.price) / float(price.price_unit) / float(own)
            away = min(away, *(abs(math.log(asked / (ours * factor))) for factor in factors))
    return (0.0, 0.0) if away is math.inf else (float(away <= 0.02), min(away, 2.0))


def _unit(units: Sequence[str], item: ItemRecord) -> float:
    """1 when the item is sold in the line's unit, −1 when it is not, 0 when that is not known."""
    if not units or not item.units:
        return 0.0
    return 1.0 if any(factor_of(code, item.base_uom, item.units) for code in units) else -1.0


def _length(pool: Pool) -> tuple[float, float]:
    """(1 for a line without text, how little a line of few words says: 1.0 for one word, 0.2 for five)."""
    count = len(pool.asked.terms)
    return float(not count), 1 / count if count else 0.0

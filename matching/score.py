"""How probably items are the one a line means: a logistic scorer over named features, with room for "no such item". Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from operator import mul

import msgspec
from msgspec.structs import replace

from matching.features import FEATURES, clues
from matching.identify import CodeTier
from matching.model import Model
from matching.records import ItemRecord, LineQuery
from models.domain.draft import ItemMatch

VETO_CEILING = 0.3
"""A candidate with an attribute conflict is never more probable than this, whatever else speaks for it."""
OTHER_NUMBER_CEILING = 0.6
"""Nor more than this when the paper gives our item number, and it is not the candidate's: likely, but to be asked."""
DOUBTFUL_CODE_CEILING = 0.6
"""Nor more than this when a code that may be a misread one is all that speaks for it."""
OUTDONE_CEILING = 0.5
"""Nor more than this when it lacks a word of the line that another candidate has, that fits as well and may be meant; or has
another word in its place."""
_MAY_BE_MEANT = 0.02
"""How probable such a rival must be by itself. Likely items whose rivals are less so are right 19 times of 20, others half."""
_DOUBTFUL = frozenset({CodeTier.NEAR, CodeTier.GTIN_REPAIRED})
_OUTDONE = "another item has a word of the line that this one lacks"
_OTHER_NUMBER = "our item number on the paper is another"


class Scored(msgspec.Struct, frozen=True, gc=False):
    """One candidate with its features, in the order of FEATURES, and the probability 0.0–1.0 that it is the item meant."""

    item: ItemRecord
    features: tuple[float, ...]
    tier: CodeTier | None
    conflicts: tuple[str, ...]
    other_number: bool = False
    outdone_by: tuple[int, ...] = ()         # places of rivals, in the order of the candidates
    instead: str | None = None               # a word of its own in the place of one of the line: "padded, not softshell"
    probability: float = 0.0


def candidates_with_features(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int]
) -> list[Scored]:
    """Each item with its features; `hits` is the retrieval's relevance by item id."""
    known = clues(query, items, hits, part_numbers)
    return [
        Scored(i, c.features, c.tier, c.conflicts, c.other_number, c.outdone_by, c.instead)
        for i, c in zip(items, known, strict=True)]


def probabilities(scored: Iterable[Scored], model: Model) -> list[Scored]:
    """The same candidates with probabilities, likeliest first; what they leave of 1 is the chance of "no such item".

    p_i = σ(s_i − c·ln(1 + Σ_{j≠i} e^{s_j})), s = weights · features. With c = 1 that is a softmax with an outside option.
    """
    candidates = list(scored)
    likely = probability_of([c.features for c in candidates], model)
    rivals = [tuple(n for n in c.outdone_by if likely[n] >= _MAY_BE_MEANT) for c in candidates]
    done = [
        replace(c, outdone_by=behind, probability=_held(min(p, _ceiling(c, model)), is_doubtful=bool(behind or c.instead)))
        for c, p, behind in zip(candidates, likely, rivals, strict=True)]
    return sorted(done, key=lambda c: (-c.probability, c.item.sku))


def probability_of(candidates: Sequence[Sequence[float]], model: Model) -> list[float]:
    """The probabilities of the candidates of one line by their features alone, before any ceiling."""
    weights = [model.weights.get(name, 0.0) for name in FEATURES]
    scores = [sum(map(mul, weights, features)) for features in candidates]
    top = max((0.0, *scores))
    whole = math.exp(-top) + sum(math.exp(s - top) for s in scores)
    found = []
    for score in scores:
        rest = max(0.0, top + math.log(max(whole - math.exp(score - top), 1e-300)))
        found.append(1 / (1 + math.exp(min(max(model.competition * rest - score, -500.0), 500.0))))
    return found


def no_such_item(ranked: Iterable[Scored]) -> float:
    """The probability, 0.0–1.0, that a line means no item of ours: what its candidates leave of 1."""
    return max(0.0, 1.0 - math.fsum(c.probability for c in ranked))


def _held(probability: float, *, is_doubtful: bool) -> float:
    """A probability, pressed below the ceiling of those outdone so that the likelier of two stays the likelier."""
    return min(probability, OUTDONE_CEILING * probability**0.1) if is_doubtful else probability


def _ceiling(candidate: Scored, model: Model) -> float:
    if model.veto and candidate.conflicts:
        return VETO_CEILING
    if candidate.other_number:
        return OTHER_NUMBER_CEILING
    silent = candidate.features[_ASKED] < 0.5
    return DOUBTFUL_CODE_CEILING if candidate.tier in _DOUBTFUL and silent else 1.0


_ASKED = FEATURES.index("asked_words")


def match_items(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int], model: Model
) -> tuple[ItemMatch, ...]:
    """Candidates for a line, likeliest first, at most nine, each with the reasons in words."""
    return match_line(query, items, hits, part_numbers, model)[0]


def match_line(
    query: LineQuery, items: Sequence[ItemRecord], hits: Mapping[int, float], part_numbers: Mapping[str, int], model: Model
) -> tuple[tuple[ItemMatch, ...], float]:
    """The same with the probability that the line means no item of ours."""
    ranked = probabilities(candidates_with_features(query, items, hits, part_numbers), model)
    matches = (ItemMatch(c.item.item_id, c.item.sku, c.item.description, round(c.probability, 4), reasons(c)) for c in ranked[:9])
    return tuple(matches), round(no_such_item(ranked), 4)


def reasons(scored: Scored) -> tuple[str, ...]:
    """Why an item fits or not, strongest first, in words."""
    value = dict(zip(FEATURES, scored.features, strict=True))
    said = [f"{scored.tier} agrees" if scored.tier.names else f"{scored.tier}"] if scored.tier else []
    said += list(scored.conflicts)
    said += [_OTHER_NUMBER] if scored.other_number else []
    said += [scored.instead] if scored.instead else []
    said += [_OUTDONE] if scored.outdone_by else []
    if value["code_likeness"] > 0.5:
        said.append(f"the code is {value['code_likeness'] * 40 + 60:.0f}% alike")
    if value["asked_words"] > 0.5:
        said.append(f"{value['asked_words']:.0%} of the words agree")
    if value["same_model"]:
        said.append("the type designation agrees")
    elif value["other_model"]:
        said.append("another type designation is named")
    if value["brand"]:
        said.append("the brand agrees" if value["brand"] > 0 else "another brand is named")
    if value["price_fits"]:
        said.append("the price is ours")
    elif value["price_off"] > 0.1:
        said.append(f"the price is {math.expm1(value['price_off']):.0%} or more off")
    if value["bought"]:
        said.append("they have ordered it before")
    if not value["active"]:
        said.append(f"the item is {scored.item.status}")
    return tuple(said)

"""What a candidate has in the place of something the line asks for, as the other candidates show it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from matching.attributes import is_labelled
from matching.pool import Coverage, Pool
from matching.prepared import Offer

_COMPARED = 12
"""Candidates whose words are compared with those of all others: the likeliest by their own."""
_TWIN = 2
"""Items that differ in so many words at most are twins."""
_RELATED = 0.5
"""Items that share so much of the shorter text are of one range: their numbers play the same parts."""
_AS_WELL = 0.4
"""Share of what a candidate explains that another must explain to be weighed against it."""


def exchanges(pool: Pool, covered: Sequence[Coverage], conflicts: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The conflicts of each candidate, with those added that the likeliest have with the line as the others show."""
    likely = _likely(covered)
    return [
        known if known or place not in likely else tuple(filter(None, [_exchanged(pool, pool.offers[place], covered[place])]))
        for place, known in enumerate(conflicts)]


def outdone(pool: Pool, covered: Sequence[Coverage], conflicts: Sequence[tuple[str, ...]]) -> list[tuple[int, ...]]:
    """For each likely candidate the places of those that have a word of the line which it lacks, and fit as well but for such
    words: a person must say which of them counts. `conflicts` are those of attributes."""
    likely = _likely(covered)
    free = [
        place for place, (offer, known) in enumerate(zip(pool.offers, conflicts, strict=True))
        if not known and not _is_of_another_brand(pool, offer)]
    return [
        tuple(n for n in free if _outdoes(covered[n], mine) and _are_related(pool.offers[n], pool.offers[place]))
        if place in likely else () for place, mine in enumerate(covered)]


def _outdoes(rival: Coverage, mine: Coverage) -> bool:
    return (
        rival.asked >= _AS_WELL * mine.asked and (rival.lacking or 0.0) <= (mine.lacking or 0.0)
        and not set(mine.missed) <= set(rival.missed))


def _is_of_another_brand(pool: Pool, offer: Offer) -> bool:
    """True when the line names a brand, and the item has one that it does not name."""
    return bool(pool.said_brands and offer.brand and pool.said_brands.isdisjoint(offer.brand))


def _likely(covered: Sequence[Coverage]) -> frozenset[int]:
    ranked = sorted(range(len(covered)), key=lambda i: -round(covered[i].asked * covered[i].offered, 9))
    return frozenset(ranked[:_COMPARED])


def _exchanged(pool: Pool, offer: Offer, covered: Coverage) -> str | None:
    """What the item has instead of something the line asks for, in words; None when that is not certain.

    It is when another candidate of its range has what was asked for: then the catalogue itself tells the two apart by it. Words
    have synonyms: two that take each other's place are in items otherwise the same but for a word or two."""
    for term in covered.missed:
        instead = [] if is_labelled(term, pool.asked) else [
            t for t in covered.unasked
            if t.isalpha() is term.isalpha() and t not in pool.brands and not is_labelled(t, offer.profile)]
        tell_apart = _are_twins if term.isalpha() else _are_related
        for other in pool.holders(term) if instead else ():
            if tell_apart(offer, other) and (left := [t for t in instead if t not in other.terms]):
                return f"{pool.asked.raw.get(term, term)}, not {min(offer.profile.raw.get(t, t) for t in left)}"
    return None


def _are_twins(one: Offer, other: Offer) -> bool:
    return len(one.terms - other.terms) <= _TWIN and len(other.terms - one.terms) <= _TWIN


def _are_related(one: Offer, other: Offer) -> bool:
    return len(one.terms & other.terms) >= _RELATED * min(len(one.terms), len(other.terms))

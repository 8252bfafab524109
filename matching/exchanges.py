"""What a candidate has in the place of something the line asks for, as the other candidates show it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matching.attributes import Profile, is_labelled, is_telling
from matching.pool import Coverage, Pool
from matching.prepared import Offer
from matching.vocabulary import may_abbreviate, shortened

_COMPARED = 12
"""Candidates whose words are compared with those of all others: the likeliest by their own."""
_TWIN = 2
"""Items that differ in so many words at most, and a number, are twins."""
_RELATED = 0.5
"""Items that share so much of the shorter text are of one range: their numbers play the same parts."""
_PURPOSE = frozenset({"project", "projekt", "kommission", "baustelle", "chantier", "obra", "cantiere", "attn"})
_AS_WELL = 0.4
"""Share of what a candidate explains that another must explain to be weighed against it."""


def exchanges(
    pool: Pool, covered: Sequence[Coverage], conflicts: Sequence[tuple[str, ...]], likely: Collection[int]
) -> list[tuple[str, ...]]:
    """The conflicts of each candidate, with those added that the likeliest have with the line as the others show."""
    found = []
    for place, known in enumerate(conflicts):
        more = None if known or place not in likely else _instead(pool, pool.offers[place], covered[place], alphabetic=False)
        found.append((more,) if more else known)
    return found


def outdone(
    pool: Pool, covered: Sequence[Coverage], conflicts: Sequence[tuple[str, ...]], likely: Collection[int]
) -> list[tuple[int, ...]]:
    """For each likely candidate the places of those that have a word of the line which it lacks, and fit as well but for such
    words, and of those that have fewer words beside the line's: a person must say what counts. `conflicts` are those of
    attributes."""
    free = [
        place for place, (offer, known) in enumerate(zip(pool.offers, conflicts, strict=True))
        if not known and not _is_of_another_brand(pool, offer)]
    besides = [_besides(pool, share) for share in covered]
    return [
        tuple(
            n for n in free
            if (_outdoes(covered[n], mine) or _is_plainer(pool, covered[n], besides[n], mine, besides[place]))
            and _are_related(pool.offers[n], pool.offers[place]))
        if place in likely else () for place, mine in enumerate(covered)]


def _outdoes(rival: Coverage, mine: Coverage) -> bool:
    return (
        rival.asked >= _AS_WELL * mine.asked and (rival.lacking or 0.0) <= (mine.lacking or 0.0)
        and not set(mine.missed) <= set(rival.missed))


def _is_plainer(pool: Pool, rival: Coverage, less: Collection[str], mine: Coverage, more: Collection[str]) -> bool:
    """True when the rival has all that the line asks for but its brand, and less besides: "mature" is not "extra mature". `less`
    and `more` are what the two say beside the line."""
    if len(less) >= len(more) or (rival.lacking or 0.0) > (mine.lacking or 0.0) or not any(
            term.isalpha() and term not in less for term in more):
        return False
    strange = [term for term in less if term not in more and not any(shortened(term, other) for other in more)]
    return not strange and set(rival.missed) - pool.said_brands <= set(mine.missed)


def _besides(pool: Pool, share: Coverage) -> set[str]:
    """What an item says beside the line, but its brand, and but for words of the line that it says twice."""
    return {t for t in share.unasked if t not in pool.brands and not (len(t) % 2 == 0 and t[:len(t) // 2] in pool.asked.words)}


def _is_of_another_brand(pool: Pool, offer: Offer) -> bool:
    """True when the line names a brand, and the item has one that it does not name."""
    return bool(pool.said_brands and offer.brand and pool.said_brands.isdisjoint(offer.brand))


def likeliest(covered: Sequence[Coverage]) -> frozenset[int]:
    """The places of the candidates that explain most of the line and of themselves: only these are compared with all others."""
    ranked = sorted(range(len(covered)), key=lambda i: -round(covered[i].asked * covered[i].offered, 9))
    return frozenset(ranked[:_COMPARED])


def replaced(pool: Pool, covered: Sequence[Coverage], likely: Collection[int]) -> list[str | None]:
    """For each likely candidate a word that it has in the place of one the line asks for, in words, where another item of the
    catalogue, otherwise the same but for a word or two, has what was asked for. It may be a synonym: a person must say."""
    return [
        _instead(pool, offer, share, alphabetic=True) if place in likely else None
        for place, (offer, share) in enumerate(zip(pool.offers, covered, strict=True))]


def unsaid(pool: Pool) -> str | None:
    """A word of the line that no candidate has, nor its like, in words: the line may mean other goods ("organic") or only call
    the same otherwise, and a person must say."""
    names = _names(pool)
    for word in pool.strange:
        if _tells(pool, word) and word not in names:
            return f"“{word}” is not in its text"
    return None


def _tells(pool: Pool, word: str) -> bool:
    if word == "with":
        return any("without" in offer.has for offer in pool.offers)
    half = word[:len(word) // 2]
    return is_telling(word) and word not in pool.brands and not (half + half == word and half in pool.asked.words)


def _names(pool: Pool) -> frozenset[str]:
    """The names behind a word for what the goods are for: "for project Nordhafen"."""
    said = pool.asked.words
    at = next((place for place, word in enumerate(said) if word in _PURPOSE), len(said))
    return frozenset(said[at:])


def _instead(pool: Pool, offer: Offer, covered: Coverage, *, alphabetic: bool) -> str | None:
    """What the item has instead of a number (or word) that the line asks for, in words; None when that is not certain.

    It is when another candidate of its range has what was asked for: then the catalogue itself tells the two apart by it. A word
    and its short form are no two words."""
    for term in (*covered.missed, *_said_twice(pool, offer)) if alphabetic else covered.missed:
        if term.isalpha() is not alphabetic or is_labelled(term, pool.asked):
            continue
        instead = [
            t for t in covered.unasked
            if t.isalpha() is alphabetic and t not in pool.brands and not is_labelled(t, offer.profile)
            and not (may_abbreviate(t, term) or may_abbreviate(term, t))]
        tell_apart = _are_twins if alphabetic else _are_related
        for other in pool.holders(term) if instead else ():
            if tell_apart(offer, other) and (left := [t for t in instead if t not in other.has]):
                return f"“{_said(term, pool.asked)}”, not “{min(_said(t, offer.profile) for t in left)}”"
    return None


def _said_twice(pool: Pool, offer: Offer) -> list[str]:
    """The words of the line that the item says once and another candidate twice, once as an attribute perhaps and once as its
    series: which the line means is not certain."""
    return [w + w for w in pool.asked.words if w in offer.has and w + w not in offer.has and w + w not in pool.asked.terms]


def _said(term: str, text: Profile) -> str:
    """A term as its text has it: a word that stands twice is a term of its own, which is no word."""
    half = term[:len(term) // 2]
    return text.raw.get(term) or (half if half + half == term and half in text.words else term)


def _are_twins(one: Offer, other: Offer) -> bool:
    """True when all but a word or two of the one item stand in the other, and the reverse, where a number may differ besides; a
    number and its name together are one: "XPB 2000"."""
    own, theirs = one.terms - other.terms, other.terms - one.terms
    if len(own) <= _TWIN and len(theirs) <= _TWIN:
        return True
    words, numbers = (
        sum(map(str.isalpha, theirs)), sum(not t.isalpha() and not is_labelled(t, other.profile) for t in theirs))
    return words <= _TWIN and numbers <= 1 and sum(not is_labelled(t, one.profile) for t in own) <= _TWIN


def _are_related(one: Offer, other: Offer) -> bool:
    return len(one.terms & other.terms) >= _RELATED * min(len(one.terms), len(other.terms))

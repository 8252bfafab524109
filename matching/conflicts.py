"""Where two texts name other values of one attribute: then they are of two items, however alike they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matching.attributes import SCALES, Profile, covers, is_labelled, profile
from matching.measures import Value, comparable, plain_number, same

_FORMED = re.compile(r"(?!din|iso)[a-z]{1,3}\d{1,4}[a-z]?|\d{1,2}[a-z]{1,2}")
_DIGITS = re.compile("9+")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the attributes of a line and an item compare: conflicts in words, and how many values agree."""

    conflicts: tuple[str, ...]
    agreements: int


def compare(ours: Profile, theirs: Profile) -> Comparison:
    """Compare kind by kind. There is a conflict where each side names a value of a kind that the other does not; a side that
    says less is no conflict."""
    found: list[str] = []
    agreed = 0
    for kind, asked in ours.named.items():
        offered = theirs.named.get(kind)
        if offered is None:
            continue
        left, right = asked - offered, offered - asked
        agreed += len(asked) - len(left)
        if left and right:
            left = frozenset(v for v in left if not any(covers(v, o) for o in right))
            right = frozenset(v for v in right if not any(covers(v, o) for o in asked))
        if left and right:
            found.append(f"{_named(kind)} {'/'.join(sorted(left))}, not {'/'.join(sorted(right))}")
    for kind, values in ours.measures.items():
        others = theirs.measures.get(kind)
        if others is None:
            continue
        gone = [v for v in values if not any(same(v, o) for o in others) and not _elsewhere(v, theirs, ours)]
        agreed += len(values) - len(gone)
        left_over = [o for o in others if not any(same(v, o) for v in values)] if gone else []
        if conflict := _measure_conflict(kind, gone, left_over, ours, theirs):
            found.append(conflict)
    if not found:
        found += _numbers_conflict(ours, theirs)
    if not found:
        found += _marks_conflict(ours, theirs)
    if not found and ours.chain and len(ours.chain) == len(theirs.chain) and sorted(ours.chain) != sorted(theirs.chain) and not (
            _converted(ours, theirs) or _are_the_same_lengths(ours, theirs)):
        found.append(f"size {' × '.join(ours.chain)}, not {' × '.join(theirs.chain)}")
    return Comparison(tuple(found), agreed)


def _marks_conflict(ours: Profile, theirs: Profile) -> list[str]:
    """Short tokens of letters and digits that take each other's place: B16 and C6, TX 20 and PZ 2, SPZ 2500 and SPA 2500; but not
    "UNC 8" and "screw 8", the same number after two words."""
    left = [m for m in ours.marks if m not in theirs.marks and _FORMED.fullmatch(m)]
    right = [m for m in theirs.marks if m not in ours.marks and _FORMED.fullmatch(m)] if left else []
    forms = {form_of(m): m for m in right}
    pairs = [(m, forms[form]) for m in left if (form := form_of(m)) in forms]
    return [f"{m}, not {o}" for m, o in pairs if not _is_one_number(m, o, ours, theirs)][:1]


def _is_one_number(mark: str, other: str, ours: Profile, theirs: Profile) -> bool:
    """True for the same number after two words: they are other words ("SPZ 2500" and "SPA 2500" are hardly), or both stand in
    both texts ("tec 2-piece" and "tip 2-piece")."""
    if _PLAIN_NUMBER.findall(mark) != _PLAIN_NUMBER.findall(other) or not (is_labelled(mark, ours) or is_labelled(other, theirs)):
        return False
    shared = any(a == b for a, b in zip(mark, other, strict=True) if a.isalpha())
    return not shared or (is_labelled(mark, theirs) and is_labelled(other, ours))


def _numbers_conflict(ours: Profile, theirs: Profile) -> list[str]:
    """A number whose unit cannot be read, where the item has another of the same form that the line does not name."""
    loose = [v for v in ours.measures.get("number", ()) if v.raw not in theirs.numbers]
    if not loose:
        return []
    left = [v for kind, values in theirs.measures.items() if kind != "number" for v in values if v.raw not in ours.numbers]
    return [
        f"number {v.raw}, not {o.raw}" for v in loose for o in left
        if _alike(v.raw, o.raw) and not any(same(o, w) for values in ours.measures.values() for w in values)][:1]


def form_of(mark: str) -> str:
    """How a mark is built, a 9 for each run of digits and an a for each letter: "aa9" for "lx390"."""
    return _DIGITS.sub("9", "".join("9" if c.isdigit() else "a" for c in mark))


def _elsewhere(value: Value, other: Profile, own: Profile) -> bool:
    """A number without a unit may be any number of the other text, but not one that its own text has besides, with its unit."""
    return not value.system and value.raw in other.numbers and not _is_spoken_for(value.raw, other, own)


def _is_spoken_for(number: str, other: Profile, own: Profile) -> bool:
    """True when a number stands in the other text only in measures that both have: the 2 of "2 ml" is not that of "2-piece"."""
    places = [(kind, v) for kind, values in other.measures.items() for v in values if v.raw == number]
    both = [v.system and any(v.system == o.system and same(v, o) for o in own.measures.get(kind, ())) for kind, v in places]
    marked = (plain_number(found) for mark in other.marks for found in _PLAIN_NUMBER.findall(mark))
    return bool(both) and all(both) and number not in marked


def _measure_conflict(kind: str, gone: Iterable[Value], left: Iterable[Value], ours: Profile, theirs: Profile) -> str | None:
    for value in gone:
        for other in left:
            if not comparable(kind, value, other) or _elsewhere(other, ours, theirs):
                continue
            if kind != "number" or _alike(value.raw, other.raw):
                return f"{_named(kind)} {_shown(value)}, not {_shown(other)}"
    return None


def _alike(a: str, b: str) -> bool:
    """Numbers without unit or label tell items apart when they have one form, and are too short to be somebody's code."""
    return max(len(a), len(b)) < 6 and ("." in a) == ("." in b) and ("." in a or len(a) == len(b))


def _converted(ours: Profile, theirs: Profile) -> bool:
    """True when the lengths of one text are in inches and those of the other are not: their chains cannot be compared."""
    systems = [{v.system for v in p.measures.get("length", ())} - {""} for p in (ours, theirs)]
    return bool(systems[0] and systems[1] and not systems[0] & systems[1])


def _are_the_same_lengths(ours: Profile, theirs: Profile) -> bool:
    """True when both chains are lengths with their units, and the same ones: 30 x 20 cm and 300 x 200 mm."""
    left, right = ours.measures.get("length", ()), theirs.measures.get("length", ())
    named = all(set(p.chain) <= {v.raw for v in values if v.system} for p, values in ((ours, left), (theirs, right)))
    return named and all(any(same(v, o) for o in right) for v in left) and all(any(same(v, o) for v in left) for o in right)


def _shown(value: Value) -> str:
    if value.low != value.high:
        return f"{value.low:g}–{value.high:g}"
    return value.raw if value.system == "inch" else f"{value.low:g}"


def _named(kind: str) -> str:
    """A kind as people read it; a word of the text that stands before its number is quoted."""
    return f"“{kind}”" if kind.isupper() else SCALES.get(kind, kind)


def conflicts(asked: str, offered: str) -> tuple[str, ...]:
    """Where two texts name the same kind of attribute with other values, in words: "thread 8, not 10"."""
    return compare(profile(asked), profile(offered)).conflicts

"""Names of companies compared word by word: a misread letter is a small thing, another word makes another company. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from matching.address_parts import alike, plain

_FORMS = frozenset(
    ("gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ek", "ev", "se", "ltd", "limited", "plc", "llp", "inc", "incorporated",
     "llc", "corp", "corporation", "co", "company", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "sp", "zoo", "sl", "ab",
     "as", "oy", "aps", "doo", "sro", "kft"))
_SAME_FORM = {"limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "mbh": "gmbh"}
_FILLERS = frozenset(["und", "and", "et", "y", "the", "group", "gruppe", "z", "o", "d", "s", "m", "h", "b", "k", "e"])
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}(?:[a-z]\b)?")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Name:
    """The words that make the name, and its legal forms in their usual spelling."""

    words: tuple[str, ...]
    forms: frozenset[str]


@lru_cache(maxsize=50_000)
def name_of(text: str) -> Name:
    """Words without legal forms and fillers; "G.m.b.H." and "Sp. z o.o." are forms too."""
    whole = _DOTTED.sub(lambda m: f"{re.sub(r'[^a-z]', '', m[0])} ", plain(text))
    found = [w.replace("oo", "zoo") if w == "oo" else w for w in _WORD.findall(whole)]
    words = tuple(w for w in found if w not in _FORMS and w not in _FILLERS)
    forms = frozenset(_SAME_FORM.get(w, w) for w in found if w in _FORMS)
    return Name(words or tuple(found), forms if words else frozenset())


@dataclass(frozen=True, slots=True)
class NameFit:
    """How a printed name fits a known one: `likeness` 0.0–1.0 of the words that have a partner, `strange` words that have none on
    either side, and whether the legal forms are others (None when one of the two has none)."""

    likeness: float
    strange: int
    other_form: bool | None


def fit_name(printed: str, known: str) -> NameFit:
    """The words of the two names paired, the most alike first."""
    said, ours = name_of(printed), name_of(known)
    form = None if not said.forms or not ours.forms else not said.forms & ours.forms
    whole = alike("".join(sorted(ours.words)), "".join(sorted(said.words)))
    joined = max(whole, alike("".join(ours.words), "".join(said.words)))
    pairs = sorted(((alike(o, s), o, s) for o in set(ours.words) for s in set(said.words)), reverse=True)
    left_ours, left_said = set(ours.words), set(said.words)
    paired: list[tuple[float, int]] = []
    for likeness, o, s in pairs:
        if likeness >= 0.7 and o in left_ours and s in left_said:
            left_ours.discard(o)
            left_said.discard(s)
            paired.append((likeness, len(o)))
    strange = len(left_ours) + len(left_said)
    if strange and joined >= 0.9 and "".join(sorted(left_ours)) and "".join(sorted(left_said)) and (
            alike("".join(w for w in ours.words if w in left_ours), "".join(w for w in said.words if w in left_said)) >= 0.8):
        return NameFit(joined, 0, form)                 # the same letters, otherwise cut into words
    total = sum(length for _, length in paired)
    return NameFit(sum(likeness * length for likeness, length in paired) / total if total else 0.0, strange, form)

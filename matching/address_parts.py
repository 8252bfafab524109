"""A printed address against a known one, part by part: name, street with house number, postcode, city, country. Pure.

A printed block is one line of text, its parts joined by commas in printed order; which part is what is found out by the known
address, since no rule tells a street from a name in every country. Misreadings count as what they are: letters that resemble each
other nearly agree, a house number agrees or it does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from models.domain.codes import clean_code, fold_code

_FOLDED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "&": " "})
_KINDS_OF_STREET = (
    "street str strasse straat st", "road rd", "avenue ave av", "lane ln", "drive dr", "boulevard blvd bd bld boul", "square sq",
    "place pl platz plac plaza plz", "court ct", "way wy", "weg wg", "allee al aleja", "rue r", "via", "calle c", "ulica ul",
    "highway hwy", "parkway pkwy", "hof", "gasse", "ring", "damm", "ufer", "close cl", "crescent cres", "terrace ter",
    "industrial ind industriel industrielle industrie zi estate est", "park pk",
)
_OTHER_SPELLINGS = (
    "north n nord", "south s sud", "east e ost", "west w", "saint sankt ste", "swietego sw", "great gt", "suite unit apt",
    "building bldg geb",
)
_MISREAD = str.maketrans("lio", "110")
_SMALL = frozenset({
    "de", "la", "le", "les", "des", "du", "di", "del", "della", "am", "an", "der", "im", "in", "the", "of", "zum", "zur",
    "d", "l",
})
_TAILS = ("strasse", "straat", "str", "weg", "allee", "platz", "gasse", "hof", "ring", "damm", "ufer")
_TOKEN = re.compile(r"\d+(?:[a-z]|\s[a-d])?(?:\s?[-/]\s?\d+[a-z]?)?(?![a-z0-9])|[a-z]+\d[a-z0-9]*|\d[a-z0-9]*|[a-z]+")
_COUNTRIES = {
    "DE": "germany deutschland allemagne niemcy de d", "AT": "austria osterreich at a", "FR": "france frankreich fr f",
    "CH": "switzerland schweiz suisse svizzera ch", "GB": "uk gb england scotland wales britain", "IE": "ireland ie irl",
    "NL": "netherlands nederland niederlande nl", "BE": "belgium belgien belgique be", "IT": "italy italia italien it",
    "ES": "spain espana spanien es", "PL": "poland polska polen pl", "US": "usa us", "CZ": "czechia czech cz",
    "DK": "denmark danmark dk", "SE": "sweden sverige se", "PT": "portugal pt", "LU": "luxembourg lu",
}


def plain(text: str) -> str:
    """Lower case without accents; "Müller" and "Mueller" alike."""
    found = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    found = "".join(c for c in found if not unicodedata.combining(c)).replace("'", " ").replace("’", " ")
    return found.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _spelled(groups: Iterable[str]) -> dict[str, str]:
    """Each spelling, made plain, to the first of its group."""
    return {plain(word): plain(group.split()[0]) for group in groups for word in group.split()}


_KINDS = frozenset(_spelled(_KINDS_OF_STREET).values())
_CANONICAL = _spelled(_KINDS_OF_STREET) | _spelled(_OTHER_SPELLINGS)
_COUNTRY_OF = {word: code for code, words in _COUNTRIES.items() for word in words.split()}


@lru_cache(maxsize=50_000)
def tokens(text: str) -> tuple[str, ...]:
    """Plain words and numbers; "12 a" one number, the kind of a street a word of its own, abbreviations written out."""
    found: list[str] = []
    for token in _TOKEN.findall(plain(text)):
        tail = next((t for t in _TAILS if token.endswith(t) and len(token) > len(t) + 2), None)
        pieces = (token.removesuffix(tail), tail) if tail else ("".join(token.split()),)
        found += [_CANONICAL.get(piece, piece) for piece in pieces if piece]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Street:
    """A street's own words, what kind of street it is, and its numbers in order, the first being the house's."""

    core: str
    kinds: frozenset[str]
    numbers: tuple[str, ...]


@lru_cache(maxsize=50_000)
def street_of(text: str) -> Street:
    """The parts of a street line, its words in order and joined."""
    found = [_as_number(t) for t in tokens(text)]
    numbers = tuple(t for t in found if t[0].isdigit())
    words = [t for t in found if not t[0].isdigit()]
    core = "".join(w for w in words if w not in _KINDS and w not in _SMALL) or "".join(words)
    return Street(core, frozenset(words) & _KINDS, numbers)


def _as_number(token: str) -> str:
    """ "l86b" as the 186b that it is a misreading of."""
    return token.translate(_MISREAD) if token[0] in "lio" and any(map(str.isdigit, token)) else token


@lru_cache(maxsize=100_000)
def alike(known: str, said: str) -> float:
    """0.0–1.0: 1.0 for the same letters; what OCR takes for each other costs half of another letter."""
    if known == said:
        return 1.0
    if not known or not said:
        return 0.0
    far = min(OSA.distance(known, said), 0.5 + OSA.distance(_look(known), _look(said)))
    return max(0.0, 1.0 - far / max(len(known), len(said)))


@lru_cache(maxsize=50_000)
def _look(text: str) -> str:
    return fold_code(text).replace("RN", "M").replace("1", "I").replace("E", "C").replace("H", "8")


@dataclass(frozen=True, slots=True)
class StreetFit:
    """How the printed text fits a known street: likeness of the words 0.0–1.0, whether the kind of street is another, and whether
    the house number agrees (None when one of the two has none)."""

    likeness: float
    other_kind: bool
    number: bool | None


def fit_street(known: Street, said: str) -> StreetFit:
    """The best fit of a street among the comma-separated parts of a printed text, and pairs of neighbours."""
    best = StreetFit(0.0, False, None)
    for other, runs in _lines(said):
        likeness = max(alike(known.core, other.core), _best(known.core, runs))
        fit = StreetFit(likeness, _is_other_kind(known, other), _same_number(known, other))
        if _merit(fit) > _merit(best):
            best = fit
    return best


def _merit(fit: StreetFit) -> float:
    return fit.likeness + {True: 0.2, False: -0.05, None: 0.0}[fit.number] - 0.1 * fit.other_kind


@lru_cache(maxsize=2_000)
def _lines(said: str) -> tuple[tuple[Street, frozenset[str]], ...]:
    """Each part of a text, and each two neighbours, as a street, with all runs of up to four of its words."""
    parts = [p for p in said.split(",") if p.strip()]
    lines = parts + [f"{a} {b}" for a, b in pairwise(parts)]
    return tuple((street_of(line), _word_runs(line, _KINDS | _SMALL)) for line in lines)


def _word_runs(text: str, without: frozenset[str] = frozenset()) -> frozenset[str]:
    words = [t for t in tokens(text) if not t[0].isdigit() and t not in without]
    return frozenset("".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + 4, len(words)) + 1))


def _best(core: str, runs: Iterable[str]) -> float:
    """The likeness of the run that resembles the text most."""
    return max((alike(core, run) for run in runs if abs(len(run) - len(core)) <= 0.4 * len(core)), default=0.0)


def _is_other_kind(known: Street, other: Street) -> bool:
    return bool(known.kinds and other.kinds and not known.kinds & other.kinds)


def _same_number(known: Street, other: Street) -> bool | None:
    if not known.numbers or not other.numbers:
        return None
    ours, theirs = [_plain_number(n) for n in known.numbers], {_plain_number(n) for n in other.numbers}
    if ours[0] in theirs:
        return True
    return None if fold_code(ours[0]) in set(map(fold_code, theirs)) else False


def _plain_number(number: str) -> str:
    return re.sub(r"[\s/-]+", "-", number).lstrip("0")


def fit_postcode(known: str, said: str, house_numbers: Sequence[str] = ()) -> float | None:
    """1.0 when the postcode stands in the text, 0.6 with one sign misread, 0.0 when another of its shape stands there; None when
    none does. `house_numbers` are not taken for postcodes."""
    code = clean_code(known)
    if not code:
        return None
    shape = _shape(code)
    runs = [r for r in _runs(said) if r not in house_numbers]
    if code in runs:
        return 1.0
    if any(fold_code(r) == fold_code(code) for r in runs if len(r) == len(code)):
        return 0.8
    if any(len(r) == len(code) and OSA.distance(r, code) == 1 for r in runs):
        return 0.6
    return 0.0 if any(_shape(r) == shape for r in runs) else None


def _shape(code: str) -> str:
    return "".join("9" if c.isdigit() else "A" for c in code)


@lru_cache(maxsize=2_000)
def _runs(said: str) -> frozenset[str]:
    """Clean texts of one, two and three neighbouring words, within a comma-separated part."""
    found: set[str] = set()
    for part in said.split(","):
        words = [w for w in (clean_code(w) for w in re.split(r"[\s–-]+", part)) if w]
        found |= {"".join(words[i:i + n]) for i in range(len(words)) for n in (1, 2, 3) if i + n <= len(words)}
    return frozenset(run for run in found if any(map(str.isdigit, run)))


def fit_city(known: str, said: str) -> float:
    """0.0–1.0: the likeness of the best run of words to the city."""
    return _best("".join(tokens(known)), _town_runs(said))


@lru_cache(maxsize=2_000)
def _town_runs(said: str) -> frozenset[str]:
    return frozenset(run for part in said.split(",") for run in _word_runs(part))


def printed_country(said: str) -> str | None:
    """The country that the last part of a printed address names, as ISO code; None when it names none we know."""
    found = tokens(said.rsplit(",", 1)[-1])
    if found in {("united", "kingdom"), ("great", "britain")}:
        return "GB"
    if found == ("united", "states"):
        return "US"
    return _COUNTRY_OF.get(found[0]) if len(found) == 1 else None

"""Attributes that tell near-twins apart: measures, threads, grades, sides, colours, materials, packs. Two items that differ in
one are two items, however alike their texts. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from matching.measures import UNITS, Value, measured, number_of, plain_number
from matching.tokens import tokens

_HERE = Path(__file__).parent
_TRADE = json.loads((_HERE / "trade_words.json").read_text(encoding="utf-8"))
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    spelling: (kind, value) for kind, values in _TRADE["kinds"].items() for value, spellings in values.items()
    for spelling in spellings.split()})
SCALES = MappingProxyType({"length": "millimetres", "mass": "grams", "volume": "millilitres", "size number": "size"})
"""What measures of a kind are counted in, in words."""
ATTRIBUTE_WORDS = tuple(sorted(
    word for word in {
        "thread", "norm", *(SCALES.get(kind, kind) for kind, _, _ in UNITS.values()),
        *(word for pair in _WORDS.values() for word in pair)}
    if word.isalpha() and len(word) > 2))
"""What kinds of attributes and their values are called where two texts differ, in words."""
_BROADER: Mapping[str, frozenset[str]] = MappingProxyType({
    broad: frozenset(narrow.split()) for broad, narrow in _TRADE["broader"].items()})


def _one_meaning() -> Mapping[str, str]:
    same_words: dict[str, str] = json.loads((_HERE / "same_words.json").read_text(encoding="utf-8"))
    meanings: dict[str, set[str]] = {}
    for word, spellings in same_words.items():
        for spelling in {word, *spellings.split()}:
            meanings.setdefault(spelling, set()).add(word)
    return MappingProxyType({spelling: found.pop() for spelling, found in meanings.items() if len(found) == 1})


_SAME = _one_meaning()
_TELLING_NOTHING = frozenset(
    word for line in _TRADE["telling_nothing"] for said in line.split() for word in (said, _SAME.get(said, said)))
_SIZE_WORDS = frozenset(["size", "sz", "grosse", "groesse", "gr", "taille", "talla", "maat", "taglia", "rozmiar"])
_MEASURE = re.compile(r"(\d[\d./~-]*)([a-z%]+2?)")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER = re.compile(r"\d+(?:-\d+/\d+)?(?:[./]\d+)*")
_LABELLED = re.compile(r"([a-z]{1,7})(\d+(?:\.\d+)?(?:/\d+)?[a-z]{0,2})")
_COUNTED = re.compile(r"(\d+(?:\.\d+)?)([a-z]{1,4}\d?)")
_UNIFIED = re.compile(r"ut(\d+(?:/\d+)?)~(\d+)")
_NAMED_NUMBER = re.compile(r"(\d{3,})([a-z0-9]{2,4})")
_CURRENT = re.compile(r"(\d.*v)([ad]c)")
_CURVE = re.compile(r"^([bcdkz]\d{1,3})a$")          # a breaker B16A is B16
_BY = "x"
_SILENT = frozenset({"en", "rev", "ref", "nr", "no", "v", "ver"})
"""Labels whose numbers do not tell items apart: a glove names many norms of the EN series."""


class Profile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a text says. `words` are its words without numbers, in one spelling and language where known; `marks` its tokens with
    digits that are no measures; `terms` all of them, measures on one scale; `raw` the number that each term of a measure was
    written with; `numbers` every number; `named` and `measures` the attributes by kind; `chain` the first "a x b x c"."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    terms: tuple[str, ...]
    raw: Mapping[str, str]
    numbers: frozenset[str]
    named: Mapping[str, frozenset[str]]
    measures: Mapping[str, tuple[Value, ...]]
    chain: tuple[str, ...]


@lru_cache(maxsize=20_000)
def profile(text: str) -> Profile:
    """Take a text apart that may come again soon."""
    return taken_apart(text)


def taken_apart(text: str) -> Profile:
    """What a text says. A catalogue's texts come once each: keeping them would only take memory."""
    return profile_of(tokens(text))


def profile_of(cut: Iterable[str]) -> Profile:
    """What a text says that has been cut into tokens."""
    said = tuple([part for token in cut for part in token_parts(token)])
    words: dict[str, None] = {}
    marks: dict[str, None] = {}
    terms: dict[str, None] = {}
    raw: dict[str, str] = {}
    numbers: set[str] = set()
    named: dict[str, set[str]] = {}
    measures: dict[str, list[Value]] = {}
    chained = _BY in said
    before = ""
    for place, token in enumerate(said):
        if token != _BY:
            unit = _unit_after(said, place) if chained and _BY in (before, *said[place + 1:place + 2]) else None
            read = _read(token, before if before in _SIZE_WORDS else before[:1].isdigit() * "9", unit)
            is_word = token.isalpha()
            for term in read.terms:
                terms[term] = None
                if is_word:
                    if term in words:
                        terms[term + term] = None       # a series may be called as an attribute is: "classic … Classic 100"
                    words[term] = None
            if not is_word and not read.measures:
                marks[token] = None
            numbers.update(read.numbers)
            if before.isalpha() and len(before) > 1 and before not in _SIZE_WORDS and token.isdigit() and unit is None:
                named.setdefault(before.upper(), set()).add(plain_number(token))
                if len(before) < 4:
                    terms[before + token] = marks[before + token] = None
            for kind, value in read.named:
                values = named.setdefault(kind, set())
                values.add(f"{value} twice" if token == before and is_word else value)
            if read.measures:
                measures.setdefault(read.kind, []).extend(read.measures)
                if len(read.measures) == 1:
                    raw[read.terms[0]] = read.measures[0].raw
        before = token
    return Profile(
        tuple(words), tuple(marks), tuple(terms), raw, frozenset(numbers), {k: frozenset(v) for k, v in named.items()},
        {k: tuple(dict.fromkeys(v)) for k, v in measures.items()}, _chain(said) if chained else ())


@lru_cache(maxsize=50_000)
def token_parts(token: str) -> tuple[str, ...]:
    """A number with the name of an attribute behind it comes apart: "6204zz" and "24vdc", but not "16gb". What a newer norm or
    a shorter form stands for is replaced by that."""
    if found := _CURRENT.fullmatch(token):
        return found[1], found[2]
    found = _NAMED_NUMBER.fullmatch(token)
    if found and found[2] in _WORDS:
        return found[1], found[2]
    return (_NORMS.get(token) or _CURVE.sub(r"\1", token),)


@lru_cache(maxsize=50_000)
def one_spelling(word: str) -> tuple[str, ...]:
    """A word in the spelling and language that stands for all others, its plural as the singular; the parts of a compound."""
    if known := _known(word):
        return (known,)
    if len(word) > 5 and word[-1] == "s" and word[-2] not in "su":
        return (_known(word[:-1]) or word[:-1],)
    if len(word) > 8:
        for cut in range(len(word) - 4, 3, -1):
            head, tail = _known(word[:cut]), _known(word[cut:])
            if head and tail:
                return head, tail
        # The last part of a compound says what the thing is, also where the first is strange.
        for cut in range(3, len(word) - 4):
            if tail := _known(word[cut:]):
                return word[:cut], tail
    return (word,)


def is_known(word: str) -> bool:
    """True for words that the trade dictionary has: they are spelt out, and no misspelling of each other."""
    return _known(word) is not None


def is_telling(word: str) -> bool:
    """True for a word of three letters or more that may tell goods apart: "organic", but not "please" or "carton"."""
    return len(word) > 2 and word.isalpha() and word not in _TELLING_NOTHING


def is_labelled(term: str, said: Profile) -> bool:
    """True for a number together with the word before it: a second term for what the number says alone."""
    word = term.rstrip("0123456789.")
    return word != term and word in said.words


def attribute_kind(word: str) -> str | None:
    """The kind of attribute whose value a word names: "colour" for "red"; None for other words."""
    found = _WORDS.get(word)
    return found[0] if found else None


def attribute_words() -> Mapping[str, str]:
    """The value of each word that the trade dictionary has for an attribute."""
    return {word: value for word, (_, value) in _WORDS.items()}


def _known(word: str) -> str | None:
    return attribute[1] if (attribute := _WORDS.get(word)) else _SAME.get(word)


def _unit_after(said: tuple[str, ...], place: int) -> str:
    """The unit that the last member of "a x b mm" gives to those before it; "" when there is none."""
    while place + 2 < len(said) and said[place + 1] == "x" and said[place + 2][:1].isdigit():
        place += 2
    found = _MEASURE.fullmatch(said[place])
    return found[2] if found else ""


class _Read(NamedTuple):
    """What one token says: terms to look it up by, numbers in it, attributes it names, measures of a kind."""

    terms: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    measures: tuple[Value, ...] = ()


@lru_cache(maxsize=100_000)
def _read(token: str, before: str, unit: str | None) -> _Read:
    """Read a token. `before` is a word such as "size" before it, or "9" for any number; `unit` is that of the chain it stands in,
    None outside of one."""
    attribute = _WORDS.get(token)
    if token.isalpha():
        if attribute is None:
            return _Read(one_spelling(token))
        after_number = attribute[0] == "size" and len(token) == 1 and before == "9"
        return _Read((attribute[1],), named=() if after_number else (attribute,))
    numbers = tuple(dict.fromkeys(map(plain_number, _PLAIN_NUMBER.findall(token))))
    if attribute:
        return _Read((attribute[1],), numbers, (attribute,))
    if _NUMBER.fullmatch(token):
        return _measures(token, numbers, *_bare(token, before, unit))
    if (found := _MEASURE.fullmatch(token)) and (read := measured(found[1], found[2])):
        return _measures(token, numbers, *read)
    if found := _UNIFIED.fullmatch(token):
        named: tuple[tuple[str, str], ...] = (("thread", f"{found[1]}-{found[2]}"),)
    elif found := _LABELLED.fullmatch(token):
        named = () if found[1] in _SILENT else (_labelled(found[1], plain_number(found[2])),)
    elif found := _COUNTED.fullmatch(token):
        named = ((f"…{found[2].upper()}", found[1]),)
    else:
        named = ()
    return _Read((token,), numbers, named)


def _measures(token: str, numbers: tuple[str, ...], kind: str, values: list[Value]) -> _Read:
    term = token
    if len(values) == 1:
        only = values[0]
        term = f"{kind.replace(' ', '')}{only.low:g}" if only.system else only.raw
    return _Read((term,), numbers, (), kind, tuple(values))


def _labelled(label: str, number: str) -> tuple[str, str]:
    if label in {"din", "iso"}:
        return "norm", f"{label}{number}"
    return _LABELS.get(label, label.upper()), number


_NORMS = MappingProxyType({
    "din931": "iso4014", "din933": "iso4017", "din934": "iso4032", "din125": "iso7089", "din912": "iso4762",
    "din7991": "iso10642", "din985": "iso10511", "din84": "iso1207", "din963": "iso2009", "din965": "iso7046",
    "din913": "iso4026", "din916": "iso4029",
    "din94": "iso1234", "din7": "iso2338", "din6325": "iso8734", "din439": "iso4035", "din7985": "iso7045", "din9021": "iso7093"})
"""German norms and the international ones that took their place."""
_LABELS = MappingProxyType({"m": "thread", "packof": "pack", "tx": "TX", "t": "T"})


def _bare(token: str, before: str, unit: str | None) -> tuple[str, list[Value]]:
    """A number without a unit: a size after "size", a length in inches when it is a fraction, in a chain what the chain says."""
    if before in _SIZE_WORDS:
        size = number_of(token) or 0.0
        return "size number", [Value(size, size, plain_number(token))]
    value = number_of(token)
    if value is None:
        return "number", [Value(n, n, plain_number(p), "") for p in re.split(r"[/-]", token) if (n := number_of(p)) is not None]
    if unit is not None:
        read = measured(token, unit) if unit else None
        if read and read[0] == "length":
            return read
        return ("number", [Value(value, value, plain_number(token), "")]) if unit else (
            "length", [Value(value, value, plain_number(token), "")])
    if "/" in token:
        return "length", [Value(value * 25.4, value * 25.4, token, "inch")]
    return "number", [Value(value, value, plain_number(token), "")]


def _chain(said: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers of the first "a x b (x c)"."""
    if "x" not in said[1:-1]:
        return ()
    at = said.index("x", 1)
    chain = [said[at - 1]]
    while at < len(said) - 1 and said[at] == "x":
        chain.append(said[at + 1])
        at += 2
    sizes = [plain_number(m[0]) for part in chain if (m := re.search(r"\d+(?:\.\d+)?", part))]
    return tuple(sizes) if len(sizes) == len(chain) else ()


def covers(a: str, b: str) -> bool:
    """True when one of two values is the broader word for the other: plastic and PVC."""
    return b in _BROADER.get(a, ()) or a in _BROADER.get(b, ())

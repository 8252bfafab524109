"""The texts of items, prepared for comparing. Taking a text apart is the dearest part of scoring a candidate, so the catalogue
index keeps them prepared, and a search lays ready those of the items it found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from matching.attributes import Profile, profile, taken_apart
from matching.measures import plain_number
from matching.text import codes_in

_MEASURE = re.compile(r"M?\d+(?:X\d+)*[A-Z]{0,4}\d?")
_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MOST_READY = 50_000
_MARK = 16
"""Bytes in front of a kept text that say which text it is."""


class Offer(msgspec.Struct, frozen=True, gc=False):
    """The texts of a candidate, prepared for comparing. `brand` are the words of its brand, `loose` those of its numbers that
    have no unit, `models` its type designations."""

    profile: Profile
    terms: frozenset[str]
    brand: frozenset[str]
    text: str
    loose: frozenset[str]
    models: frozenset[str]


def offer_of(description: str, brand: str) -> Offer:
    """The texts of an item, as a search laid them ready, else taken apart now."""
    return _offer(description, brand)


@lru_cache(maxsize=20_000)
def _offer(description: str, brand: str) -> Offer:
    kept = _ready.pop(_mark(description, brand), None)
    return prepared(description, brand) if kept is None else _unpacked(kept)


def prepared(description: str, brand: str) -> Offer:
    """Take the texts of an item apart."""
    said = taken_apart(description)
    return _made(said, profile(brand).words, loose_numbers(said), models_in(description))


def _made(said: Profile, brand: tuple[str, ...], loose: frozenset[str], models: frozenset[str]) -> Offer:
    terms = (*said.terms, *brand)
    return Offer(said, frozenset(terms), frozenset(brand), " ".join(terms), loose, models)


def loose_numbers(said: Profile) -> frozenset[str]:
    """The numbers of a text that have no unit: they may have any."""
    bare = [raw for term, raw in said.raw.items() if term == raw]
    named = [found[0] for mark in said.marks if mark[0].isalpha() and (found := _FIRST_NUMBER.search(mark))]
    return frozenset([*bare, *map(plain_number, named)])


def models_in(text: str) -> frozenset[str]:
    """Type designations in a text: codes of five signs or more, of letters and digits, that are no measures."""
    long = (c for c in codes_in(text) if len(c) > 4 and not c.isdigit() and not c.isalpha())
    return frozenset(c for c in long if not _MEASURE.fullmatch(c))


_Kept = tuple[Profile, tuple[str, ...], frozenset[str], frozenset[str]]
"""A description taken apart, the words of the brand, the numbers without a unit, the type designations."""
_packer, _unpacker = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(_Kept)
_ready: dict[bytes, bytes] = {}


def packed(said: Profile, description: str, brand: str) -> bytes:
    """What the index keeps of an item, whose description says `said`: about 300 bytes."""
    return _mark(description, brand) + _packer.encode((
        said, profile(brand).words, loose_numbers(said), models_in(description)))


def lay_ready(kept: Iterable[bytes]) -> None:
    """Have these at hand for `offer_of`; the ones of long ago are forgotten."""
    if len(_ready) > _MOST_READY:
        _ready.clear()
    _ready.update((one[:_MARK], one[_MARK:]) for one in kept)


def _mark(description: str, brand: str) -> bytes:
    return blake2b(f"{description}\0{brand}".encode(errors="replace"), digest_size=_MARK).digest()


def _unpacked(kept: bytes) -> Offer:
    said, brand, loose, models = _unpacker.decode(kept)
    return _made(said, brand, loose, models)

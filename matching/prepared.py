"""The texts of items, prepared for comparing. Taking a text apart is the dearest part of scoring a candidate, so the catalogue
index keeps them prepared, and a search lays ready those of the items it found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from matching.attributes import Profile, profile, taken_apart
from matching.item_attributes import said_by
from matching.measures import plain_number
from matching.text import codes_in

_MEASURE = re.compile(r"M?\d+(?:X\d+)*[A-Z]{0,4}\d?")
_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MOST_READY = 50_000
_MARK = 16
"""Bytes in front of a kept text that say which text it is."""


class Offer(msgspec.Struct, frozen=True, gc=False):
    """The texts of a candidate, prepared for comparing. `profile` is what they say with the attributes, `has` all terms of that;
    `terms` and `numbers` are those of description and brand alone, `text` those terms in their order. `brand` are the words of
    its brand, `loose` those of its numbers that have no unit, `models` its type designations."""

    profile: Profile
    terms: frozenset[str]
    has: frozenset[str]
    numbers: frozenset[str]
    brand: frozenset[str]
    text: str
    loose: frozenset[str]
    models: frozenset[str]


def offer_of(description: str, brand: str, attributes: str = "") -> Offer:
    """The texts of an item, as a search laid them ready, else taken apart now."""
    return _offer(description, brand, attributes)


@lru_cache(maxsize=20_000)
def _offer(description: str, brand: str, attributes: str) -> Offer:
    kept = _ready.pop(_mark(description, brand, attributes), None)
    return prepared(description, brand, attributes) if kept is None else _unpacked(kept)


def prepared(description: str, brand: str, attributes: str = "") -> Offer:
    """Take the texts of an item apart."""
    said, whole = taken_apart(description), with_attributes(description, attributes)
    return _made(said, whole, profile(brand).words, loose_numbers(whole or said), models_in(description))


def with_attributes(description: str, attributes: str) -> Profile | None:
    """What a description says together with the attributes; None where there are none."""
    more = said_by(attributes) if attributes else ""
    return taken_apart(f"{description}, {more}") if more else None


def _made(
    said: Profile, whole: Profile | None, brand: tuple[str, ...], loose: frozenset[str], models: frozenset[str]
) -> Offer:
    own = (*said.terms, *brand)
    terms = frozenset(own)
    has = terms if whole is None else terms.union(whole.terms)
    return Offer(whole or said, terms, has, said.numbers, frozenset(brand), " ".join(own), loose, models)


def loose_numbers(said: Profile) -> frozenset[str]:
    """The numbers of a text that have no unit: they may have any."""
    bare = [raw for term, raw in said.raw.items() if term == raw]
    named = [found[0] for mark in said.marks if mark[0].isalpha() and (found := _FIRST_NUMBER.search(mark))]
    return frozenset([*bare, *map(plain_number, named)])


def models_in(text: str) -> frozenset[str]:
    """Type designations in a text: codes of five signs or more, of letters and digits, that are no measures."""
    long = (c for c in codes_in(text) if len(c) > 4 and not c.isdigit() and not c.isalpha())
    return frozenset(c for c in long if not _MEASURE.fullmatch(c))


_Kept = tuple[Profile, Profile | None, tuple[str, ...], frozenset[str], frozenset[str]]
"""A description taken apart, the same with the attributes, the words of the brand, the numbers without a unit, the type
designations."""
_packer, _unpacker = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(_Kept)
_ready: dict[bytes, bytes] = {}


def packed(said: Profile, whole: Profile | None, description: str, brand: str, attributes: str) -> bytes:
    """What the index keeps of an item, whose description says `said`, with its attributes `whole`: about 300 bytes."""
    return _mark(description, brand, attributes) + _packer.encode((
        said, whole, profile(brand).words, loose_numbers(whole or said), models_in(description)))


def lay_ready(kept: Iterable[bytes]) -> None:
    """Have these at hand for `offer_of`; the ones of long ago are forgotten."""
    if len(_ready) > _MOST_READY:
        _ready.clear()
    _ready.update((one[:_MARK], one[_MARK:]) for one in kept)


def _mark(description: str, brand: str, attributes: str) -> bytes:
    return blake2b("\0".join((description, brand, attributes)).encode(errors="replace"), digest_size=_MARK).digest()


def _unpacked(kept: bytes) -> Offer:
    return _made(*_unpacker.decode(kept))

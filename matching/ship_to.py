"""Where the goods go: the printed ship-to against the customer's addresses. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rapidfuzz import fuzz

from matching.records import AddressRecord
from matching.text import words
from models.domain.codes import clean_code
from models.domain.draft import AddressMatch
from models.domain.partners import AddressKind


def rank_addresses(printed: str | None, addresses: Sequence[AddressRecord]) -> tuple[AddressMatch, ...]:
    """The customer's ship-to addresses, likeliest first; what they leave of 1 is "a new address".

    Without a printed ship-to the default is meant, or the only one there is.
    """
    usable = [a for a in addresses if a.kind is AddressKind.SHIP_TO] or list(addresses)
    if not printed:
        return _by_default(usable)
    weighed = {a: 14 * (address_likeness(printed, a) - 0.55) for a in usable}
    whole = 1.0 + sum(math.exp(score) for score in weighed.values())
    ranked = sorted(weighed.items(), key=lambda entry: (-entry[1], entry[0].code))[:9]
    return tuple(
        AddressMatch(a.address_id, a.label, round(math.exp(score) / whole, 4), _reasons(printed, a)) for a, score in ranked)


def _by_default(addresses: Sequence[AddressRecord]) -> tuple[AddressMatch, ...]:
    defaults = [a for a in addresses if a.is_default]
    meant = defaults if len(defaults) == 1 else list(addresses)
    share = 0.95 if len(meant) == 1 else 0.9 / max(len(meant), 1)
    reason = "their default, none is printed" if len(defaults) == 1 else "none is printed"
    first = [AddressMatch(a.address_id, a.label, share, (reason,)) for a in meant[:9]]
    rest = [AddressMatch(a.address_id, a.label, 0.0, ()) for a in addresses if a not in meant]
    return tuple((first + rest)[:9])


def address_likeness(printed: str, address: AddressRecord) -> float:
    """0.0–1.0: how much of the address stands in the printed text, the postcode and the street weighing most."""
    said = words(printed)
    flat = clean_code(printed)
    if address.code and len(address.code) > 3 and address.code.lower() in printed.lower().split():
        return 1.0
    got = whole = 0.0
    for text, weight in ((address.street, 4.0), (address.postcode, 3.0), (address.city, 2.0), (address.name, 2.0)):
        if not text:
            continue
        whole += weight
        if text is address.postcode:
            got += weight * (clean_code(text) in flat)
        else:
            got += weight * _part_likeness(words(text), said)
    return got / whole if whole else 0.0


def _part_likeness(known: tuple[str, ...], said: tuple[str, ...]) -> float:
    """Share of the words that stand in the text; a house number must be the same, a word may be misspelt or cut."""
    if not known or not said:
        return 0.0
    return sum(max(_same(k, s) for s in said) for k in known) / len(known)


def _same(known: str, said: str) -> float:
    if known == said:
        return 1.0
    if known[0].isdigit() or said[0].isdigit() or min(len(known), len(said)) < 2:
        return 0.0
    if min(len(known), len(said)) >= 2 and (known.startswith(said) or said.startswith(known)):
        return 0.8
    ratio = fuzz.ratio(known, said) / 100
    return ratio if ratio >= 0.8 else 0.0


def _reasons(printed: str, address: AddressRecord) -> tuple[str, ...]:
    said = words(printed)
    found = []
    if address.postcode and clean_code(address.postcode) in clean_code(printed):
        found.append("the postcode agrees")
    if _part_likeness(words(address.street), said) > 0.9:
        found.append("the street agrees")
    if _part_likeness(words(address.city), said) > 0.9:
        found.append("the city agrees")
    return tuple(found)

"""Where the goods go: the printed ship-to against the customer's addresses, by its parts. Pure.

An address that is none of theirs is not forced onto the nearest one: another house number, street or town speaks against a known
address more than all the rest speaks for it. What all of them leave of 1 is "a new address", which is always asked about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matching.address_parts import fit_city, fit_postcode, fit_street, printed_country, street_of, tokens
from matching.records import AddressRecord
from models.domain.draft import AddressMatch
from models.domain.partners import AddressKind

_NEW = 2.0
"""The score of "an address we do not have", on the scale of the weights below (natural log of odds)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How much a printed address speaks for a known one (log odds), and what agrees or differs, in words."""

    score: float
    reasons: tuple[str, ...] = ()

    @property
    def is_theirs(self) -> bool:
        """True when it is more likely this address than a new one."""
        return self.score > _NEW + 1


def rank_addresses(printed: str | None, addresses: Sequence[AddressRecord]) -> tuple[AddressMatch, ...]:
    """The customer's ship-to addresses, likeliest first; what they leave of 1 is "a new address".

    Without a printed ship-to the default is meant, or the only one there is.
    """
    usable = [a for a in addresses if a.kind is AddressKind.SHIP_TO] or list(addresses)
    if not printed:
        return _by_default(usable)
    fits = {a: fit_address(printed, a) for a in usable}
    whole = math.exp(_NEW) + sum(math.exp(fit.score) for fit in fits.values())
    ranked = sorted(fits.items(), key=lambda entry: (-entry[1].score, entry[0].code))[:9]
    return tuple(
        AddressMatch(a.address_id, a.label, round(math.exp(fit.score) / whole, 4), fit.reasons) for a, fit in ranked)


def _by_default(addresses: Sequence[AddressRecord]) -> tuple[AddressMatch, ...]:
    defaults = [a for a in addresses if a.is_default]
    meant = defaults if len(defaults) == 1 else list(addresses)
    share = 0.95 if len(meant) == 1 else 0.9 / max(len(meant), 1)
    reason = "their default, none is printed" if len(defaults) == 1 else "none is printed"
    first = [AddressMatch(a.address_id, a.label, share, (reason,)) for a in meant[:9]]
    rest = [AddressMatch(a.address_id, a.label, 0.0, ()) for a in addresses if a not in meant]
    return tuple((first + rest)[:9])


def fit_address(printed: str, known: AddressRecord) -> Fit:
    """Weigh every part of a known address against what is printed."""
    if named := _named(printed, known):
        return Fit(8.0, (named,))
    found = [*_street(printed, known), *_postcode(printed, known), *_city(printed, known), *_country(printed, known),
             *_name(printed, known)]
    return Fit(sum(weight for weight, _ in found), tuple(reason for _, reason in found if reason))


def _named(printed: str, known: AddressRecord) -> str | None:
    """The address by a number of its own."""
    if known.gln and known.gln in printed.replace(" ", ""):
        return f"its GLN {known.gln} is printed"
    said = printed.lower().replace(",", " ").split()
    has_more = len(said) > 6            # a word of a whole address may be anything
    if len(known.code) > 3 and known.code.lower() in said and not has_more:
        return f"its code {known.code} is printed"
    return None


def _street(printed: str, known: AddressRecord) -> list[tuple[float, str]]:
    street = street_of(known.street)
    if not street.core:
        return []
    fit = fit_street(street, printed)
    if fit.likeness < 0.7 or fit.other_kind:
        return [(-4.0, "")]
    found = [(3.0 - 6.0 * (1 - fit.likeness), "the street agrees" if fit.likeness > 0.9 else "the street is alike")]
    if not street.numbers:
        return found
    if fit.number is False:
        return [*found, (-7.0, "another house number")]
    return [*found, (1.5, "the house number agrees") if fit.number else (-4.0, "the house number is not certain")]


def _postcode(printed: str, known: AddressRecord) -> list[tuple[float, str]]:
    fit = fit_postcode(known.postcode, printed, street_of(known.street).numbers)
    if fit is None:
        return []
    if fit == 0.0:
        return [(-3.5, "another postcode")]
    return [(3.0, "the postcode agrees") if fit == 1.0 else (1.5, "the postcode is alike")]


def _city(printed: str, known: AddressRecord) -> list[tuple[float, str]]:
    fit = fit_city(known.city, printed) if known.city else 0.75
    if fit >= 0.95:
        return [(1.5, "the city agrees")]
    return [(0.7, "the city is alike")] if fit >= 0.75 else [(-1.5, "")] if fit < 0.6 else []


def _country(printed: str, known: AddressRecord) -> list[tuple[float, str]]:
    said = printed_country(printed)
    return [(-5.0, f"another country, {said}")] if said and said != known.country.upper() else []


def _name(printed: str, known: AddressRecord) -> list[tuple[float, str]]:
    """A recipient of the same name says a little; another one nothing, since depots and colleagues receive goods too."""
    wanted, said = set(tokens(known.name)), set(tokens(printed))
    return [(0.5, "the name agrees")] if wanted and len(wanted & said) >= 0.6 * len(wanted) else []

"""How far a location is from where an order goes: in kilometres, or by postcode where coordinates are missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from models.domain.geography import Point, kilometres


class Zone(IntEnum):
    """How near a location is as far as postcode and country tell, the nearest first."""

    SAME_AREA = 0
    SAME_COUNTRY = 1
    ABROAD = 2
    UNKNOWN = 3                                     # one of both has no country


ZONE_WORDS = {
    Zone.SAME_AREA: "the same postcode area", Zone.SAME_COUNTRY: "the same country", Zone.ABROAD: "abroad",
    Zone.UNKNOWN: "no country either"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is, as far as it is known."""

    country: str | None = None
    postcode: str | None = None
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """From a location to where an order goes. `km`: whole kilometres as the crow flies, None where one of both has no
    coordinates."""

    km: int | None = None
    zone: Zone = Zone.UNKNOWN


UNKNOWN = Distance()


def distance_between(a: Whereabouts, b: Whereabouts) -> Distance:
    """The same in both directions."""
    km = round(kilometres(a.point, b.point)) if a.point and b.point else None
    return Distance(km, _zone(a, b))


def in_kilometres(distances: Iterable[Distance]) -> bool:
    """Whether these can be compared by kilometres: all must have them, as a kilometre and a postcode do not compare."""
    return all(d.km is not None for d in distances)


def _zone(a: Whereabouts, b: Whereabouts) -> Zone:
    if not a.country or not b.country:
        return Zone.UNKNOWN
    if a.country != b.country:
        return Zone.ABROAD
    area = postcode_area(a.postcode)
    return Zone.SAME_AREA if area and area == postcode_area(b.postcode) else Zone.SAME_COUNTRY


def postcode_area(postcode: str | None) -> str:
    """The part of a postcode that names a region: its leading letters (SW of SW1A 1AA), else its first two digits (80 of 80331).
    A country written before it (D-80331) is left out. Empty where there is none."""
    plain = re.sub(r"^[A-Z]{1,3}-", "", (postcode or "").strip().upper())
    found = re.match(r"[A-Z]+|[0-9]{2}", plain)
    return found.group() if found else ""

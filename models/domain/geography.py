"""Where on earth: coordinates, and how far two places are apart. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from models.errors import InputError

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth, (2a + b) / 3 of its reference ellipsoid (IUGG; H. Moritz, Geodetic Reference System 1980)."""
_MOST = {"latitude": 90, "longitude": 180}


@dataclass(frozen=True, slots=True)
class Point:
    """A place on earth, in degrees: latitude −90 … 90 (north is positive), longitude −180 … 180 (east is positive)."""

    latitude: float
    longitude: float


def point_of(latitude: float | None, longitude: float | None) -> Point | None:
    """The point of two columns, None where they are empty."""
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def kilometres(a: Point, b: Point) -> float:
    """Great-circle distance on a sphere of EARTH_RADIUS_KM, by the haversine formula (R. W. Sinnott, Virtues of the Haversine,
    Sky and Telescope 68, 1984): no road is shorter. The true figure of the earth differs from it by 0.6 % at most."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    h = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, h)))            # rounding may lift h above 1 at opposite ends


def check_coordinates(what: str, values: Mapping[str, Any]) -> None:
    """Raises InputError for `latitude` and `longitude` that are no point; `what`: whose they are."""
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        raise InputError(f"{what}: latitude and longitude belong together; give both or none.", code="half_coordinates")
    for name, most in _MOST.items():
        if values.get(name) is not None and not -most <= values[name] <= most:
            raise InputError(f"{what}: {name} lies between −{most} and {most} degrees.", code="out_of_range")

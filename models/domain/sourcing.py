"""Rules by which locations are chosen for an order, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.order_work import OrderSource


class Criterion(StrEnum):
    """What makes one choice of locations better than another that covers as much."""

    FEWEST_LOCATIONS = "fewest_locations"    # one if possible
    PRIORITY = "priority"                    # the locations' own ranks
    SAME_COUNTRY = "same_country"            # those in the country the goods go to
    COST = "cost"                            # of one fulfilment order there
    DISTANCE = "distance"                    # kilometres to where the goods go, or by postcode without coordinates


@dataclass(frozen=True, slots=True)
class SourcingRule:
    """How to choose locations. `sources` and `countries` (ISO 3166-1 alpha-2) say which orders it is for; empty: all.

    `pool`: also the locations set aside for this pool serve the order; `max_locations`: never more parts than this;
    `max_km`: no location known to be farther from where the goods go; `ship_complete`: everything or nothing.
    """

    prefer: tuple[Criterion, ...] = (Criterion.FEWEST_LOCATIONS, Criterion.PRIORITY)
    sources: tuple[OrderSource, ...] = ()
    countries: tuple[str, ...] = ()
    pool: str | None = None
    max_locations: int | None = None
    ship_complete: bool = False
    max_km: int | None = None

"""What is looked after now and then: one thread goes round, and each round has its own pace.

A round does what is due and returns; it must be harmless to do twice and from several processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from app.bootstrap import Rooms
from intake.retention.service import erase_due
from oms.events.follow import follow
from oms.exceptions.sweep import sweep_exceptions
from oms.inventory.expiry import expire_promises
from oms.inventory.reconcile import reconcile, report_differences
from oms.metrics.outlook import renew_forecasts
from oms.orders.checking.service import recheck_holds
from oms.orders.offers.service import expire_offers
from runtime import house
from runtime.clock import now
from runtime.log import get_logger

log = get_logger("rounds")
TICK_S = 0.5


@dataclass(frozen=True, slots=True)
class Round:
    """One thing to see to every so many seconds."""

    name: str
    every_s: float
    run: Callable[[Rooms], object]


def tell_followers(rooms: Rooms) -> None:
    """Let every follower of the audit chain handle what it has not seen."""
    for follower in rooms.followers:
        while follow(rooms.db, follower):
            pass


def _reconcile_stock(rooms: Rooms) -> None:
    with rooms.db.read() as db:                         # adding up takes a while; nobody waits for it
        found = reconcile(db)
    with rooms.db.write() as db:
        report_differences(db, found)


def adopt_house(rooms: Rooms) -> None:
    """Take up what administrators said about the house, in whatever process."""
    with rooms.db.read() as db:
        if house.adopt(db, rooms.settings):
            rooms.__dict__.pop("followers", None)       # they are made with the house's name and address


ROUNDS: tuple[Round, ...] = (
    Round("house", 5.0, adopt_house),
    Round("events", 1.0, tell_followers),
    Round("allocation", 2.0, lambda rooms: rooms.allocation.run_when_woken()),
    Round("promises", 60.0, lambda rooms: expire_promises(rooms.db, rooms.settings.promise_hours)),
    Round("stock books", 3600.0, _reconcile_stock),
    Round("retention", 600.0, lambda rooms: erase_due(rooms.db, rooms.blobs, now())),
    Round("exceptions", 10.0, lambda rooms: sweep_exceptions(rooms.db)),
    Round("holds", 30.0, lambda rooms: recheck_holds(rooms.db)),
    Round("forecasts", 60.0, lambda rooms: renew_forecasts(rooms.db, now())),
    Round("offers", 60.0, lambda rooms: expire_offers(rooms.db)),
)


def go_round(rooms: Rooms, stop: Event, rounds: tuple[Round, ...] = ROUNDS) -> None:
    """Run what is due until `stop` is set. A round that fails is logged and comes again at its next turn."""
    due = dict.fromkeys((r.name for r in rounds), 0.0)
    while not stop.is_set():
        for r in rounds:
            if time.monotonic() >= due[r.name] and not stop.is_set():
                _run(r, rooms)
                due[r.name] = time.monotonic() + r.every_s
        stop.wait(TICK_S)


def _run(r: Round, rooms: Rooms) -> None:
    try:
        r.run(rooms)
    except Exception as e:                              # a database that is away for a while must not end the thread
        log.error("round.failed", round=r.name, error=str(e), kind=type(e).__name__)

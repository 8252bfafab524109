"""Run everything that waits, then stop: what `ordermill sweep` and the demo do."""

from __future__ import annotations

import time
from collections.abc import Callable

from app import pipeline
from app.bootstrap import Rooms
from app.rounds import adopt_house, tell_followers
from app.work import free_leases_of_the_dead
from runtime.workflows import Workflows


def drain(rooms: Rooms, *, on_progress: Callable[[int], None] = lambda waiting: None) -> None:
    """Start what a crash left, work until nothing waits for an automatic step, tell the followers of events, and empty the
    outbox of what is due.

    `on_progress` gets the number of rows still waiting, several times a second.
    """
    adopt_house(rooms)
    pipeline.bind(rooms)
    workflows = Workflows(rooms.db, data=rooms.settings.data, concurrency=rooms.settings.workers)
    workflows.launch()
    try:
        sweeper = pipeline.Sweeper(rooms, workflows)
        tell_followers(rooms)                       # of what other processes did
        while waiting := sweeper.sweep():
            on_progress(waiting)
            time.sleep(0.1)
        on_progress(0)
        tell_followers(rooms)                       # of what was done here
        free_leases_of_the_dead(rooms.db, rooms.dispatcher)
        rooms.dispatcher.drain()
    finally:
        workflows.close()

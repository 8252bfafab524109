"""The threads of a working process: sweeper, heartbeat, outbox, rounds, learning, mailboxes, folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType

from sqlalchemy import select

from app import erp, pipeline
from app.bootstrap import Rooms
from app.mailboxes import MailboxCrew
from app.rounds import go_round
from intake.folder import FolderWatcher
from matching.nightly import learn_at_night
from models.tables.outbox import OutboxRow
from oms.erp import pulls
from oms.outbox.dispatch import Dispatcher
from runtime.clock import now
from runtime.db import Database
from runtime.log import get_logger
from runtime.processes import is_gone
from runtime.workflows import Workflows

SWEEP_EVERY_S = 0.5
BEAT_EVERY_S = 5.0
ERP_LOOK_EVERY_S = 10.0
LEARN_LOOK_EVERY_S = 600.0

log = get_logger("work")


def free_leases_of_the_dead(database: Database, dispatcher: Dispatcher) -> None:
    """Free the outgoing messages that a process of this machine held when it died; no need to wait for their leases."""
    at = now()
    with database.read() as db:
        holders = db.execute(select(OutboxRow.holder).where(OutboxRow.lease_until > at).distinct()).scalars().all()
    for holder in holders:
        if holder and is_gone(holder):
            dispatcher.take_over(holder)


class Work:
    """Use as a context manager: entering starts the engine and the threads, leaving stops them.

    With `receive` it also polls the mailboxes and watches the folder; leases make several of them harmless.
    """

    def __init__(self, rooms: Rooms, *, receive: bool) -> None:
        self._rooms = rooms
        self._stop = threading.Event()
        self._wake = threading.Event()
        self.workflows = Workflows(rooms.db, data=rooms.settings.data, concurrency=rooms.settings.workers)
        self.sweeper = pipeline.Sweeper(rooms, self.workflows)
        self._threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in self._jobs(receive)]

    def _jobs(self, receive: bool) -> list[tuple[str, Callable[[], None]]]:
        jobs: list[tuple[str, Callable[[], None]]] = [
            ("sweeper", self._sweep),
            ("heartbeat", self._beat),
            ("rounds", partial(go_round, self._rooms, self._stop)),
            ("outbox", partial(self._rooms.dispatcher.run, self._stop)),
            ("learning", self._learn),
        ]
        if pulls.nouns_of(self._rooms.erp):
            jobs.append(("erp", self._look_at_the_erp))
        if receive:
            settings = self._rooms.settings
            jobs.append(("mailboxes", partial(MailboxCrew(self._rooms).run, self._stop)))
            if settings.folder_watch:
                folder = FolderWatcher(settings.folder_watch, self._rooms.receiver, max_bytes=settings.upload_max_bytes)
                jobs.append(("folder", partial(folder.run, self._stop)))
        return jobs

    def nudge(self) -> None:
        """Say that there is something to do; the sweeper looks at once instead of in half a second."""
        self._wake.set()

    def __enter__(self) -> Work:
        log.info("sandbox.mode", mode=self._rooms.sandbox.mode)      # refuses to start without walls, unless told to
        pipeline.bind(self._rooms)
        self.workflows.launch()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self.workflows.close()

    def _sweep(self) -> None:
        while not self._stop.is_set():
            self._guarded("sweep", self.sweeper.sweep)
            self._wake.wait(SWEEP_EVERY_S)
            self._wake.clear()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_EVERY_S):
            self._guarded("beat", self.workflows.beat)
            self._guarded("leases", partial(free_leases_of_the_dead, self._rooms.db, self._rooms.dispatcher))

    def _look_at_the_erp(self) -> None:
        while not self._stop.wait(ERP_LOOK_EVERY_S):
            self._guarded("erp", partial(erp.look, self._rooms))

    def _learn(self) -> None:
        rooms = self._rooms

        def go_on(done: int, whole: int) -> None:
            if self._stop.is_set():
                raise InterruptedError(f"stopped after {done} of {whole} cases; the next night begins anew")

        while not self._stop.wait(LEARN_LOOK_EVERY_S):
            self._guarded("learning", lambda: learn_at_night(rooms.db, rooms.index, rooms.policy, now(), on_progress=go_on))

    def _guarded(self, what: str, job: Callable[[], object]) -> None:
        # A database that is away for a while must not end the thread: it tries again at the next turn.
        try:
            job()
        except Exception as e:
            log.error("work.failed", what=what, error=str(e), kind=type(e).__name__)

"""Watches every mailbox in force; one that is set up, changed or closed on screen is taken up or left within seconds."""

from __future__ import annotations

import threading
from functools import partial

from app.bootstrap import Rooms
from intake.mail.boxes import mailboxes_in_force
from intake.mail.watch import MailboxWatcher
from runtime.log import get_logger
from runtime.seal import Seal
from runtime.settings import MailboxSettings

log = get_logger("mailboxes")
LOOK_EVERY_S = 2.0


class MailboxCrew:
    """One thread a mailbox. A mailbox whose settings changed gets a new thread once the old one has let go."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._watched: dict[str, tuple[MailboxSettings, threading.Event, threading.Thread]] = {}

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set."""
        while not stop.is_set():
            try:
                self._look()
            except Exception as e:              # a database that is away for a while must not end the thread
                log.error("mailboxes.failed", error=str(e), kind=type(e).__name__)
            stop.wait(LOOK_EVERY_S)
        for _, ended, _ in self._watched.values():
            ended.set()
        for _, _, thread in self._watched.values():
            thread.join(timeout=5)

    def _look(self) -> None:
        settings = self._rooms.settings
        with self._rooms.db.read() as db:
            wanted = {box.name: box for box in mailboxes_in_force(db, settings, Seal(settings.data))}
        for name, (box, ended, thread) in list(self._watched.items()):
            if wanted.get(name) != box:
                ended.set()
            if not thread.is_alive():
                del self._watched[name]
        for name, box in wanted.items():
            if name not in self._watched:
                self._watched[name] = self._start(box)

    def _start(self, box: MailboxSettings) -> tuple[MailboxSettings, threading.Event, threading.Thread]:
        rooms, settings = self._rooms, self._rooms.settings
        watcher = MailboxWatcher(
            box, rooms.receiver, rooms.db, holder=rooms.holder, poll_every_s=settings.mail_poll_every_s,
            whole_up_to=settings.mail_max_bytes)
        ended = threading.Event()
        thread = threading.Thread(target=partial(watcher.run, ended), name=f"mailbox-{box.name}", daemon=True)
        thread.start()
        return box, ended, thread

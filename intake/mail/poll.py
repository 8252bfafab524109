"""One pass over a mailbox: list, fetch what is not known, store, and only then move to the done folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import update

from intake.mail import seen
from intake.mail.acknowledge import done_folder, move_mails
from intake.mail.boxes import mailboxes_in_force
from intake.mail.connect import Line, open_mailbox
from intake.mail.errors import CommandRefused, MailboxBusy, MailboxDown, Unfetchable, Vanished
from intake.mail.fetch import announced_sizes, fetch_mail
from intake.mail.lease import Lease
from intake.receive import Receiver
from models.domain.messages import Source
from models.errors import ServiceError, TransientError
from models.tables.intake import MailboxRow
from runtime.blobs import Blobs
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.faults import fault_point
from runtime.log import get_logger
from runtime.processes import process_name
from runtime.seal import Seal
from runtime.settings import MailboxSettings, Settings

MOVE_AT_ONCE = 50
WHOLE_UP_TO = 50 * 2**20

log = get_logger("intake.mail")


@dataclass(slots=True)
class PollReport:
    """What one pass did. `code` and `sentence` say why it ended early; then the rest waits for the next pass."""

    account: str
    folder: str
    taken: int = 0             # new messages
    carried: int = 0           # known mails met again under a new UIDVALIDITY
    moved: int = 0             # into the done folder
    failed: int = 0            # could not be fetched; tried again in the next pass
    given_up: int = 0          # could not be fetched for the last time: left alone, shown to operations
    vanished: int = 0          # gone before we could fetch them
    code: str | None = None
    sentence: str | None = None


def poll_all(settings: Settings, db: Database, blobs: Blobs) -> list[PollReport]:
    """One pass over every mailbox in force, one after the other."""
    receiver = Receiver(db, blobs)
    holder = process_name()
    with db.read() as session:
        boxes = mailboxes_in_force(session, settings, Seal(settings.data))
    return [poll_once(box, receiver, db, holder=holder, whole_up_to=settings.mail_max_bytes) for box in boxes]


def poll_once(
    box: MailboxSettings, receiver: Receiver, db: Database, *, holder: str, whole_up_to: int = WHOLE_UP_TO, clock: Clock = now,
) -> PollReport:
    """Connect, make one pass, disconnect. What goes wrong with the mailbox is in the report and in the mailbox's row."""
    poller = Poller(box, receiver, db, holder=holder, whole_up_to=whole_up_to, clock=clock)
    try:
        with open_mailbox(box) as line:
            return poller.poll(line)
    except TransientError as e:
        return poller.note_error(e)


class Poller:
    """Makes passes over one mailbox folder."""

    def __init__(
        self, box: MailboxSettings, receiver: Receiver, db: Database, *,
        holder: str, whole_up_to: int = WHOLE_UP_TO, clock: Clock = now,
    ) -> None:
        self.box = box
        self._receiver = receiver
        self._db = db
        self._holder = holder
        self._whole_up_to = whole_up_to
        self._clock = clock
        self._report = PollReport(box.name, box.folder)

    def poll(self, line: Line) -> PollReport:
        """One pass. Raises TransientError (MailboxBusy, MailboxDown, StorageFull …) when it cannot be finished."""
        self._report = PollReport(self.box.name, self.box.folder)
        with self._lease() as lease:
            self._take_new(line, lease)
        self._note(last_poll_at=self._clock(), last_error=None)
        return self._report

    def note_error(self, error: ServiceError) -> PollReport:
        """Show in the mailbox's row, and in the report of the broken-off pass, why it ended."""
        self._report.code, self._report.sentence = error.code, error.sentence
        if not isinstance(error, MailboxBusy):
            Lease(self._db, self.box.name, self.box.folder, holder=self._holder, clock=self._clock).ensure_row()
            self._note(last_error_at=self._clock(), last_error=f"{error.code}: {error.sentence}")
            log.warning("mail.poll_failed", mailbox=self.box.name, code=error.code, reason=error.sentence)
        return self._report

    @contextmanager
    def _lease(self) -> Iterator[Lease]:
        lease = Lease(self._db, self.box.name, self.box.folder, holder=self._holder, clock=self._clock)
        if not lease.acquire():
            raise MailboxBusy(f"Another poller is working on {self.box.folder} of {self.box.name}; there is nothing to do here.")
        try:
            yield lease
        finally:
            lease.release()

    def _take_new(self, line: Line, lease: Lease) -> None:
        folder = self._select(line)
        done = done_folder(line, self.box.done_folder)
        on_server = sorted(line.ask(lambda imap: imap.search("ALL")))
        with self._db.write() as db:
            seen.forget_failures(db, folder, on_server)
            known = seen.known_uids(db, folder, lowest=on_server[0] if on_server else 0)
            failed = seen.failures(db, folder)
        self._move(line, folder, done, [uid for uid in on_server if known.get(uid) is False])
        for batch in _batches(seen.plan_fetches(on_server, known, failed)):
            self._take_batch(line, lease, folder, done, batch)

    def _select(self, line: Line) -> seen.FolderId:
        uidvalidity = line.ask(lambda imap: imap.select_folder(self.box.folder)).get(b"UIDVALIDITY")
        if uidvalidity is None:
            raise CommandRefused(
                f"{self.box.host} gives {self.box.folder} no UIDVALIDITY, so its mails cannot be told apart; use another folder.",
                code="mailbox_no_uidvalidity")
        return seen.FolderId(self.box.name, self.box.folder, int(uidvalidity))

    def _take_batch(self, line: Line, lease: Lease, folder: seen.FolderId, done: str | None, uids: list[int]) -> None:
        sizes = announced_sizes(line, uids)
        stored = []
        for uid in uids:
            if not lease.renew():
                raise MailboxBusy(f"Another poller took over {self.box.folder} of {self.box.name}; it goes on there.")
            if self._take(line, folder, uid, sizes.get(uid)):
                stored.append(uid)
        self._move(line, folder, done, stored)

    def _take(self, line: Line, folder: seen.FolderId, uid: int, announced: int | None) -> bool:
        """Fetch and store one mail; True when it is safe. A broken line is counted against the mail, then raised."""
        try:
            chunks = fetch_mail(line, uid, announced, whole_up_to=self._whole_up_to)
            fault_point("poll.fetched")
            received = self._receiver.receive(
                chunks, source=Source.MAIL, account=self.box.name, identity=seen.MailIdentity(folder, uid))
        except Vanished:
            self._report.vanished += 1
            return False
        except Unfetchable as e:
            self._count_failure(folder, uid, e)
            return False
        except MailboxDown as e:
            self._count_failure(folder, uid, Unfetchable(e.sentence, code=seen.CONNECTION_LOST))
            raise
        self._report.taken += received.is_new
        self._report.carried += not received.is_new
        return True

    def _count_failure(self, folder: seen.FolderId, uid: int, error: Unfetchable) -> None:
        with self._db.write() as db:
            tries = seen.count_failure(db, folder, uid, error, self._clock())
        is_given_up = seen.is_given_up(tries, error.code)
        self._report.given_up += is_given_up
        self._report.failed += not is_given_up
        log.warning("mail.fetch_failed", mailbox=self.box.name, uid=uid, code=error.code, tries=tries)

    def _move(self, line: Line, folder: seen.FolderId, done: str | None, uids: list[int]) -> None:
        for batch in _batches(uids):
            if done is None or not move_mails(line, batch, done):
                return
            fault_point("poll.moved")
            with self._db.write() as db:
                seen.note_moved(db, folder, batch)
            self._report.moved += len(batch)

    def _note(self, **values: object) -> None:
        with self._db.write() as db:
            db.execute(
                update(MailboxRow).where(MailboxRow.account == self.box.name, MailboxRow.folder == self.box.folder)
                .values(**values))


def _batches(uids: list[int]) -> Iterable[list[int]]:
    return (uids[at:at + MOVE_AT_ONCE] for at in range(0, len(uids), MOVE_AT_ONCE))

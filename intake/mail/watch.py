"""Watching one mailbox: IDLE for speed, a poll beside it for certainty, and a way back from every fault."""

from __future__ import annotations

import random
import ssl
import time
from threading import Event

from imapclient import IMAPClient

from intake.mail.connect import READ_TIMEOUT_S, Line, open_mailbox
from intake.mail.errors import LoginRefused, MailboxBusy, MailboxDown
from intake.mail.poll import WHOLE_UP_TO, Poller
from intake.receive import Receiver
from models.errors import ServiceError, TransientError
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.log import get_logger
from runtime.settings import MailboxSettings

IDLE_AT_MOST_S = 540.0          # servers may hang up after 30 minutes, routers often after 10 (RFC 2177)
BACKOFF_AT_MOST_S = 30.0
AFTER_REFUSED_LOGIN_S = 60.0    # more often, and the server may lock the account
LOOK_UP_S = 1.0                 # how soon a stop is noticed

log = get_logger("intake.mail")


class MailboxWatcher:
    """Polls one mailbox until it is told to stop. A dead line costs at most one poll interval."""

    def __init__(
        self, box: MailboxSettings, receiver: Receiver, db: Database, *,
        holder: str, poll_every_s: float = 60.0, whole_up_to: int = WHOLE_UP_TO, clock: Clock = now,
    ) -> None:
        self._poller = Poller(box, receiver, db, holder=holder, whole_up_to=whole_up_to, clock=clock)
        self._box = box
        self._poll_every_s = poll_every_s
        self._faults = 0

    def run(self, stop: Event) -> None:
        """Watch until `stop` is set; returns within about a second, or when the command under way has its answer.

        Never raises: whatever happens is logged, shown in the mailbox's row, and tried again.
        """
        while not stop.is_set():
            try:
                with open_mailbox(self._box) as line:
                    self._watch(line, stop)
            except Exception as e:
                self._show(e)
                stop.wait(self._pause(e))

    def _watch(self, line: Line, stop: Event) -> None:
        while not stop.is_set():
            is_quiet = self._poll(line)
            self._faults = 0
            if is_quiet:
                line.ask(lambda imap: wait_for_mail(imap, stop, self._poll_every_s))

    def _poll(self, line: Line) -> bool:
        """One pass; True when it found nothing to do. After work the server may have told of newer mail along the way, and
        would not tell again in IDLE, so the next pass follows at once."""
        try:
            report = self._poller.poll(line)
        except MailboxBusy:
            log.info("mail.busy_elsewhere", mailbox=self._box.name)
            return True
        return not (report.taken or report.carried or report.moved)

    def _show(self, error: Exception) -> None:
        if not isinstance(error, ServiceError):
            log.exception("mail.watcher_fault", mailbox=self._box.name)
            error = TransientError(f"Polling {self._box.name} failed ({type(error).__name__}); see the log.", code="poll_failed")
        try:
            self._poller.note_error(error)
        except Exception:
            log.exception("mail.error_not_noted", mailbox=self._box.name)     # the database is away as well

    def _pause(self, error: Exception) -> float:
        if isinstance(error, LoginRefused):
            return AFTER_REFUSED_LOGIN_S
        self._faults += 1
        return backoff_s(self._faults)


def backoff_s(faults: int) -> float:
    """Seconds to wait after so many faults in a row: doubled each time, at most 30, with jitter so that pollers spread."""
    return float(min(BACKOFF_AT_MOST_S, 2.0 ** min(faults, 10)) * random.uniform(0.5, 1.0))


def wait_for_mail(imap: IMAPClient, stop: Event, poll_every_s: float) -> None:
    """Return when the server reports something, at the time of the next poll, or when `stop` is set.

    Seven tenths of the interval are spent in IDLE; the rest is what a dead line may take to show itself.
    """
    if not imap.has_capability("IDLE"):
        stop.wait(poll_every_s)
        return
    until = time.monotonic() + min(IDLE_AT_MOST_S, 0.7 * poll_every_s)
    answer_within_s = max(1.0, 0.1 * min(poll_every_s, READ_TIMEOUT_S))
    imap.socket().settimeout(answer_within_s)
    imap.idle()
    if not _has_news_already(imap):
        _idle(imap, stop, until)
    imap.socket().settimeout(answer_within_s)       # looking for news has put the long one back
    imap.idle_done()
    imap.socket().settimeout(READ_TIMEOUT_S)


def _idle(imap: IMAPClient, stop: Event, until: float) -> None:
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        begun = time.monotonic()
        if imap.idle_check(timeout=min(LOOK_UP_S, left)):
            return
        if time.monotonic() - begun < min(LOOK_UP_S, left) / 2:
            raise MailboxDown("The server hung up while we were waiting for mail.")      # readable at once, and nothing to read


def _has_news_already(imap: IMAPClient) -> bool:
    """True when the server's report came in one piece with its answer to IDLE: mail that arrived since the last poll.

    It lies in imaplib's buffer then, where IMAPClient, which watches the socket, would see it only when IDLE ends.
    """
    imap.socket().setblocking(False)
    try:
        return bool(imap._imap.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        imap.socket().setblocking(True)

"""One poller per mailbox folder at a time: a lease in the mailbox's row, taken and renewed by compare-and-set."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.exc import IntegrityError

from models.tables.intake import MailboxRow
from runtime.clock import Clock
from runtime.db import Database
from runtime.processes import is_gone

LEASE = timedelta(seconds=120)
RENEW_AFTER = timedelta(seconds=30)


class Lease:
    """The right to work on one folder. The database's keys keep mail single even where a lease fails; this saves the work."""

    def __init__(self, db: Database, account: str, folder: str, *, holder: str, clock: Clock) -> None:
        self._db = db
        self._account = account
        self._folder = folder
        self._holder = f"{holder[:48]}-{secrets.token_hex(4)}"
        self._clock = clock
        self._renewed_at: datetime | None = None

    def acquire(self) -> bool:
        """True when the folder is ours now."""
        self.ensure_row()
        at = self._clock()
        holder = self._current_holder()
        # A lease that ends much later than one can be given was written by a clock that has since been set back. Not just
        # later: whoever waited for the database's lock has looked at the clock before the one that got it first.
        is_free = or_(
            MailboxRow.holder.is_(None), MailboxRow.lease_until.is_(None),
            MailboxRow.lease_until < at, MailboxRow.lease_until > at + 2 * LEASE)
        if holder and is_gone(holder):
            is_free = or_(is_free, MailboxRow.holder == holder)
        return self._set(is_free, at)

    def _current_holder(self) -> str | None:
        with self._db.read() as db:
            row = db.get(MailboxRow, (self._account, self._folder))
            return row.holder if row else None

    def renew(self) -> bool:
        """Keep the lease; writes at most every 30 s. False when somebody else took it meanwhile: stop working."""
        at = self._clock()
        if self._renewed_at is not None and timedelta(0) <= at - self._renewed_at < RENEW_AFTER:
            return True
        return self._set(MailboxRow.holder == self._holder, at)

    def release(self) -> None:
        """Give the folder back."""
        with self._db.write() as db:
            db.execute(
                update(MailboxRow).where(self._row(), MailboxRow.holder == self._holder).values(holder=None, lease_until=None))

    def _set(self, condition: ColumnElement[bool], at: datetime) -> bool:
        with self._db.write() as db:
            done = db.execute(
                update(MailboxRow).where(self._row(), condition).values(holder=self._holder, lease_until=at + LEASE))
        is_ours = bool(done.rowcount == 1)      # type: ignore[attr-defined]
        self._renewed_at = at if is_ours else None
        return is_ours

    def _row(self) -> ColumnElement[bool]:
        return and_(MailboxRow.account == self._account, MailboxRow.folder == self._folder)

    def ensure_row(self) -> None:
        """Make the row of this folder unless it is there."""
        with self._db.read() as db:
            if db.get(MailboxRow, (self._account, self._folder)) is not None:
                return
        try:
            with self._db.write() as db:
                db.add(MailboxRow(account=self._account, folder=self._folder))
        except IntegrityError:
            return          # another poller made it first

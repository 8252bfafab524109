"""What we know of each mail on the server: stored, moved, or failed. Nothing here depends on the \\Seen flag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from intake.mail.errors import Unfetchable
from intake.receive import Stored
from models.tables.intake import MailFailureRow, MailSeenRow

TRIES = 5
TRIES_OF_A_BROKEN_LINE = 20
CONNECTION_LOST = "connection_lost"


@dataclass(frozen=True, slots=True)
class FolderId:
    """One folder of one account under one UIDVALIDITY: the space in which a UID means one mail for ever (RFC 9051, 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int

    def rows(self, table: type[MailSeenRow] | type[MailFailureRow]) -> ColumnElement[bool]:
        """The condition that picks this folder's rows."""
        return and_(
            table.account == self.account, table.folder == self.folder, table.uidvalidity == self.uidvalidity)

    def key(self, uid: int) -> dict[str, Any]:
        """The primary key of one mail's row, as column values."""
        return {"account": self.account, "folder": self.folder, "uidvalidity": self.uidvalidity, "uid": uid}


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """The identity of a fetched mail, as `Receiver.receive` wants it."""

    folder: FolderId
    uid: int

    def settle(self, db: Session, stored: Stored, new_message: Callable[[], int]) -> int:
        """The message this UID is, the message the same bytes were under an older UIDVALIDITY, or a new one."""
        mine = self.folder.key(self.uid)
        db.execute(delete(MailFailureRow).where(self.folder.rows(MailFailureRow), MailFailureRow.uid == self.uid))
        seen = db.get(MailSeenRow, mine)
        if seen is not None:
            return seen.message_id
        message_id = self._carry(db, stored.sha256) or new_message()
        db.add(MailSeenRow(**mine, message_id=message_id, sha256=stored.sha256))
        db.flush()
        return message_id

    def _carry(self, db: Session, sha256: str) -> int | None:
        """The message of an equal mail of an earlier UIDVALIDITY. Each earlier mail is carried over once, so that two equal
        mails stay two."""
        earlier = select(MailSeenRow.uidvalidity, MailSeenRow.uid, MailSeenRow.message_id).where(
            MailSeenRow.sha256 == sha256, MailSeenRow.account == self.folder.account,
            MailSeenRow.folder == self.folder.folder, MailSeenRow.uidvalidity != self.folder.uidvalidity,
            MailSeenRow.carried.is_(False)).order_by(MailSeenRow.uidvalidity, MailSeenRow.uid).limit(1)
        while (found := db.execute(earlier).one_or_none()) is not None:
            before = FolderId(self.folder.account, self.folder.folder, found.uidvalidity)
            claimed = db.execute(
                update(MailSeenRow).where(before.rows(MailSeenRow), MailSeenRow.uid == found.uid)
                .where(MailSeenRow.carried.is_(False)).values(carried=True))
            if claimed.rowcount == 1:      # type: ignore[attr-defined]
                return int(found.message_id)
        return None


def known_uids(db: Session, folder: FolderId, *, lowest: int) -> dict[int, bool]:
    """UID → moved, of every mail from `lowest` up that is safely stored."""
    rows = db.execute(select(MailSeenRow.uid, MailSeenRow.moved).where(folder.rows(MailSeenRow), MailSeenRow.uid >= lowest))
    return {row.uid: row.moved for row in rows}


def note_moved(db: Session, folder: FolderId, uids: list[int]) -> None:
    """The server's copies of these mails are in the done folder."""
    db.execute(update(MailSeenRow).where(folder.rows(MailSeenRow), MailSeenRow.uid.in_(uids)).values(moved=True))


def failures(db: Session, folder: FolderId) -> dict[int, tuple[int, str]]:
    """UID → (tries, code) of the mails that could not be fetched so far."""
    rows = db.execute(select(MailFailureRow).where(folder.rows(MailFailureRow))).scalars()
    return {row.uid: (row.tries, row.code) for row in rows}


def forget_failures(db: Session, folder: FolderId, on_server: list[int]) -> None:
    """Drop the failures of mails that somebody moved or deleted, and those noted under an earlier UIDVALIDITY."""
    rows = db.execute(select(MailFailureRow).where(
        MailFailureRow.account == folder.account, MailFailureRow.folder == folder.folder)).scalars()
    present = set(on_server)
    for row in rows:
        if row.uidvalidity != folder.uidvalidity or row.uid not in present:
            db.delete(row)


def count_failure(db: Session, folder: FolderId, uid: int, error: Unfetchable, at: datetime) -> int:
    """Note one more failed try; returns how many there are."""
    row = db.get(MailFailureRow, folder.key(uid))
    if row is None:
        row = MailFailureRow(**folder.key(uid), tries=0, code=error.code, sentence=error.sentence, last_at=at)
        db.add(row)
    row.tries, row.code, row.sentence, row.last_at = row.tries + 1, error.code, error.sentence, at
    db.flush()
    return row.tries


def is_given_up(tries: int, code: str) -> bool:
    """True when a mail is left alone and shown as failed.

    A broken line says less about the mail than an answer does: cut lines are common, so they get more tries, and last in order.
    """
    return tries >= (TRIES_OF_A_BROKEN_LINE if code == CONNECTION_LOST else TRIES)


def plan_fetches(on_server: list[int], known: dict[int, bool], failed: dict[int, tuple[int, str]]) -> list[int]:
    """The mails to fetch, in order: fresh ones by UID, then those that failed, the least tried first."""
    wanted = [uid for uid in on_server if uid not in known and not is_given_up(*failed.get(uid, (0, "")))]
    return sorted(wanted, key=lambda uid: (failed.get(uid, (0, ""))[0], uid))

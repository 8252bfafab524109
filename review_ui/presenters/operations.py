"""What operations see: mailboxes, mails that could not be fetched, the outbox, workers; each red thing says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake.mail.boxes import mailboxes_in_force
from models.domain.outbox import Channel
from models.domain.states import CaseState, MessageState, OutboxState
from models.tables.cases import CaseRow
from models.tables.intake import MailboxRow, MailFailureRow, MessageRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.work import WorkerRow
from runtime.seal import Seal
from runtime.settings import Settings

SILENT_AFTER = timedelta(seconds=60)
FORGET_AFTER = timedelta(days=1)
MISSED_POLLS = 5
MOST = 200


@dataclass(frozen=True, slots=True)
class Health:
    """Whether something is well; `sentence` says what to do when it is not."""

    is_well: bool
    word: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """One polled folder, or one that is set and was never polled."""

    account: str
    folder: str
    last_poll_at: datetime | None
    health: Health


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that could not be fetched; the four parts of its identity make its key."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    tries: int
    code: str
    sentence: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class OutgoingShown:
    """One message of the outbox that is not done. `can_decide`: a person may resend it or give it up."""

    id: int
    channel: Channel
    kind: str
    order_no: str
    case_id: int | None
    state: OutboxState
    tries: int
    code: str
    sentence: str
    created_at: datetime
    next_at: datetime
    can_decide: bool


@dataclass(frozen=True, slots=True)
class WorkerShown:
    """One worker process."""

    name: str
    started_at: datetime
    heartbeat_at: datetime
    health: Health


@dataclass(frozen=True, slots=True)
class Operations:
    """The whole page."""

    mailboxes: tuple[MailboxHealth, ...]
    failed_mails: tuple[FailedMail, ...]
    outbox: tuple[OutgoingShown, ...]
    outbox_counts: Mapping[OutboxState, int]
    workers: tuple[WorkerShown, ...]
    stuck: Mapping[str, int]


def _mailbox_health(row: MailboxRow | None, now: datetime, poll_every_s: int) -> Health:
    if row is None or row.last_poll_at is None:
        error = f" {row.last_error}" if row and row.last_error else ""
        return Health(False, "Never polled", f"Start a worker, or check host, user and password.{error}")
    if row.last_error_at and row.last_error_at > row.last_poll_at:
        return Health(False, "Failing", f"{row.last_error} Mails stay on the server; check the mailbox’s settings.")
    if now - row.last_poll_at > timedelta(seconds=MISSED_POLLS * poll_every_s):
        return Health(False, "Silent", "No poll went through for a while. Check that a worker is running.")
    return Health(True, "Polling")


def _mailboxes(db: Session, settings: Settings, now: datetime) -> tuple[MailboxHealth, ...]:
    rows = {(row.account, row.folder): row for row in db.execute(select(MailboxRow)).scalars()}
    wanted = [(box.name, box.folder) for box in mailboxes_in_force(db, settings, Seal(settings.data))]
    keys = dict.fromkeys([*wanted, *sorted(rows)])
    return tuple(
        MailboxHealth(
            account, folder, rows[account, folder].last_poll_at if (account, folder) in rows else None,
            _mailbox_health(rows.get((account, folder)), now, settings.mail_poll_every_s))
        for account, folder in keys)


def _failed_mails(db: Session) -> tuple[FailedMail, ...]:
    rows = db.execute(select(MailFailureRow).order_by(MailFailureRow.last_at.desc()).limit(MOST)).scalars()
    return tuple(
        FailedMail(r.account, r.folder, r.uidvalidity, r.uid, r.tries, r.code, r.sentence, r.last_at) for r in rows)


def _outbox(db: Session, now: datetime) -> tuple[OutgoingShown, ...]:
    urgent = OutboxRow.state.in_((OutboxState.FAILED, OutboxState.UNKNOWN))
    rows = db.execute(
        select(OutboxRow, SalesOrderRow.order_no).outerjoin(SalesOrderRow, SalesOrderRow.id == OutboxRow.order_id)
        .where(OutboxRow.state != OutboxState.SENT, or_(OutboxRow.code.is_(None), OutboxRow.code != "given_up"))
        .order_by(urgent.desc(), OutboxRow.id).limit(MOST))
    return tuple(
        OutgoingShown(
            row.id, row.channel, row.kind, order_no or "", row.case_id, row.state, row.tries, row.code or "",
            row.sentence or "", row.created_at, row.next_at,
            can_decide=row.lease_until is None or row.lease_until < now)
        for row, order_no in rows)


def _workers(db: Session, now: datetime) -> tuple[WorkerShown, ...]:
    rows = db.execute(
        select(WorkerRow).where(WorkerRow.heartbeat_at > now - FORGET_AFTER).order_by(WorkerRow.started_at.desc())).scalars()
    return tuple(WorkerShown(f"{r.host} · {r.pid}", r.started_at, r.heartbeat_at, _worker_health(r, now)) for r in rows)


def _worker_health(row: WorkerRow, now: datetime) -> Health:
    if row.taken_over_by:
        return Health(True, "Ended", f"Its work went on with {row.taken_over_by}.")
    if now - row.heartbeat_at > SILENT_AFTER:
        return Health(False, "Silent", "Another worker takes its work over. If none is running, start one: ordermill worker.")
    return Health(True, "Working")


def load_operations(db: Session, settings: Settings, now: datetime) -> Operations:
    """Everything operations look at, the urgent first."""
    count = select(func.count())
    stuck = {
        "messages": db.execute(
            count.where(MessageRow.state.in_((MessageState.FAILED, MessageState.QUARANTINED)))).scalar_one(),
        "cases": db.execute(count.where(CaseRow.state == CaseState.FAILED)).scalar_one(),
    }
    counts = dict(db.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all())
    return Operations(
        _mailboxes(db, settings, now), _failed_mails(db), _outbox(db, now),
        {state: counts.get(state, 0) for state in OutboxState}, _workers(db, now), stuck)

"""The order of the steps, in one place: received → read → matched → approved or asked → handed over.

State rows are committed first; the sweeper finds rows that wait for an automatic step and queues a workflow under an id derived
from the row, so queueing twice is harmless and a crash costs nothing. Waiting for a person ends a workflow; the verdict is a
state the sweeper sees. Workflows take ids, hold no locks, keep slow work outside transactions, and every step may run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dbos import DBOS
from sqlalchemy import func, select

from app.answering import CODE as ANSWER
from app.bootstrap import Rooms
from app.context import context_of_row
from app.handover import hand_over_case
from app.indexing import index_words
from extraction.no_order import CODE as NOT_AN_ORDER
from extraction.no_order import why_no_order
from extraction.repository import load_readings, store_refusal, store_result
from intake.documents import store_unpacked
from intake.repository import Messages
from matching.cases import Cases
from models.domain.messages import MailKind, Source
from models.domain.states import CaseState, DocumentState, MessageState
from models.errors import ConflictError, DefectError, InputError, TransientError
from models.tables.cases import CaseRow
from models.tables.intake import DocumentRow, MessageRow
from runtime.db import Database
from runtime.faults import fault_point
from runtime.log import get_logger
from runtime.own_mail import own_addresses
from runtime.workflows import Workflows

log = get_logger("pipeline")
HAND_OVER_TRIES = 3
_rooms: Rooms | None = None


def bind(rooms: Rooms) -> None:
    """Say which rooms the workflows of this process work in. Call before the engine is launched."""
    global _rooms
    _rooms = rooms


def _here() -> Rooms:
    if _rooms is None:
        raise DefectError("The pipeline runs before its rooms are bound.")
    return _rooms


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, TransientError | ConflictError)


step = DBOS.step(retries_allowed=True, max_attempts=4, interval_seconds=1.0, backoff_rate=3.0, should_retry=_worth_another_try)


# --- read: a message becomes documents, readings, cases ------------------------------------------------------------------


@DBOS.workflow()
def read_message(message_id: int) -> None:
    """Take a message apart, read its documents, open its cases. Quarantined after three tries that did not end."""
    # Counting the try is no step on purpose: it must count again when the workflow is resumed after a crash.
    while _begin(message_id):
        try:
            for document_id in take_apart(message_id):
                read_document(document_id)
            asked = take_answer(message_id)
            _guarded("message.recall_failed", recall_kinds, message_id)
            open_cases(message_id, asked)
        except Exception as e:
            log.warning("message.try_failed", message_id=message_id, error=str(e), kind=type(e).__name__)
            note_failed_try(message_id, f"{type(e).__name__}: {e}", counts=not isinstance(e, TransientError))
            DBOS.sleep(10.0 if isinstance(e, TransientError) else 2.0)
        else:
            return


def _begin(message_id: int) -> bool:
    with _here().db.write() as db:
        return Messages(db).begin(message_id)


@step
def note_failed_try(message_id: int, reason: str, *, counts: bool) -> None:
    """Keep why the last try failed, for people to see; what is no fault of the message does not count against it."""
    with _here().db.write() as db:
        Messages(db).note(message_id, reason)
        if not counts:
            Messages(db).uncount(message_id)


@step
def take_apart(message_id: int) -> list[int]:
    """Unpack in the sandbox; returns the ids of its documents, or none when the message ends here."""
    fault_point("read.begun")
    rooms = _here()
    with rooms.db.read() as db:
        row, ours = Messages(db).get(message_id), own_addresses(db, rooms.settings)
    try:
        unpacked = rooms.unpack(rooms.blobs.get(row.sha256), is_mail=row.source is Source.MAIL, own_addresses=ours)
    except InputError as e:
        with rooms.db.write() as db:
            Messages(db).fail(message_id, e.code, e.sentence)
        return []
    with rooms.db.write() as db:
        ids = store_unpacked(db, rooms.blobs, message_id, unpacked)
        kind = Messages(db).get(message_id).kind or MailKind.ORDINARY
        if kind in IGNORED:
            Messages(db).ignore(message_id, kind.value, IGNORED[kind])
            ids = []
    fault_point("read.unpacked")
    return ids


IGNORED: Mapping[MailKind, str] = {
    MailKind.AUTO_REPLY: "An automatic answer; nothing was ordered.",
    MailKind.BOUNCE: "A mail of ours could not be delivered; see the outbox.",
    MailKind.OWN: "Sent by ourselves.",
}


@step
def read_document(document_id: int) -> None:
    """Bytes to readings; a document that cannot be read is refused with its reason, and the others go on."""
    rooms = _here()
    with rooms.db.read() as db:
        row, message = db.execute(
            select(DocumentRow, MessageRow)
            .join(MessageRow, MessageRow.id == DocumentRow.message_id)
            .where(DocumentRow.id == document_id)
        ).one()
        if row.state is not DocumentState.STORED:
            return
        bodies = db.execute(select(DocumentRow).where(
            DocumentRow.message_id == message.id, DocumentRow.is_body, DocumentRow.id != row.id,
            DocumentRow.parent_position.is_not_distinct_from(row.parent_position))).scalars().all()
        context = context_of_row(db, message, row, bodies, rooms.settings)
    try:
        result = rooms.reader.read(rooms.blobs.get(row.sha256), context)
    except InputError as e:
        with rooms.db.write() as db:
            store_refusal(db, document_id, e.code, e.sentence)
        return
    with rooms.db.write() as db:
        store_result(db, rooms.blobs, document_id, result)
    fault_point("read.document_stored")


@step
def take_answer(message_id: int) -> int | None:
    """Put in what a customer answered to a question of ours; returns the case that asked."""
    return _here().answering.take(message_id)


@step
def open_cases(message_id: int, asked: int | None) -> None:
    """Open the cases of a message whose documents have all been read, and end the message, in one transaction.

    The text of an answer belongs to the case that `asked`; orders in files beside it are orders.
    """
    with _here().db.write() as db:
        if Messages(db).get(message_id).state != MessageState.READING:
            return
        Cases(db).open_for_message(message_id, with_bodies=asked is None)
        why = why_no_order(load_readings(db, message_id))
        if asked is not None:
            Messages(db).finish(message_id, ANSWER, f"An answer to our question about case {asked}.")
        else:
            Messages(db).finish(message_id, NOT_AN_ORDER if why else None, why)
    fault_point("read.finished")


# --- match: a case gets its draft and its decision -----------------------------------------------------------------------


@DBOS.workflow()
def match_case(case_id: int) -> None:
    """Match and decide; the matcher counts tries and gives the case to operations after three."""
    _guarded("case.recall_failed", recall_forms, case_id)
    while _is(case_id, CaseState.MATCHING):
        try:
            match_once(case_id)
        except Exception as e:
            log.warning("case.try_failed", case_id=case_id, error=str(e), kind=type(e).__name__)
            DBOS.sleep(2.0)
    _guarded("case.noting_failed", note_facts, case_id)
    _guarded("case.indexing_failed", index_case, case_id)


def _guarded(event: str, step: Callable[[int], int], row_id: int) -> None:
    """Learning helps; a failure of it is logged and holds up no order."""
    try:
        step(row_id)
    except Exception as e:
        log.warning(event, id=row_id, error=str(e), kind=type(e).__name__)


@step
def recall_kinds(message_id: int) -> int:
    """Read a message that holds no order with what people said its sender's forms are; returns how many documents are orders."""
    return _here().learning.recall_kinds(message_id)


@step
def recall_forms(case_id: int) -> int:
    """Read a new case's documents with what was learned of its customer's forms; returns how many facts said something."""
    return _here().learning.recall(case_id)


@step
def note_facts(case_id: int) -> int:
    """Count the learned facts that a matched case rests on; returns how many."""
    return _here().learning.note(case_id)


@step
def index_case(case_id: int) -> int:
    """Make the words anew by which a case is found; returns how many."""
    return index_words(_here().db, _here().blobs, case_id)


@step
def learn_from(case_id: int) -> int:
    """Enter in the ledger what the corrections of an approved case teach; returns how many facts are new."""
    return _here().learning.learn(case_id)


@step
def match_once(case_id: int) -> str:
    """One pass of the matcher; returns the state the case is in now."""
    return _here().matcher.match_case(case_id).value


def _is(case_id: int, state: CaseState) -> bool:
    with _here().db.read() as db:
        return db.execute(select(CaseRow.state).where(CaseRow.id == case_id)).scalar_one() == state


# --- hand over: an approved case becomes a sales order -------------------------------------------------------------------


@DBOS.workflow()
def hand_over(case_id: int, version: int) -> None:
    """Learn from the corrections of an approved case and give it to the OMS core; after three tries that failed operations look
    at it."""
    _guarded("case.learning_failed", learn_from, case_id)
    for _ in range(HAND_OVER_TRIES):
        try:
            hand_over_once(case_id, version)
        except Exception as e:
            log.warning("handover.try_failed", case_id=case_id, error=str(e), kind=type(e).__name__)
            reason = f"{type(e).__name__}: {e}"
            DBOS.sleep(2.0)
        else:
            return
    give_up_hand_over(case_id, reason)


@step
def hand_over_once(case_id: int, version: int) -> None:
    """One transaction: case handed over, sales order, reservations, outbox rows. Doing it again changes nothing."""
    with _here().db.write() as db:
        try:
            with db.begin_nested():
                hand_over_case(db, case_id, version)
        except InputError as e:
            Cases(db).move(
                case_id,
                frm=CaseState.APPROVED,
                to=CaseState.NEEDS_REVIEW,
                code=e.code,
                sentence=e.sentence,
                actor="ordermill",
            )
        fault_point("handover.before_commit")
    fault_point("handover.committed")


@step
def give_up_hand_over(case_id: int, reason: str) -> None:
    """Leave the case to operations, with the reason."""
    sentence = f"Handing over was tried {HAND_OVER_TRIES} times and failed ({reason}). Look into the log, then match it again."
    with _here().db.write() as db:
        Cases(db).move(
            case_id,
            frm=CaseState.APPROVED,
            to=CaseState.FAILED,
            code="handover_failed",
            sentence=sentence,
            actor="ordermill",
        )


# --- sweep: start whatever waits -----------------------------------------------------------------------------------------

MESSAGES_WAIT = (MessageState.RECEIVED, MessageState.READING)
CASES_WAIT = (CaseState.MATCHING, CaseState.APPROVED)


def waiting(database: Database) -> int:
    """How many messages and cases wait for an automatic step."""
    with database.read() as db:
        messages = db.execute(select(func.count()).select_from(MessageRow).where(MessageRow.state.in_(MESSAGES_WAIT)))
        cases = db.execute(select(func.count()).select_from(CaseRow).where(CaseRow.state.in_(CASES_WAIT)))
        return messages.scalar_one() + cases.scalar_one()


class Sweeper:
    """Queues a workflow for every row that waits for an automatic step. Remembers what it queued; a repeat is harmless."""

    def __init__(self, rooms: Rooms, workflows: Workflows) -> None:
        self._rooms = rooms
        self._workflows = workflows
        self._queued: set[str] = set()

    def sweep(self) -> int:
        """Queue what waits; returns how many rows wait for an automatic step right now."""
        with self._rooms.db.read() as db:
            messages = db.execute(
                select(MessageRow.id, MessageRow.round).where(MessageRow.state.in_(MESSAGES_WAIT)).order_by(MessageRow.id)
            ).all()
            cases = db.execute(
                select(CaseRow.id, CaseRow.state, CaseRow.version, CaseRow.moved_at)
                .where(CaseRow.state.in_(CASES_WAIT))
                .order_by(CaseRow.id)
            ).all()
        waiting: set[str] = set()
        for message_id, turn in messages:
            self._queue(waiting, read_message, f"read:{message_id}:{turn}", message_id)
        for case_id, state, version, moved_at in cases:
            if state is CaseState.MATCHING:
                self._queue(waiting, match_case, f"match:{case_id}:{moved_at.timestamp():.6f}", case_id)
            else:
                moved = moved_at.timestamp()           # one that was refused, and approved again as it is, is tried again
                self._queue(waiting, hand_over, f"handover:{case_id}:{version}:{moved:.6f}", case_id, version)
        self._queued &= waiting  # what no longer waits need not be remembered
        return len(waiting)

    def _queue(self, waiting: set[str], workflow: Callable[..., Any], workflow_id: str, *args: int) -> None:
        waiting.add(workflow_id)
        if workflow_id not in self._queued:
            self._workflows.enqueue(workflow, workflow_id, *args)
            self._queued.add(workflow_id)

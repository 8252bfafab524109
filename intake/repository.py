"""All SQL about messages and about the health of mailboxes. Holds a session, never commits."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.domain.messages import Envelope, MailKind
from models.domain.states import MessageState
from models.errors import ConflictError, NotFound
from models.tables.intake import DocumentRow, MailboxRow, MailFailureRow, MessageRow
from runtime import audit

TRIES = 3
UNFINISHED = (MessageState.RECEIVED, MessageState.READING)
STUCK = (MessageState.FAILED, MessageState.QUARANTINED, MessageState.IGNORED)


class Messages:
    """Messages as they arrived and how far they got. Every move is one compare-and-set."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def get(self, message_id: int) -> MessageRow:
        """One message. Raises NotFound."""
        row = self.db.get(MessageRow, message_id, populate_existing=True)
        if row is None:
            raise NotFound(f"There is no message {message_id}.")
        return row

    def recent(self, limit: int = 100, *, state: MessageState | None = None, before_id: int | None = None) -> list[MessageRow]:
        """The newest messages first; the page after one ends with id N is `before_id=N`."""
        query = select(MessageRow).order_by(MessageRow.id.desc()).limit(limit)
        if state is not None:
            query = query.where(MessageRow.state == state)
        if before_id is not None:
            query = query.where(MessageRow.id < before_id)
        return list(self.db.execute(query).scalars())

    def documents(self, message_id: int) -> list[DocumentRow]:
        """The documents of one message in the order they were met."""
        query = select(DocumentRow).where(DocumentRow.message_id == message_id).order_by(DocumentRow.position)
        return list(self.db.execute(query).scalars())

    def begin(self, message_id: int) -> bool:
        """Count one more try and start reading. False when there is nothing to do, or after three tries: then it is quarantined.

        The try is counted before the work, so that a message that kills its worker ends too.
        """
        begun = self._set(
            message_id, MessageRow.tries < TRIES, frm=UNFINISHED, state=MessageState.READING, tries=MessageRow.tries + 1)
        if not begun:
            self._set(
                message_id, frm=UNFINISHED, state=MessageState.QUARANTINED, code="gave_up",
                sentence=f"Reading was begun {TRIES} times and never ended{self._last_reason(message_id)}. "
                "Look at the original; then have it read again.")
        return begun

    def note(self, message_id: int, reason: str) -> bool:
        """Keep why a try failed, for the sentence of a quarantine."""
        return self._set(message_id, frm=UNFINISHED, code="try_failed", sentence=reason[:500])

    def uncount(self, message_id: int) -> bool:
        """A try that failed for reasons outside the message (disk full, sandbox missing) does not count against it."""
        return self._set(message_id, MessageRow.tries > 0, frm=UNFINISHED, tries=MessageRow.tries - 1)

    def _last_reason(self, message_id: int) -> str:
        sentence = self.get(message_id).sentence
        return f" ({sentence})" if sentence else ""

    def finish(self, message_id: int, code: str | None = None, sentence: str | None = None) -> bool:
        """Every document ended in a state of its own; `code` and `sentence` say why there is no order in them."""
        return self._set(message_id, frm=UNFINISHED, state=MessageState.READ, code=code, sentence=sentence)

    def is_order(self, message_id: int, *, actor: str) -> None:
        """A person says that there is an order in it after all: the reason why not goes."""
        self._set(message_id, frm=(MessageState.READ,), code=None, sentence=None)
        audit.record(self.db, actor=actor, action="message.is_order", subject=f"message:{message_id}", content={})

    def ignore(self, message_id: int, code: str, sentence: str) -> bool:
        """Not for the desk; kept, shown with its reason, and readable again on a person's word."""
        return self._set(message_id, frm=UNFINISHED, state=MessageState.IGNORED, code=code, sentence=sentence)

    def fail(self, message_id: int, code: str, sentence: str) -> bool:
        """The message cannot be taken apart; operations look at it."""
        return self._set(message_id, frm=UNFINISHED, state=MessageState.FAILED, code=code, sentence=sentence)

    def retry(self, message_id: int, *, actor: str) -> None:
        """Read it again on a person's word: a new round with fresh tries. An ignored mail counts as an ordinary one from now on.

        Raises NotFound, or ConflictError when the message is not one that ended without being read.
        """
        row = self.get(message_id)
        kind = MailKind.ORDINARY if row.state is MessageState.IGNORED else row.kind
        if not self._set(
            message_id, frm=STUCK, state=MessageState.RECEIVED, tries=0, round=MessageRow.round + 1, kind=kind,
            code=None, sentence=None,
        ):
            raise ConflictError(f"Message {message_id} is {row.state}; only one that ended unread can be read again.")
        audit.record(self.db, actor=actor, action="message.retried", subject=f"message:{message_id}", content={"was": row.state})

    def describe(self, message_id: int, envelope: Envelope) -> MailKind:
        """Note what the headers say; returns the kind in force, which a person's word has fixed after `retry`."""
        row = self.get(message_id)
        row.kind = MailKind.ORDINARY if row.round and row.kind is MailKind.ORDINARY else envelope.kind
        row.subject, row.sender_name, row.sender_address = envelope.subject, envelope.sender_name, envelope.sender_address
        row.recipient_name, row.recipient_address = envelope.recipient_name, envelope.recipient_address
        row.reply_to, row.sent_at = envelope.reply_to, envelope.sent_at
        row.message_id, row.in_reply_to = envelope.message_id, envelope.in_reply_to
        row.authentication = envelope.authentication
        row.thread = " ".join(envelope.thread) or None
        self.db.flush()
        return row.kind

    def _set(self, message_id: int, *conditions: object, frm: tuple[MessageState, ...], **values: object) -> bool:
        statement = update(MessageRow).where(MessageRow.id == message_id, MessageRow.state.in_(frm), *conditions)  # type: ignore[arg-type]
        return bool(self.db.execute(statement.values(**values)).rowcount == 1)      # type: ignore[attr-defined]


class Mailboxes:
    """The health of the mailboxes: when each was last polled, and the mails that could not be fetched."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def all(self) -> list[MailboxRow]:
        """Every folder that was ever polled."""
        return list(self.db.execute(select(MailboxRow).order_by(MailboxRow.account, MailboxRow.folder)).scalars())

    def failures(self) -> list[MailFailureRow]:
        """Mails that could not be fetched so far, the most tried first."""
        query = select(MailFailureRow).order_by(MailFailureRow.tries.desc(), MailFailureRow.last_at)
        return list(self.db.execute(query).scalars())

    def try_again(self, failure: MailFailureRow, *, actor: str) -> None:
        """Forget the failed tries of one mail, so that the next poll fetches it again."""
        found = self.db.execute(delete(MailFailureRow).where(
            MailFailureRow.account == failure.account, MailFailureRow.folder == failure.folder,
            MailFailureRow.uidvalidity == failure.uidvalidity, MailFailureRow.uid == failure.uid))
        if found.rowcount == 1:      # type: ignore[attr-defined]
            audit.record(
                self.db, actor=actor, action="mail.retried", subject=f"mailbox:{failure.account}", content={"uid": failure.uid})

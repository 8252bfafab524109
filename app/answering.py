"""A customer's mail that answers a question of ours: which question, what it says, what follows for the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from extraction.repository import load_pages
from matching.answers import parse_answers
from matching.asking import Asking, Given, find_question, may_answer
from matching.review import Review
from models.domain.evidence import Evidence, Origin, PageKind, Place
from models.domain.messages import Source
from models.domain.pages import Page, WordFlag
from models.domain.questions import AskedMail, ReplyLine
from models.tables.intake import DocumentRow, MessageRow
from runtime.blobs import Blobs
from runtime.codec import from_json

CODE = "customer_answer"


class Answering:
    """Takes answers. Safe to share between threads; doing it again changes nothing."""

    def __init__(self, review: Review, blobs: Blobs) -> None:
        self._review = review
        self._blobs = blobs

    def take(self, message_id: int) -> int | None:
        """Take a message whose documents are read as an answer, if it is one; returns the case it belongs to.

        An answer from somebody who was not asked settles nothing, but is kept with the case. Raises ConflictError when the case
        moved meanwhile; then try again.
        """
        with self._review.db.read() as db:
            message = db.execute(select(MessageRow).where(MessageRow.id == message_id)).scalar_one()
            question = find_question(db, message) if message.source is Source.MAIL else None
            if question is None:
                return None
            mail = from_json(AskedMail, question.content)
            is_asked = may_answer(message.sender_address, mail.recipient)
            given = self._given(db, message, mail) if is_asked else None
        return Asking(self._review).take(question.id, message_id, message.sender_address or "somebody", given)

    def _given(self, db: Session, message: MessageRow, mail: AskedMail) -> list[Given]:
        bodies = db.execute(
            select(DocumentRow).where(DocumentRow.message_id == message.id, DocumentRow.is_body).order_by(DocumentRow.position))
        for document in bodies.scalars():
            lines = reply_lines(load_pages(db, self._blobs, document.id))
            if answers := parse_answers(lines, mail.questions):
                return [
                    Given(answer, Evidence(
                        Origin.TYPED, answer.said, (Place(lines[answer.line].page, lines[answer.line].box, PageKind.TEXT),),
                        document.id, message.sender_address, f"the answer to question {answer.number}"))
                    for answer in answers]
        return []


def reply_lines(pages: Sequence[Page]) -> list[ReplyLine]:
    """The lines of a mail's text, without its signature."""
    return [line for page in pages if page.kind is PageKind.TEXT for line in _lines(page)]


def _lines(page: Page) -> Iterator[ReplyLine]:
    words = sorted((w for w in page.words if w.seen and WordFlag.SIGNATURE not in w.flags), key=lambda w: (w.box[1], w.box[0]))
    for _, group in groupby(words, key=lambda w: w.box[1]):
        row = list(group)
        box = (row[0].box[0], row[0].box[1], row[-1].box[2], row[0].box[3])
        is_quoted = all(WordFlag.QUOTED in w.flags for w in row)
        yield ReplyLine(" ".join(w.text for w in row), is_quoted, page.number, box)

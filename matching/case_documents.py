"""Which documents belong to a case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select

from models.tables.cases import CaseReadingRow
from models.tables.desk import CaseQuestionRow
from models.tables.intake import DocumentRow, ReadingRow


def feeding(case_id: int) -> Select[int]:
    """The ids of the documents that the order was read from."""
    return (
        select(ReadingRow.document_id).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
        .where(CaseReadingRow.case_id == case_id))


def belongs_to(case_id: int, message_id: int) -> ColumnElement[bool]:
    """True of a document of the case's message, of its readings and of the customer's answers."""
    answers = select(CaseQuestionRow.answer_message_id).where(
        CaseQuestionRow.case_id == case_id, CaseQuestionRow.answer_message_id.is_not(None))
    return or_(DocumentRow.message_id == message_id, DocumentRow.message_id.in_(answers), DocumentRow.id.in_(feeding(case_id)))

"""What the API takes and gives: one model a noun."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from models.domain.learned import FactState, LessonKind
from models.domain.messages import Source
from models.domain.states import MessageState


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Received(BaseModel):
    """A file that is safely stored. `is_repeat` tells that this answer was given before."""

    message_id: int
    sha256: str
    size: int
    is_repeat: bool


class BatchEntry(BaseModel):
    """What happened to one file of many; `error` is set when it was refused."""

    name: str
    received: Received | None = None
    error: Problem | None = None


class MessageOut(BaseModel):
    """A message as it arrived, and what became of it."""

    id: int
    source: Source
    state: MessageState
    code: str | None
    sentence: str | None
    name: str | None
    subject: str | None
    sender: str | None
    size: int
    sha256: str
    received_at: datetime
    case_ids: list[int]


class FactOut(BaseModel):
    """One thing learned about a customer; `sentence` says it in words. It is applied when `in_force`: neither paused nor undone,
    nor replaced by a newer fact that says otherwise (`replaced_by`). `uses` and `conflicts` count cases."""

    id: int
    customer_no: str
    kind: LessonKind
    field: str
    sentence: str
    label: str
    value: str
    origin: str = Field(description="\"corrected\": a person put it right; \"approved\": it was read so and approved.")
    state: FactState
    in_force: bool
    replaced_by: int | None
    case_id: int
    document_id: int
    taught_by: str
    taught_at: datetime
    uses: int
    conflicts: int
    last_used: datetime | None


class Refusal(BaseModel):
    """A row that was left out; the header is line 1."""

    line: int
    code: str
    reason: str


class ImportCounts(BaseModel):
    """What an import did, in things of the database; `refused` in rows of the file, `fields` how often each field changed."""

    added: int
    changed: int
    unchanged: int
    removed: int
    refused: int
    fields: dict[str, int]


class ImportDone(ImportCounts):
    """An import, with the rows that were left out."""

    refusals: list[Refusal]


class ImportOut(ImportCounts):
    """A former import."""

    id: int
    at: datetime
    kind: str
    actor: str
    source: str | None

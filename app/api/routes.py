"""The REST API, version 1: hand orders in, see what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse
from sqlalchemy import select, text

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import Key, RowId
from app.api.problems import READ_REFUSALS, REFUSALS
from app.api.schemas import BatchEntry, MessageOut, Problem, Received
from models.errors import InputError, NotFound
from models.tables.cases import CaseRow
from models.tables.intake import MessageRow

router = APIRouter()
CHUNK = 256 * 1024
MAX_FILES = 100


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


@router.post("/messages", status_code=201, responses=REFUSALS, tags=["intake"])
def upload(
    request: Request,
    file: Annotated[UploadFile, File(description="One order: PDF, picture, sheet, mail, EDI …")],
    client: Annotated[Client, allow("intake:write")],
    key: Key = None,
) -> Received:
    """Hand in one file. 201 means its bytes are safe on disk; reading it comes after."""
    return _store(request, file, client, key)


def _store(request: Request, file: UploadFile, client: Client, key: str | None) -> Received:
    answer = rooms_of(request).uploads.store(
        _chunks(file.file), name=file.filename or "upload", scope=client.actor, idempotency_key=key
    )
    request.app.state.nudge()
    return Received(message_id=answer.message_id, sha256=answer.sha256, size=answer.size, is_repeat=answer.is_repeat)


@router.post("/messages/batch", status_code=201, responses=REFUSALS, tags=["intake"])
def upload_many(
    request: Request,
    files: Annotated[list[UploadFile], File(description="Up to 100 files; each is an order of its own.")],
    client: Annotated[Client, allow("intake:write")],
    key: Key = None,
) -> list[BatchEntry]:
    """Hand in many files. Each is stored or refused by itself; the answer lists them in the order sent."""
    if len(files) > MAX_FILES:
        raise InputError(f"Send at most {MAX_FILES} files in one request.", code="too_many_files")
    entries = []
    for position, file in enumerate(files):
        try:
            received = _store(request, file, client, f"{key}:{position}" if key else None)
            entries.append(BatchEntry(name=file.filename or "upload", received=received))
        except InputError as e:
            refusal = Problem(type=f"about:blank#{e.code}", title=e.code, status=422, detail=e.sentence, code=e.code)
            entries.append(BatchEntry(name=file.filename or "upload", error=refusal))
    return entries


@router.get("/messages/{message_id}", responses=READ_REFUSALS, tags=["intake"], dependencies=[allow("intake:read")])
def message(request: Request, message_id: RowId) -> MessageOut:
    """What became of a message."""
    with rooms_of(request).db.read() as db:
        row = db.get(MessageRow, message_id)
        if row is None:
            raise NotFound(f"There is no message {message_id}.")
        ids = list(db.execute(select(CaseRow.id).where(CaseRow.message_id == message_id).order_by(CaseRow.id)).scalars())
        return MessageOut(
            id=row.id,
            source=row.source,
            state=row.state,
            code=row.code,
            sentence=row.sentence,
            name=row.name,
            subject=row.subject,
            sender=row.sender_address,
            size=row.size,
            sha256=row.sha256,
            received_at=row.received_at,
            case_ids=ids,
        )


@router.get(
    "/messages/{message_id}/raw",
    responses=READ_REFUSALS,
    tags=["intake"],
    dependencies=[allow("intake:read")],
    response_class=FileResponse,
)
def raw(request: Request, message_id: RowId) -> FileResponse:
    """The bytes exactly as they arrived."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        digest = db.execute(select(MessageRow.sha256).where(MessageRow.id == message_id)).scalar_one_or_none()
    if digest is None:
        raise NotFound(f"There is no message {message_id}.")
    return FileResponse(
        rooms.blobs.path(digest),
        media_type="application/octet-stream",
        filename=f"message-{message_id}.bin",
        headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
    )


@router.get("/health", tags=["operations"])
def health(request: Request) -> JSONResponse:
    """200 when the database answers, else 503. Open to everybody; says nothing about orders."""
    try:
        with rooms_of(request).db.read() as db:
            db.execute(text("SELECT 1"))
    except Exception:
        return JSONResponse({"ok": False}, status_code=503)
    return JSONResponse({"ok": True})

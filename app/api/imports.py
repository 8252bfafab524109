"""The REST API of imports: the same tables as the command line takes, and what former imports did."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, File, Query, Request, UploadFile
from sqlalchemy import select

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import Before, Key
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from app.api.schemas import ImportDone, ImportOut
from app.bootstrap import Rooms
from app.importing import ImportDesk, Kind, as_dict
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from runtime.imports import Watch

router = APIRouter(tags=["imports"])
_CHUNK = 256 * 1024


@router.post("/imports/{kind}", responses=REFUSALS)
def import_table(
    request: Request,
    kind: Kind,
    file: Annotated[UploadFile, File(description="CSV or XLSX; the first row names the columns.")],
    client: Annotated[Client, allow("masterdata:write")],
    dry_run: Annotated[bool, Query(description="Only say what the import would do.")] = False,
    key: Key = None,
) -> ImportDone:
    """Import a table. Refused rows are listed with their reason, the first thousand of them; the others went in."""
    rooms = rooms_of(request)
    with tempfile.TemporaryDirectory(prefix="ordermill-import-") as folder:
        path = Path(folder) / "table"
        digest = _save(file.file, path, rooms.settings.upload_max_bytes)

        def work() -> ImportDone:
            watch = Watch(actor=client.actor, source=file.filename)
            return ImportDone.model_validate(_import(rooms, kind, path, watch, dry_run=dry_run))

        return answer_once(request, client, key, f"{digest} {dry_run}", ImportDone, work)


def _save(content: BinaryIO, path: Path, most: int) -> str:
    """Write the upload to a file; returns its sha256. Raises InputError for one that is too large or empty."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > most:
                raise InputError(
                    f"The file is larger than {most:,} bytes; send it in parts, or import it on the command line.",
                    code="file_too_large")
            out.write(chunk)
    return digest.hexdigest()


def _import(rooms: Rooms, kind: Kind, path: Path, watch: Watch, *, dry_run: bool) -> dict[str, Any]:
    desk = ImportDesk(rooms)
    desk.count(path)
    return as_dict(desk.run(kind, path, watch, dry_run=dry_run))


@router.get("/imports", responses=READ_REFUSALS, dependencies=[allow("masterdata:read")])
def imports(
    request: Request,
    kind: Kind | None = None,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[ImportOut]:
    """Former imports, the newest first."""
    nouns = {k.noun: k for k in ([kind] if kind else Kind)}
    entry = AuditEntryRow
    stmt = select(entry).where(entry.action.in_([f"{noun}.{did}" for noun in nouns for did in ("imported", "compared")]))
    if before is not None:
        stmt = stmt.where(entry.seq < before)
    with rooms_of(request).db.read() as db:
        rows = db.execute(stmt.order_by(entry.seq.desc()).limit(limit)).scalars().all()
    return [_shown(row, nouns[row.subject]) for row in rows]


def _shown(row: AuditEntryRow, kind: Kind) -> ImportOut:
    said = json.loads(row.content)
    counts = {name: said.get(name) or 0 for name in ("added", "changed", "unchanged", "removed", "refused")}
    return ImportOut(
        id=row.seq, at=row.at, kind=kind.value, actor=row.actor, source=said.get("source"), fields=said.get("fields") or {},
        **counts)

"""Files that a page sends as a request's bare body."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Request

from models.errors import InputError

IN_MEMORY = 2**20


async def spool(request: Request, most: int) -> IO[bytes]:
    """The body, to be closed by the caller. Raises InputError for more than `most` bytes."""
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by the caller
    async for chunk in request.stream():
        file.write(chunk)
        if file.tell() > most:
            file.close()
            raise InputError(f"The file is larger than {most:,} bytes. Send it in parts.", code="file_too_large")
    file.seek(0)
    return file

"""Errors as RFC 9457 problem details."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from models.errors import ServiceError
from review_ui import errors as pages

_BY_CODE = {"file_too_large": 413, "unauthorized": 401, "unsupported_media": 415}


def status_of(error: ServiceError) -> int:
    """The HTTP status of an error of ours; 422 for requests that are understood but cannot be done."""
    return _BY_CODE.get(error.code) or pages.status_of(error)


def problem(status: int, code: str, sentence: str) -> JSONResponse:
    """A problem+json answer. `type` is relative to the API's documentation; `code` is stable."""
    return JSONResponse(
        {"type": f"about:blank#{code}", "title": code.replace("_", " "), "status": status, "detail": sentence, "code": code},
        status_code=status,
        media_type="application/problem+json",
        headers={"WWW-Authenticate": "Bearer"} if status == 401 else None,
    )

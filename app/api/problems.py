"""Errors as RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from app.api.schemas import Problem
from models.errors import ServiceError
from review_ui import errors as pages

_BY_CODE = {"file_too_large": 413, "unauthorized": 401, "unsupported_media": 415}
_PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}
REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 408, 409, 413, 422, 503), _PROBLEM)
READ_REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 422), _PROBLEM)
"""What routes that take something, and routes that only tell something, may answer instead."""


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

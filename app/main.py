"""The web application: review UI, API, security headers, errors as pages or problem+json."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import api
from app.api.limits import BodyLimits
from app.api.problems import problem, status_of
from app.bootstrap import Rooms
from app.importing import ImportDesk
from app.sample import Sample
from models.errors import DefectError, ServiceError
from review_ui.headers import PAGE_HEADERS
from review_ui.services import Services
from review_ui.web import error_page, furnish
from runtime.clock import now
from runtime.log import get_logger
from runtime.modules import modules_with
from runtime.settings import SandboxMode

log = get_logger("web")

HTTP_CODES = {404: "not_found", 405: "wrong_method", 408: "too_slow", 413: "file_too_large"}


def create_app(
    rooms: Rooms, *, nudge: Callable[[], None] = lambda: None, is_stopping: Callable[[], bool] = lambda: False
) -> FastAPI:
    """The application over these rooms; `nudge` tells the workers that something waits, `is_stopping` that it is to end."""
    app = FastAPI(title="Ordermill", version="0.1.0", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    services = Services(
        db=rooms.db,
        blobs=rooms.blobs,
        settings=rooms.settings,
        clock=now,
        render_page=rooms.render_page, small_picture=rooms.small_picture,
        read_drawn=rooms.read_drawn,
        teaching=lambda: rooms.learning,
        nudge=nudge,
        warnings=lambda: warnings(rooms),
        is_stopping=is_stopping,
        imports=ImportDesk(rooms),
        sample=Sample(rooms),
        erp=lambda: rooms.erp,
    )
    app.state.rooms = rooms
    app.state.nudge = nudge
    app.router.routes.extend(_api_routes())
    furnish(app, services)
    app.add_middleware(BodyLimits, max_bytes=4 * rooms.settings.upload_max_bytes)
    app.add_middleware(PageHeaders)
    app.exception_handler(ServiceError)(_service_error)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_bad_request)
    app.exception_handler(DataError)(_unusable)
    app.exception_handler(Exception)(_defect)
    return app


@cache
def _api_routes() -> list[BaseRoute]:
    """The whole API. Made once in a process: working out what each route needs takes a second for all of them."""
    router = APIRouter()
    for module in modules_with(api, "router"):
        router.include_router(module.router, prefix="/api/v1")
    return router.routes


def warnings(rooms: Rooms) -> list[str]:
    """What everybody at the desk must know, on every page."""
    if rooms.settings.sandbox is SandboxMode.NONE:
        return [
            "Document parsers run without a sandbox (ORDERMILL_SANDBOX=none): a hostile file can read and change everything "
            "this server can. Set it to auto."
        ]
    return []


class PageHeaders:
    """ASGI middleware: our security headers on every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in PAGE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _answer(request: Request, status: int, code: str, sentence: str) -> Response:
    if _is_api(request):
        return problem(status, code, sentence)
    return error_page(request, status=status, code=code, sentence=sentence)


async def _service_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    if isinstance(error, DefectError):
        return await _defect(request, error)
    response = _answer(request, status_of(error), error.code, error.sentence)
    if response.status_code == 503:
        response.headers["Retry-After"] = "5"
    return response


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if 300 <= error.status_code < 400:
        return Response(status_code=error.status_code, headers=dict(error.headers or {}))
    sentence = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
    return _answer(request, error.status_code, HTTP_CODES.get(error.status_code, "http_error"), sentence)


async def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0] if error.errors() else {"loc": ("request",), "msg": "is not as described"}
    where = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"})
    return _answer(request, 422, "bad_request", f"{where or 'The request'}: {first['msg']}.")


async def _unusable(request: Request, error: Exception) -> Response:
    log.warning("request.unusable", path=request.url.path, error=str(error.__cause__))
    sentence = "The database cannot keep a value of this request, mostly a text with a NUL character. Mend it and try again."
    return _answer(request, 422, "unusable_value", sentence)


async def _defect(request: Request, error: Exception) -> Response:
    log.error("request.defect", path=request.url.path, error=str(error), kind=type(error).__name__, exc_info=error)
    return _answer(request, 500, "defect", "Something broke on our side; it was logged. Nothing was half-done; try again.")

"""Errors as people see them: a page with code and sentence, or a notice inside the page that asked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from models.errors import ConflictError, DefectError, Forbidden, InputError, NotFound, ServiceError, TransientError
from review_ui.access import SignInNeeded
from review_ui.language import N_
from review_ui.pages import render

STATUSES: tuple[tuple[type[ServiceError], int], ...] = (
    (NotFound, 404), (Forbidden, 403), (InputError, 422), (ConflictError, 409), (TransientError, 503),
)
TITLES = {
    403: N_("Not allowed"), 404: N_("Not found"), 409: N_("Somebody was faster"), 422: N_("That cannot be used"),
    503: N_("Not right now"), 500: N_("Something broke"),
}


def status_of(error: ServiceError) -> int:
    """The HTTP status that says whose turn it is."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def wants_fragment(request: Request) -> bool:
    """True when a part of an open page asked, not the address bar."""
    return request.headers.get("HX-Request") == "true"


def error_page(request: Request, *, status: int, code: str, sentence: str) -> Response:
    """A page (or, for a part of a page, a notice) with the code and the sentence that says what to do next."""
    name = "_notice.html" if wants_fragment(request) else "error.html"
    return render(request, name, status=status, code=code, sentence=sentence, title=TITLES.get(status, N_("Error")))


def _sign_in(request: Request) -> Response:
    if not wants_fragment(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(target)}" if request.method == "GET" else "/sign-in", 303)
    return error_page(request, status=401, code=SignInNeeded.code, sentence=str(SignInNeeded()))


def answer_error(request: Request, error: ServiceError) -> Response:
    """What a page answers for an error raised on purpose."""
    if isinstance(error, SignInNeeded):
        return _sign_in(request)
    return error_page(request, status=status_of(error), code=error.code, sentence=error.sentence)


def go_to(request: Request, path: str) -> Response:
    """After a form was taken: on to a page, whoever sent the form, htmx or the browser itself."""
    return Response(headers={"HX-Redirect": path}) if wants_fragment(request) else RedirectResponse(path, 303)


class PageRoute(APIRoute):
    """A route whose errors are pages. The API's routes keep their own kind of error answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except DefectError:
                raise
            except ServiceError as error:
                return answer_error(request, error)
            except RequestValidationError:
                return answer_error(request, InputError("The address or the form is not complete. Go back and try again."))

        return handle

"""The review UI as one router, and its static files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from matching.catalog_index import CatalogIndex
from matching.policy import Policy
from matching.review import Review
from matching.service import Matcher
from review_ui import routes
from review_ui.errors import error_page
from review_ui.import_jobs import ImportJobs
from review_ui.page_images import PageImages
from review_ui.services import Services
from review_ui.state import UiState
from runtime.modules import modules_with

__all__ = ["error_page", "make_router", "static_app"]

ROOMS = tuple(modules_with(routes, "router"))
"""Every module of `review_ui.routes` that has a router."""


class _Static(StaticFiles):
    """Static files that browsers ask about before each use: an upgrade is seen at once, an unchanged file costs a 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def static_app() -> StaticFiles:
    """What is to be mounted at /static."""
    return _Static(directory=Path(__file__).parent / "static")


def _furnish(services: Services) -> UiState:
    index = CatalogIndex(services.settings.data / "catalog-index")
    policy = Policy.from_settings(services.settings)
    return UiState(
        services, PageImages(services.render_page, services.blobs),
        Review(services.db, index, policy, services.clock), Matcher(services.db, index, policy),
        ImportJobs(services.imports, services.settings.data / "imports"))


def make_router(services: Services) -> APIRouter:
    """All pages of the UI, at absolute paths; errors raised on purpose are answered as pages."""
    ui = _furnish(services)

    def provide(request: Request) -> None:
        request.state.ui = ui

    router = APIRouter(dependencies=[Depends(provide)], include_in_schema=False)
    for room in ROOMS:
        router.include_router(room.router)
    return router

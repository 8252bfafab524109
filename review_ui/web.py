"""The review UI as a part of an application: its pages and its static files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.routing import BaseRoute
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

__all__ = ["error_page", "furnish"]

ROOMS = tuple(modules_with(routes, "router"))
"""Every module of `review_ui.routes` that has a router."""


class _Static(StaticFiles):
    """Static files that browsers ask about before each use: an upgrade is seen at once, an unchanged file costs a 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def furnish(app: FastAPI, services: Services) -> None:
    """Put all pages of the UI, at absolute paths, and its static files into an application."""
    index = CatalogIndex(services.settings.data / "catalog-index")
    policy = Policy.from_settings(services.settings)
    app.state.ui = UiState(
        services, PageImages(services.render_page, services.blobs),
        Review(services.db, index, policy, services.clock), Matcher(services.db, index, policy),
        ImportJobs(services.imports, services.settings.data / "imports"))
    app.router.routes.extend(_page_routes())
    app.mount("/static", _Static(directory=Path(__file__).parent / "static"))


@cache
def _page_routes() -> list[BaseRoute]:
    """Made once in a process: working out what each route needs takes a second for all of them."""
    router = APIRouter()
    for room in ROOMS:
        router.include_router(room.router, include_in_schema=False)
    return router.routes

"""What the pages of one running UI share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request

from matching.catalog_index import CatalogIndex
from matching.review import Review
from matching.service import Matcher
from review_ui.import_jobs import ImportJobs
from review_ui.page_images import PageImages
from review_ui.services import Services
from runtime.accounts import LOCK, TRIES_PER_ADDRESS
from runtime.throttle import Throttle


@dataclass(frozen=True, slots=True)
class UiState:
    """Services, the rooms made of them, and small memories: drawn pages, when each session was last noted as used (by CSRF
    token), and from where sign-ins failed (by address)."""

    services: Services
    images: PageImages
    review: Review
    matcher: Matcher
    jobs: ImportJobs
    touched: dict[str, datetime] = field(default_factory=dict)
    guesses: Throttle = field(default_factory=lambda: Throttle(TRIES_PER_ADDRESS, LOCK))


def ui_of(request: Request) -> UiState:
    """The UI the request came to."""
    ui: UiState = request.app.state.ui
    return ui


def services_of(request: Request) -> Services:
    """The services the router was made with."""
    return ui_of(request).services


def searched_index(request: Request) -> CatalogIndex:
    """The catalogue's index."""
    return ui_of(request).matcher.made_index()

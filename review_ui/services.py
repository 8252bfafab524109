"""What the review UI needs from the composition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.blobs import Blobs
from runtime.clock import Clock
from runtime.db import Database
from runtime.seal import Seal
from runtime.settings import Settings

RenderPage = Callable[[bytes, int, float, int], bytes]
"""(document bytes, 0-based page, dpi, turn) → PNG, turned clockwise by the degrees of `Page.turn`; runs in the sandbox.

Raises InputError when the page cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts the pages are built on. `nudge` tells the worker there is work; `warnings` are sentences shown on every page."""

    db: Database
    blobs: Blobs
    settings: Settings
    clock: Clock
    render_page: RenderPage
    nudge: Callable[[], None]
    warnings: Callable[[], Sequence[str]]

    @property
    def seal(self) -> Seal:
        """Seals what must be read again."""
        return Seal(self.settings.data)

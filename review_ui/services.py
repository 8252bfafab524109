"""What the review UI needs from the composition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runtime.blobs import Blobs
from runtime.clock import Clock
from runtime.db import Database
from runtime.imports import ImportReport, Watch
from runtime.seal import Seal
from runtime.settings import Settings

RenderPage = Callable[[bytes, int, float, int], bytes]
"""(document bytes, 0-based page, dpi, turn) → PNG, turned clockwise by the degrees of `Page.turn`; runs in the sandbox.

Raises InputError when the page cannot be drawn."""


class Imports(Protocol):
    """Imports of tables: which kinds there are, how many rows a file has, and running one."""

    kinds: tuple[str, ...]

    def count(self, path: Path) -> int:
        """About how many rows the file has; a workbook becomes CSV in its place. Raises InputError for what is no table."""

    def run(self, kind: str, path: Path, watch: Watch, *, dry_run: bool) -> ImportReport:
        """Import a counted file. Raises InputError for a table that is none of its kind."""


class Sample(Protocol):
    """The sample company, for an installation that has nothing yet."""

    def load(self, actor: str) -> None:
        """Bring in its master data."""

    def order(self, actor: str) -> int:
        """Have a customer of it send an order; returns the message."""


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
    imports: Imports
    sample: Sample

    @property
    def seal(self) -> Seal:
        """Seals what must be read again."""
        return Seal(self.settings.data)

"""What the review UI needs from the composition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from extraction.lines.drawn import Drawn, DrawnTable
from models.domain.learned import Foreseen, Lesson
from models.domain.pages import Page
from oms.erp.port import ErpPort
from runtime.blobs import Blobs
from runtime.clock import Clock
from runtime.db import Database
from runtime.imports import ImportReport, Watch
from runtime.seal import Seal
from runtime.settings import Settings

RenderPage = Callable[[bytes, int, float, int], bytes]
"""(document bytes, 0-based page, dpi, turn) → PNG, turned clockwise by the degrees of `Page.turn`; runs in the sandbox.

Raises InputError when the page cannot be drawn."""

ReadDrawn = Callable[[Page, Drawn], DrawnTable]
"""(page of words, what a person drew on it) → the table read from there; runs in the sandbox. Raises InputError."""


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


class Teaching(Protocol):
    """What a case teaches when it is approved, or said to be no order."""

    def foresee(self, case_id: int) -> Sequence[Foreseen]:
        """The lessons of the case as it stands. Raises NotFound, InputError."""

    def decline(self, case_id: int, key: str, person: str) -> None:
        """Have it not teach one of them; once more, and it is taught again. Raises NotFound."""

    def foresee_no_order(self, case_id: int) -> Lesson | None:
        """What saying that it is no order would teach; nothing where its form is no form, or one that orders came on. Raises
        NotFound."""

    def learn_no_order(self, case_id: int, person: str) -> int:
        """Learn that; returns how many facts are new. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts the pages are built on. `nudge` tells the worker there is work; `warnings` are sentences shown on every page;
    `erp` is the ERP's adapter, made when it is first asked for; `is_stopping` tells that the server was asked to stop, so
    that what is streamed ends."""

    db: Database
    blobs: Blobs
    settings: Settings
    clock: Clock
    render_page: RenderPage
    small_picture: Callable[[bytes, int], bytes]
    read_drawn: ReadDrawn
    teaching: Callable[[], Teaching]
    nudge: Callable[[], None]
    warnings: Callable[[], Sequence[str]]
    imports: Imports
    sample: Sample
    erp: Callable[[], ErpPort]
    is_stopping: Callable[[], bool] = lambda: False

    @property
    def seal(self) -> Seal:
        """Seals what must be read again."""
        return Seal(self.settings.data)

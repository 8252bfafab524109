"""The sample company: catalogue, customers, prices, stock, and orders of its customers. All of it is invented."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import Rooms
from app.importing import Kind, renew_index, run
from models.domain.messages import Source
from runtime.clock import now
from runtime.imports import Watch
from runtime.tabular import open_table
from runtime.zone import day_at

if TYPE_CHECKING:
    from extraction.model.synth import Company

SEED = 2026
KINDS = (Kind.CUSTOMERS, Kind.ITEMS, Kind.PRICES, Kind.PART_NUMBERS, Kind.STOCK)


def import_sample(company: Company, take: Callable[[Kind, Path], object]) -> None:
    """Write the company's tables and have each taken, in order."""
    from extraction.model.synth import write_import_files

    with tempfile.TemporaryDirectory() as folder:
        write_import_files(company, Path(folder))
        for kind in KINDS:
            take(kind, Path(folder) / f"{kind.value}.csv")


class Sample:
    """The sample company as the first-run wizard offers it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def load(self, actor: str) -> None:
        """Bring in the company's master data. Doing it again changes nothing."""
        from extraction.model.synth import make_company

        def take(kind: Kind, path: Path) -> None:
            report = run(self._rooms, kind, open_table(path).rows, Watch(actor=actor, source="sample company"))
            renew_index(self._rooms, kind, report)

        import_sample(make_company(SEED), take)

    def order(self, actor: str) -> int:
        """Have a customer of the company send an order; returns the message."""
        from extraction.model.synth import demo_samples, make_company

        with tempfile.TemporaryDirectory() as folder:
            first = demo_samples(make_company(SEED), Path(folder), SEED, today=day_at(now()))[0]
            with first.file.open("rb") as f:
                return self._rooms.receiver.receive(f, source=Source.UPLOAD, account=actor, name=first.file.name).message_id

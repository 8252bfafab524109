"""Imports that a person began on screen: tried first, then run, one after the other, each in a thread of this process.

A job is a folder below the data folder and an entry here. After a restart only the folder is left, and goes with the next job:
imports are harmless to repeat, so that nobody has to know how far one had got.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from models.errors import ConflictError, NotFound, ServiceError
from review_ui.services import Imports
from runtime.exports import WriteRow, csv_file
from runtime.imports import Change, ImportReport, Refused, Watch
from runtime.log import get_logger

log = get_logger("imports")
KEPT = 20
"""Jobs that are kept, the newest."""
SHOWN = 200
"""Changes and refusals that a page shows; the files have all."""
REPORTS: dict[str, tuple[str, ...]] = {"refused": Refused.COLUMNS, "changes": Change.COLUMNS}
"""The report files of a job, and their columns."""


class JobState(StrEnum):
    """How far a job is."""

    TRYING = "trying"        # the rows are looked at, nothing is written
    TRIED = "tried"          # a person decides
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"        # the file is no such table


@dataclass
class Job:
    """One file. `done` rows of about `total`; `changes` and `refusals` the first ones; `sentence` says why it failed."""

    id: str
    kind: str
    name: str
    actor: str
    folder: Path
    state: JobState = JobState.TRYING
    total: int = 0
    done: int = 0
    report: ImportReport | None = None
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    sentence: str = ""
    code: str = ""

    @property
    def is_busy(self) -> bool:
        """True while its thread works."""
        return self.state in {JobState.TRYING, JobState.RUNNING}

    @property
    def percent(self) -> int:
        """Rows done of all, 0 to 100."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    def report_file(self, name: str) -> Path:
        """Where a report of `REPORTS` lies."""
        return self.folder / f"{name}.csv"


class ImportJobs:
    """The jobs of one running UI."""

    def __init__(self, imports: Imports, folder: Path) -> None:
        self._imports = imports
        self._root = folder
        self._jobs: dict[str, Job] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="import")

    def all(self) -> list[Job]:
        """The newest first."""
        return list(reversed(self._jobs.values()))

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound("This import is not known any more; the server was started anew, or newer ones took its place. "
                           "Upload the file again: what is there already counts as unchanged.")
        return job

    def begin(self, kind: str, name: str, actor: str, write: Callable[[Path], None]) -> Job:
        """Take in a file, which `write` puts at a path, and try it."""
        job_id = secrets.token_hex(8)
        if not self._jobs:
            shutil.rmtree(self._root, ignore_errors=True)
        for old in [j for j in self._jobs.values() if not j.is_busy][:max(len(self._jobs) - KEPT + 1, 0)]:
            shutil.rmtree(old.folder, ignore_errors=True)
            del self._jobs[old.id]
        job = Job(job_id, kind, name, actor, self._root / job_id)
        job.folder.mkdir(parents=True)
        write(job.folder / "table")
        self._jobs[job_id] = job
        self._worker.submit(self._work, job, dry_run=True)
        return job

    def run(self, job_id: str) -> Job:
        """Import what was tried. Raises NotFound, ConflictError."""
        job = self.get(job_id)
        if job.state is not JobState.TRIED:
            raise ConflictError("This import has been started already; look how far it is.", code="import_started")
        job.state, job.done = JobState.RUNNING, 0
        self._worker.submit(self._work, job, dry_run=False)
        return job

    def _work(self, job: Job, *, dry_run: bool) -> None:
        job.changes, job.refusals = [], []
        try:
            if dry_run:
                job.total = self._imports.count(job.folder / "table")
            with csv_file(job.report_file("refused"), Refused.COLUMNS) as refused, \
                    csv_file(job.report_file("changes"), Change.COLUMNS) as changed:
                watch = _watch(job, refused, changed)
                job.report = self._imports.run(job.kind, job.folder / "table", watch, dry_run=dry_run)
            job.state = JobState.TRIED if dry_run else JobState.DONE
        except ServiceError as e:
            job.code, job.sentence, job.state = e.code, e.sentence, JobState.FAILED
        except Exception as e:
            log.error("import.failed", job=job.id, error=str(e), kind=type(e).__name__)
            job.code, job.state = "import_failed", JobState.FAILED
            job.sentence = "The import broke off; rows before that went in. The log says why. Upload the file again."


def _watch(job: Job, refused: WriteRow, changed: WriteRow) -> Watch:
    def advance(rows: int) -> None:
        job.done += rows

    def refuse(r: Refused) -> None:
        refused(r.cells)
        if len(job.refusals) < SHOWN:
            job.refusals.append(r)

    def change(c: Change) -> None:
        changed(c.cells)
        if len(job.changes) < SHOWN:
            job.changes.append(c)

    return Watch(advance, refuse, change, job.actor, job.name)

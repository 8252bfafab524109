"""The durable engine (DBOS Transact): workflows whose finished steps are never run again, on SQLite or PostgreSQL.

A workflow's id is derived from the row it serves, so starting it twice is harmless. Which workflows there are, and what follows
what, is said in `app/pipeline.py`; this module only starts the engine, queues work and takes over from workers that died.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, create_engine, event, select, update
from sqlalchemy.engine import make_url

from models.tables.work import WorkerRow
from runtime.clock import now
from runtime.db import Database
from runtime.log import get_logger
from runtime.processes import is_gone, process_name

QUEUE = "work"
SILENT_AFTER = timedelta(seconds=20)
"""A worker whose heartbeat is older than this is taken for dead."""

log = get_logger("workflows")


def _sqlite_engine(path: Path) -> Engine:
    # DBOS's own engine uses the rollback journal; with WAL and synchronous=NORMAL it is two to three times as fast. What a
    # power cut may take from this file the sweeper starts again from the rows.
    engine = create_engine(f"sqlite:///{path}")

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def _config(database_url: str, data: Path, executor_id: str) -> DBOSConfig:
    url = make_url(database_url)
    config: DBOSConfig = {
        "name": "ordermill",
        "executor_id": executor_id,
        # One version for all releases: steps are idempotent and keyed by rows, so a newer worker may finish what an older began.
        "application_version": "1",
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 1.0,
    }
    if url.get_backend_name() == "sqlite":
        path = data / "workflows.db"
        config["system_database_url"] = f"sqlite:///{path}"
        config["system_database_engine"] = _sqlite_engine(path)
    else:
        config["system_database_url"] = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return config


class Workflows:
    """The engine in this process. One per process (DBOS keeps global state)."""

    def __init__(self, db: Database, *, data: Path, concurrency: int) -> None:
        self.db = db
        self.executor_id = f"{process_name()}-{secrets.token_hex(4)}"
        self._data = data
        self._concurrency = concurrency

    def launch(self) -> None:
        """Start the engine, announce this worker, and take over what dead workers left."""
        DBOS(config=_config(self.db.engine.url.render_as_string(hide_password=False), self._data, self.executor_id))
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=0.1, on_conflict="always_update")
        at = now()
        with self.db.write() as session:
            session.add(WorkerRow(
                executor_id=self.executor_id, host=socket.gethostname(), pid=os.getpid(), started_at=at, heartbeat_at=at))
        self.beat()

    def enqueue(self, workflow: Callable[..., Any], workflow_id: str, *args: int) -> None:
        """Queue a workflow under this id; does nothing when the id was ever queued before."""
        with SetWorkflowID(workflow_id):
            DBOS.enqueue_workflow(QUEUE, workflow, *args)

    def active(self) -> int:
        """How many workflows are queued or running, in all workers."""
        return len(DBOS.list_workflows(status=["ENQUEUED", "PENDING"], load_input=False, load_output=False))

    def beat(self) -> None:
        """Note that this worker lives, and resume what silent ones had begun. Call every few seconds."""
        at = now()
        with self.db.write() as session:
            session.execute(update(WorkerRow).where(WorkerRow.executor_id == self.executor_id).values(heartbeat_at=at))
            dead = [row for row in session.execute(
                select(WorkerRow).where(WorkerRow.executor_id != self.executor_id, WorkerRow.taken_over_by.is_(None))
            ).scalars() if _is_dead(row, at)]
            for row in dead:
                # The row decides who takes over: two workers resuming the same workflow would run it twice.
                row.taken_over_by = self.executor_id
        for row in dead:
            self._resume(row.executor_id)

    def _resume(self, executor_id: str) -> None:
        pending = DBOS.list_workflows(status="PENDING", executor_id=executor_id, load_input=False, load_output=False)
        for workflow in pending:
            DBOS.resume_workflow(workflow.workflow_id, queue_name=QUEUE)
        log.info("worker.taken_over", executor_id=executor_id, workflows=len(pending))

    def close(self) -> None:
        """Stop the engine; what is unfinished is resumed at the next start."""
        DBOS.destroy(workflow_completion_timeout_sec=5)
        with self.db.write() as session:
            # Seen as dead at once: the next worker need not wait for the silence.
            session.execute(
                update(WorkerRow).where(WorkerRow.executor_id == self.executor_id).values(heartbeat_at=now() - timedelta(days=1)))


def _is_dead(worker: WorkerRow, at: datetime) -> bool:
    return is_gone(worker.executor_id) or worker.heartbeat_at < at - SILENT_AFTER

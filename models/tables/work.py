"""Worker processes and their heartbeats."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class WorkerRow(Base):
    """A process that runs workflows. When its heartbeat stops, another worker resumes what it had begun."""

    __tablename__ = "workers"

    executor_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    taken_over_by: Mapped[str | None] = mapped_column(String(64))

"""The review UI as an application of its own, with users of every role and nothing else, for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from app.bootstrap import Rooms
from app.importing import ImportDesk
from app.learning import Learning
from app.sample import Sample
from extraction.formats.thumbnail import thumbnail
from extraction.lines.drawn import read_drawn
from matching.policy import Policy
from models.domain.states import Role
from models.tables import Base
from models.tables.people import UserRow
from review_ui.services import RenderPage, Services
from review_ui.web import furnish
from runtime.accounts import open_session
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.db import Database
from runtime.settings import Settings
from tests.support.in_process import in_process

PASSWORD = "correct horse battery"
PEOPLE = (
    ("vera", "Vera Viewer", Role.VIEWER),
    ("carl", "Carl Clerk", Role.CLERK),
    ("anna", "Anna Approver", Role.APPROVER),
    ("adam", "Adam Admin", Role.ADMIN),
)


@dataclass
class Hands:
    """A clock one can stop, and a bell that counts."""

    at: datetime | None = None
    nudges: int = 0

    def now(self) -> datetime:
        """The moment set, else the current one."""
        return self.at or now()

    def nudge(self) -> None:
        """Count a call for the worker."""
        self.nudges += 1


@dataclass
class Desk:
    """A running UI's parts; `ids` name the rows put in."""

    services: Services
    app: FastAPI
    hands: Hands
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        """The database under it."""
        return self.services.db

    def now(self) -> datetime:
        """What the UI's clock shows."""
        return self.services.clock()


def draw_page(content: bytes, page: int, dpi: float, turn: int = 0) -> bytes:
    """A page as PNG; stands in for the sandboxed renderer, for documents we made ourselves."""
    with pymupdf.open(stream=content) as document:
        png: bytes = document[page].get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72).prerotate(turn)).tobytes("png")
    return png


def open_desk(
    folder: Path,
    *,
    db: Database | None = None,
    hands: Hands | None = None,
    warnings: Sequence[str] = (),
    settings: Settings | None = None,
    draw: RenderPage = draw_page,
) -> Desk:
    """The application over what lies in the folder; without `db` its SQLite file there."""
    settings = settings or Settings(_env_file=None, data=folder, company_name="Millbrook Supplies")
    hands = hands or Hands()
    db = db or Database(f"sqlite:///{folder / 'desk.db'}")
    rooms = Rooms(settings)
    rooms.__dict__["db"] = db
    blobs = Blobs(folder / "blobs")
    learning = Learning(db, blobs, in_process(), Policy.from_settings(settings), settings)
    services = Services(
        db, blobs, settings, hands.now, draw, thumbnail, read_drawn, lambda: learning, hands.nudge, lambda: warnings,
        ImportDesk(rooms), Sample(rooms), lambda: rooms.erp)
    app = FastAPI()
    furnish(app, services)
    return Desk(services, app, hands)


def make_desk(folder: Path, *, db: Database | None = None, **parts: Any) -> Desk:
    """An empty house with a user of every role; a given `db` has the schema already."""
    desk = open_desk(folder, db=db, **parts)
    if db is None:
        Base.metadata.create_all(desk.db.engine)
    with desk.db.write() as session:
        for login, name, role in PEOPLE:
            session.add(UserRow(login=login, name=name, role=role, password_hash=_password_hash(), is_active=True))
    return desk


@cache
def _password_hash() -> str:
    """The hash of PASSWORD, made cheap to check: hashing is slow on purpose, and tests sign in often."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def session_of(desk: Desk, login: str) -> str:
    """The secret of a fresh session, as signing in gives it."""
    with desk.db.write() as session:
        user_id = session.execute(select(UserRow.id).where(UserRow.login == login)).scalar_one()
        return open_session(session, user_id, desk.now())


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free loopback port; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()

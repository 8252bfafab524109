"""The database: SQLite in the data folder or PostgreSQL, one code. A transaction is opened at the edge; services take the
session and never commit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from models.errors import TransientError
from runtime.turns import Turns

BUSY_TIMEOUT_MS = 30_000
_WRITE = "ordermill_write"


class DatabaseBusy(TransientError):
    """Other writers of this process kept the database longer than anybody waits."""

    code = "database_busy"


def make_engine(url: str) -> Engine:
    """An engine with our rules: on SQLite WAL, synchronous=FULL, foreign keys, explicit BEGIN; on PostgreSQL psycopg.

    Raises sqlalchemy.exc.ArgumentError for a URL that is neither.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_size=10, max_overflow=20, pool_pre_ping=True)
    raise ValueError(f"ORDERMILL_DATABASE_URL must start with sqlite:/// or postgresql://, not {parsed.drivername}://.")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: a deferred BEGIN that later writes fails at once with
    # "database is locked", whatever the timeout.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


class Database:
    """Sessions for reading and for writing. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._turns = Turns()
        self._writing = sessionmaker(self.engine.execution_options(**{_WRITE: True}), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """True when the database is the embedded one."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite the turn to write. Its own waiting is asking again after ever longer sleeps: whoever asks at the right moment
        goes first, others wait for seconds. So the threads of a process queue up here, and only processes ask each other."""
        if not self.is_sqlite:
            yield
            return
        if not self._turns.take(BUSY_TIMEOUT_MS / 1000):
            raise DatabaseBusy("The database is busy with other changes. Try again in a moment.")
        try:
            yield
        finally:
            self._turns.done()

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """One transaction of which the whole installation runs at most one at a time (migrations).

        SQLite changes a table by making it anew under the rows that refer to it: references are checked at the end only.
        Raises sqlalchemy.exc.IntegrityError when one dangles then.
        """
        with self._turn(), self.engine.execution_options(**{_WRITE: True}).connect() as connection:
            if not self.is_sqlite:
                with connection.begin():
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(72501)")
                    yield connection
                return
            driver: Any = connection.connection.driver_connection       # the switch does nothing inside a transaction
            driver.execute("PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
                    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if dangling:
                        raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"dangling reference: {dangling}"))
            finally:
                driver.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and writes nothing; rolled back at the end. Rows stay readable after it."""
        with self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back on any exception.

        On SQLite it holds the single write lock from the start (BEGIN IMMEDIATE), so keep slow work outside.
        """
        with self._turn(), self._writing() as session, session.begin():
            yield session

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """A database to try things on: what is written there is seen there, and gone at the end.

        On PostgreSQL it is one transaction that is taken back; on SQLite, where all other writers would wait for that, a copy.
        """
        if self.is_sqlite:
            with self._copy() as copy:
                yield copy
            return
        with self._writing() as session, session.begin() as whole:
            yield _Within(self, session)
            whole.rollback()

    @contextmanager
    def _copy(self) -> Iterator[Database]:
        """The SQLite database as it is now, in a file of its own beside it; nobody has to wait while it is made."""
        file = Path(str(self.engine.url.database))
        with tempfile.TemporaryDirectory(prefix=f"{file.name}-rehearsal-", dir=file.parent) as folder:
            target = Path(folder) / file.name
            raw = self.engine.raw_connection()
            try:
                driver: Any = raw.driver_connection              # VACUUM does not run inside a transaction
                driver.execute("VACUUM INTO ?", (str(target),))
            finally:
                raw.close()
            copy = Database(f"sqlite:///{target}")
            try:
                yield copy
            finally:
                copy.close()

    @contextmanager
    def together(self) -> Iterator[Database]:
        """A database whose transactions are parts of one: all of them hold, or on any exception none."""
        with self.write() as session:
            yield _Within(self, session)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class _Within(Database):
    """Everything in one session, whose owner decides whether it is committed."""

    def __init__(self, real: Database, session: Session) -> None:
        self.engine = real.engine
        self._session = session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """The one session."""
        yield self._session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one session; what fails is taken back alone."""
        with self._session.begin_nested():
            yield self._session

    def close(self) -> None:
        """Nothing of its own to close."""

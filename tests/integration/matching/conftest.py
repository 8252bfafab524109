"""Desks to test on: a fresh one on each kind of database, and one that the cheap tests of a module share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.tables import Base
from runtime.db import Database
from tests.integration.matching.desk import Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A fresh company on each kind of database in turn."""
    return Desk(database, tmp_path)


@pytest.fixture
def lite(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A fresh company on SQLite."""
    return Desk(sqlite_database, tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One company on SQLite for tests that only add cases to it and look at those."""
    folder = tmp_path_factory.mktemp("desk")
    db = Database(f"sqlite:///{folder / 'ordermill.db'}")
    Base.metadata.create_all(db.engine)
    yield Desk(db, folder)
    db.close()

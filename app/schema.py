"""The schema, by Alembic: upgrade it, and tell whether it is the one this code needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import migrations
from models.errors import InputError
from models.tables import Base, triggers
from runtime.db import Database


class SchemaOutdated(InputError):
    """The database was made by another version of Ordermill."""

    code = "schema_outdated"


if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where it is used: most commands only want to know the revision.


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def upgrade(db: Database, revision: str = "head") -> None:
    """Bring the schema to `revision` in one transaction; does nothing when it is there. Safe to call from several processes.

    An empty database gets the newest schema at once instead of walking through all the migrations, which takes seconds; a test
    compares both ways.
    """
    from alembic import command

    config = _config()
    with db.exclusive() as connection:
        config.attributes["connection"] = connection
        if revision == "head" and not inspect(connection).get_table_names():
            triggers.attach()
            Base.metadata.create_all(connection)
            command.stamp(config, "head")
        else:
            command.upgrade(config, revision)


def current(db: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def head() -> str | None:
    """The revision this code needs."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head()


def check(db: Database) -> None:
    """Raise SchemaOutdated, saying what to do, unless the database is at the revision this code needs."""
    here, needed = current(db), head()
    if here != needed:
        raise SchemaOutdated(
            f"The database is at schema {here or 'none'}, this version needs {needed}. Run: ordermill db upgrade"
        )

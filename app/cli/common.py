"""What commands share: rooms from the settings, JSON on stdout, tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from app import schema
from app.bootstrap import Rooms
from runtime.log import configure_logging
from runtime.settings import Settings

out = Console(width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True)


@contextmanager
def rooms(*, database: bool = True) -> Iterator[Rooms]:
    """The rooms of the settings, closed at the end. With `database`, refuses a schema of another version."""
    settings = Settings()
    configure_logging(level=settings.log_level, as_json=settings.log_json)
    here = Rooms(settings)
    try:
        if database:
            schema.check(here.db)
        yield here
    finally:
        here.close()


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str | None = None, empty: str = "Nothing."
) -> None:
    """A table for people; `empty` is printed when there are no rows."""
    if not rows:
        out.print(empty)
        return
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(table)

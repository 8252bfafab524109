"""Numbers of rows as requests give them: what a column of the database can hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

LARGEST_ID = 2**53
"""Every JSON reader keeps whole numbers up to here."""
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only ids below this; for paging.")]
After = Annotated[int, Query(ge=0, le=LARGEST_ID, description="Only ids above this; for paging.")]

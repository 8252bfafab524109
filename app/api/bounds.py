"""What requests of every part of the API give alike: ids, pages, the key that makes a repeat harmless."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query

LARGEST_ID = 2**53
"""Every JSON reader keeps whole numbers up to here."""
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only ids below this; for paging.")]
After = Annotated[int, Query(ge=0, le=LARGEST_ID, description="Only ids above this; for paging.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Key = Annotated[str | None, Header(
    alias="Idempotency-Key", min_length=1, max_length=200, description="Repeat a request with the same key and get its answer.")]

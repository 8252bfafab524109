"""One action on several rows: each in a transaction of its own, and what was refused told by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from models.errors import ServiceError
from runtime.db import Database

MOST_AT_ONCE = 200
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(min_length=1, max_length=MOST_AT_ONCE)]


class RefusedOut(BaseModel):
    """What was not done, and why."""

    name: str
    code: str
    sentence: str


class ManyOut(BaseModel):
    """Of what was asked, in its order: what is done, and what was refused."""

    done: list[str]
    refused: list[RefusedOut]


def do_each(db: Database, names: Sequence[str], work: Callable[[Session, str], object]) -> ManyOut:
    """Do `work` to each of the names once."""
    told = ManyOut(done=[], refused=[])
    for name in dict.fromkeys(names):
        try:
            with db.write() as session:
                work(session, name)
        except ServiceError as e:
            told.refused.append(RefusedOut(name=name, code=e.code, sentence=e.sentence))
        else:
            told.done.append(name)
    return told

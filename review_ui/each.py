"""The same done to several chosen rows of a list, each in a transaction of its own, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.errors import ServiceError
from runtime.db import Database

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What was done to several rows, and what was refused; `undo`, `entries` and `value` are what takes it back."""

    done: str = ""
    refused: tuple[str, ...] = ()
    undo: str = ""
    entries: tuple[str, ...] = ()
    value: str = ""


NOTHING = Told()


def do_each(
    db: Database, names: Sequence[str], done: str, work: Callable[[Session, str], object], *, undo: str = "", value: str = ""
) -> Told:
    """Do `work` to each of the names, at most MOST_AT_ONCE. `undo` names what takes it back: of each what `work` answered is kept
    for that; nothing is where it answered False."""
    chosen = list(dict.fromkeys(names))[:MOST_AT_ONCE]
    refused, entries = [], []
    for name in chosen:
        try:
            with db.write() as session:
                result = work(session, name)
        except ServiceError as e:
            refused.append(e.sentence)
        else:
            entries += [f"{name}={result}"] if undo and result is not False else []
    return Told(f"{len(chosen) - len(refused)} {done}", tuple(dict.fromkeys(refused)), undo, tuple(entries), value)


def before(entries: Sequence[str] | None) -> dict[str, str]:
    """What rows were before, by name, as a page sends it back."""
    return dict(entry.partition("=")[::2] for entry in (entries or [])[:MOST_AT_ONCE])

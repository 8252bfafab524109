"""Small tables, read whole and written in one transaction: one value a key, beside what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.masterdata.sql import chunks, insert_all, table, update_all
from models.errors import InputError
from models.tables.base import Base
from runtime.imports import Outcome, Tally, shown

K = TypeVar("K", bound=tuple[Hashable, ...])


def put(wanted: dict[K, Any], key: K, value: object, line: int, tally: Tally) -> None:
    """Note what a line wants; one that contradicts an earlier one is refused."""
    if (known := wanted.setdefault(key, value)) != value:
        tally.refuse(line, InputError(
            f"an earlier line says “{shown(known)}”, this one “{shown(value)}”; keep one of them.", code="contradiction"))


def write_table(
    db: Session, row: type[Base], key: tuple[str, ...], value: str, wanted: Mapping[K, Any], *, tally: Tally,
    among: tuple[str, Collection[Any]], label: Callable[[Any], str],
) -> None:
    """Make `value` of the rows at the keys what is wanted. Of the stored rows whose column `among` has one of its values, those
    that are not wanted go, unless a line of the file was refused."""
    target = table(row)
    column, values = among
    stored: dict[Any, Any] = {
        tuple(getattr(r, name) for name in key): getattr(r, value) for chunk in chunks(values)
        for r in db.execute(select(target).where(target.c[column].in_(chunk)))}
    new = [k for k in wanted if k not in stored]
    changed = [k for k in wanted if k in stored and stored[k] != wanted[k]]
    gone = [] if tally.refused_count else [k for k in stored if k not in wanted]

    def rows(keys: list[K]) -> list[dict[str, Any]]:
        return [{**dict(zip(key, k, strict=True)), value: wanted[k]} for k in keys]

    insert_all(db, row, rows(new))
    update_all(db, row, rows(changed), key=key)
    for k in gone:
        db.execute(delete(target).where(*(target.c[name] == part for name, part in zip(key, k, strict=True))))
    for outcome, keys in ((Outcome.ADDED, new), (Outcome.REMOVED, gone)):
        for k in keys:
            tally.note(outcome, label(k))
    for k in changed:
        tally.note(Outcome.CHANGED, label(k), value, stored[k], wanted[k])
    tally.count([Outcome.ADDED] * len(new) + [Outcome.CHANGED] * len(changed) + [Outcome.REMOVED] * len(gone))
    tally.count([Outcome.UNCHANGED] * (len(wanted) - len(new) - len(changed)))

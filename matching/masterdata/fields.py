"""Columns that are simply fields of a row: read where the file has them, compared, and settled for a new row.

A column that the file lacks leaves what is stored; an empty cell of a column that it has empties it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from matching.masterdata.cells import Cell
from models.errors import InputError
from runtime.imports import shown
from runtime.tabular import Row, short

Values = dict[str, Any]


class Field(NamedTuple):
    """A column of the file, the column of the table it fills, how to read it, and what an empty cell means."""

    column: str
    name: str
    cell: Cell
    default: Any = None


def in_file(fields: Sequence[Field], columns: Collection[str]) -> tuple[Field, ...]:
    """The fields that the file speaks of."""
    return tuple(f for f in fields if f.column in columns)


def read(row: Row, fields: Sequence[Field]) -> Values:
    """Values by name; None where the cell is empty. Raises InputError."""
    return {f.name: f.cell(row, f.column) for f in fields}


def settle(values: Values, fields: Sequence[Field]) -> None:
    """Put what an empty cell means in place of None."""
    for f in fields:
        if f.default is not None and values[f.name] is None:
            values[f.name] = f.default


def same_again(key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises InputError when a further row of one thing says something else about it than its first row did."""
    for name, value in now.items():
        if value is not None and value != before[name]:
            raise InputError(
                f"{key} has the {name} “{short(shown(before[name]))}” in an earlier line and “{short(shown(value))}” here; "
                "make its lines agree.", code="contradiction")


def differences(stored: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(name, before, after) of every value that a stored row has otherwise."""
    return ((name, before, value) for name, value in values.items() if (before := getattr(stored, name)) != value)

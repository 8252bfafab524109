"""What all rows share: naming convention, exact decimals, instants in UTC, enums as checked text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Enum, Integer, MetaData, Numeric, String
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SCALE = 6
"""Decimal places kept of quantities and prices."""
_PARTS = 10**SCALE
_REMEMBERED = 8192


@lru_cache(_REMEMBERED)                     # orders repeat their quantities and prices; to look one up is several times cheaper
def _millionths(value: Decimal | int | None) -> int | None:
    if value is None:
        return None
    scaled = Decimal(value).scaleb(SCALE)
    whole = int(scaled)
    return whole if whole == scaled else int(scaled.to_integral_value(rounding="ROUND_HALF_UP"))


@lru_cache(_REMEMBERED)
def _of_millionths(value: int | None) -> Decimal | None:
    if value is None:
        return None
    whole, parts = divmod(value, _PARTS)
    return _without_zeros(Decimal(value).scaleb(-SCALE)) if parts else Decimal(whole)


def _without_zeros(exact: Decimal) -> Decimal:
    return exact.normalize() + 0 if exact == exact.to_integral_value() else exact.normalize()


class Exact(TypeDecorator[Decimal]):
    """A Decimal with six places that never becomes a float: NUMERIC on PostgreSQL, millionths as integer on SQLite.

    Add, subtract, compare and sum in SQL; multiply in Python (on SQLite a product would carry the scale twice).
    """

    impl = Numeric(20, SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(20, SCALE))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Values on their way to the driver."""
        return _millionths if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None] | None:
        """Values on their way back."""
        return _of_millionths if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else _without_zeros(Decimal(value))


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; always timezone-aware in Python, microseconds kept."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a timezone")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all rows."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        Decimal: Exact,
        datetime: Instant,
        str: String(),
    }


def choice(kind: type[StrEnum]) -> Enum:
    """A column type that stores the values of a StrEnum as text and lets the database refuse any other."""
    return Enum(
        kind, name=kind.__name__.lower(), native_enum=False, create_constraint=True, length=32,
        values_callable=lambda e: [m.value for m in e], validate_strings=True,
    )


# SQLite only gives AUTOINCREMENT-like row ids to a column whose type is exactly INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Sha256 = Annotated[str, mapped_column(String(64))]

"""What all rows share: naming convention, exact decimals, instants in UTC, enums as checked text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
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


class Exact(TypeDecorator[Decimal]):
    """A Decimal with six places that never becomes a float: NUMERIC on PostgreSQL, millionths as integer on SQLite.

    Add, subtract, compare and sum in SQL; multiply in Python (on SQLite a product would carry the scale twice).
    """

    impl = Numeric(20, SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(20, SCALE))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        scaled = Decimal(value).scaleb(SCALE)
        whole = int(scaled)
        return whole if whole == scaled else int(scaled.to_integral_value(rounding="ROUND_HALF_UP"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            whole, parts = divmod(value, _PARTS)
            if not parts:                                   # most quantities are whole: no need to look for zeros at the end
                return Decimal(whole)
        exact = Decimal(value).scaleb(-SCALE) if dialect.name == "sqlite" else Decimal(value)
        return exact.normalize() + 0 if exact == exact.to_integral_value() else exact.normalize()


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

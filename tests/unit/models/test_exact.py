"""Decimals survive the database to the last of their six places; property-tested on the column type itself."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from models.domain.codes import fold_code, gtin_is_valid
from models.tables.base import Exact

NUMERIC = 1700
"""What PostgreSQL calls the type of such a column."""
amounts = st.decimals(min_value=-10**12, max_value=10**12, places=6, allow_nan=False, allow_infinity=False)


def through(process: Callable[[Any], Any] | None, value: Any) -> Any:
    """What a processor of the column type makes of a value; none leaves it as it is."""
    return value if process is None else process(value)


@given(amounts)
def test_a_decimal_comes_back_as_it_went_in(amount: Decimal) -> None:
    for dialect in (sqlite.dialect(), psycopg.dialect()):
        stored = through(Exact().dialect_impl(dialect).bind_processor(dialect), amount)
        assert not isinstance(stored, float)
        assert through(Exact().dialect_impl(dialect).result_processor(dialect, NUMERIC), stored) == amount


@given(amounts, amounts)
def test_order_is_kept_on_sqlite(a: Decimal, b: Decimal) -> None:
    stored = [through(Exact().bind_processor(sqlite.dialect()), x) for x in (a, b)]
    assert (stored[0] < stored[1]) == (a < b)


def test_nothing_and_what_has_more_places_are_kept_as_promised() -> None:
    store = Exact().bind_processor(sqlite.dialect())
    assert [through(store, x) for x in (None, 3, Decimal("0.0000005"), Decimal("-1.0000004"))] == [None, 3_000_000, 1, -1_000_000]


def test_look_alikes_fold_together_and_check_digits_count() -> None:
    assert fold_code("SO-1OI/B") == fold_code("50 1018")
    assert gtin_is_valid("4006381333931")
    assert not gtin_is_valid("4006381333932")
    assert not gtin_is_valid("４００６３８１３３３９３１")

"""Decimals survive the database to the last of their six places; property-tested on the column type itself."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from models.domain.codes import fold_code, gtin_is_valid
from models.tables.base import Exact

amounts = st.decimals(min_value=-10**12, max_value=10**12, places=6, allow_nan=False, allow_infinity=False)


@given(amounts)
def test_a_decimal_comes_back_as_it_went_in(amount: Decimal) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = Exact().process_bind_param(amount, dialect)
        assert not isinstance(stored, float)
        assert Exact().process_result_value(stored, dialect) == amount


@given(amounts, amounts)
def test_order_is_kept_on_sqlite(a: Decimal, b: Decimal) -> None:
    stored = [Exact().process_bind_param(x, sqlite.dialect()) for x in (a, b)]
    assert (stored[0] < stored[1]) == (a < b)


def test_look_alikes_fold_together_and_check_digits_count() -> None:
    assert fold_code("SO-1OI/B") == fold_code("50 1018")
    assert gtin_is_valid("4006381333931")
    assert not gtin_is_valid("4006381333932")
    assert not gtin_is_valid("４００６３８１３３３９３１")

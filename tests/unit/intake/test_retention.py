"""Which messages have been kept long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.retention.plan import LEAST_DAYS, Candidate, Kept, Rules, is_due, parse_rules
from models.errors import InputError

AT = datetime(2031, 5, 1, tzinfo=UTC)
days = st.none() | st.integers(LEAST_DAYS, 4_000)


@given(days, days, st.sampled_from(Kept), st.integers(0, 5_000), st.booleans(), st.booleans())
def test_only_what_is_over_unheld_and_past_its_days_is_due(
    order: int | None, other: int | None, kept: Kept, age: int, is_open: bool, is_held: bool
) -> None:
    due = is_due(Candidate(1, kept, AT - timedelta(days=age), is_open, is_held), Rules(order, other), AT)
    limit = order if kept is Kept.ORDER else other
    assert due == (not is_open and not is_held and limit is not None and age >= limit)


def test_rules_are_days_or_for_ever() -> None:
    assert parse_rules(" 3650 ", "") == Rules(3650, None)
    for typed in ("6", "0", "-9", "3.5", "ten", "٣٠", "99999999"):
        with pytest.raises(InputError) as refusal:
            parse_rules(typed, "")
        assert refusal.value.code == "bad_retention"

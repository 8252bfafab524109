"""Waiting grows, is bounded, and never becomes nothing."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from oms.outbox.dispatch import LONGEST_WAIT, MAX_TRIES, backoff
from oms.webhooks.sender import GIVE_UP_AFTER


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_between_half_and_the_whole_of_a_bounded_wait(tries: int, luck: float) -> None:
    wait = backoff(tries, luck)
    assert timedelta(seconds=2.5) <= wait <= LONGEST_WAIT
    assert backoff(tries, 0) <= wait <= backoff(tries, 1) == 2 * backoff(tries, 0)


def test_doubles_until_a_quarter_of_an_hour() -> None:
    assert [backoff(n, 1).total_seconds() for n in (1, 2, 3, 8, 9, 400)] == [5, 10, 20, 640, 900, 900]


def test_tries_do_not_end_before_the_three_days_for_which_webhooks_are_tried() -> None:
    assert sum((backoff(n, 0) for n in range(1, MAX_TRIES)), timedelta()) > GIVE_UP_AFTER

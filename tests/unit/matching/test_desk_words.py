"""Deadlines by cut-off and the words of a search."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.calendar import is_open
from matching.deadline import due_at
from matching.words import LONGEST, words_asked, words_of


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, 5, day, hour, minute, tzinfo=UTC)          # 2 May 2031 is a Friday


@pytest.mark.parametrize(("received", "expected"), [
    (at(1, 9), at(1, 14, 30)), (at(1, 14, 30), at(1, 14, 30)), (at(1, 14, 31), at(2, 14, 30)), (at(2, 15), at(6, 14, 30)),
    (at(3, 9), at(6, 14, 30))])
def test_what_comes_by_the_cut_off_is_due_the_same_working_day(received: datetime, expected: datetime) -> None:
    assert due_at(received, "14:30", {date(2031, 5, 5)}) == expected


@pytest.mark.parametrize("cut_off", [None, "", "25:00", "noon", "9"])
def test_without_a_cut_off_nothing_is_due(cut_off: str | None) -> None:
    assert due_at(at(1, 9), cut_off, set()) is None


@given(st.datetimes(at(1, 0).replace(tzinfo=None), at(31, 0).replace(tzinfo=None), timezones=st.just(UTC)), st.times())
def test_a_case_is_due_on_a_working_day_and_not_before_it_came(received: datetime, clock: object) -> None:
    due = due_at(received, f"{clock:%H:%M}", set())
    assert due is not None and is_open(due.date(), set())
    assert due >= received.replace(second=0, microsecond=0) - timedelta(minutes=1) and due - received < timedelta(days=4)


def test_words_are_found_in_parts_and_codes_whole() -> None:
    words = words_of(["Bestellung PO-4711/A für Müller", "6205-2RS"])
    assert {"po", "4711", "po4711a", "muller", "62052rs"} <= set(words)
    assert words_asked("  Mül, PO-47 ") == ["mul", "po", "47"]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_every_word_asked_for_is_among_the_words_it_was_taken_from(texts: list[str]) -> None:
    words = set(words_of(texts))
    for text in texts:
        assert all(word in words for word in words_asked(text)) and all(len(w) <= LONGEST for w in words)

"""Days and clocks of a company that is not in Greenwich, over the change to summer time and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from matching.deadline import due_at
from matching.flow_figures import _begins
from models.errors import InputError
from review_ui.formats import stamp
from review_ui.presenters.dashboard import begin_of
from review_ui.routes.queue import later
from runtime.settings import Settings
from runtime.zone import check_zone, day_at, local, moment_of, use_zone


@pytest.fixture(autouse=True)
def berlin() -> None:
    use_zone("Europe/Berlin")


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, month, day, hour, minute, tzinfo=UTC)          # the clocks change on 30 March and 26 October 2031


def test_a_day_begins_and_ends_where_the_company_is() -> None:
    assert day_at(utc(5, 1, 22, 30)) == date(2031, 5, 2)
    assert moment_of(date(2031, 5, 2)) == utc(5, 1, 22) and moment_of(date(2031, 1, 2)) == utc(1, 1, 23)
    assert moment_of(date(2031, 3, 31)) - moment_of(date(2031, 3, 30)) == timedelta(hours=23)
    assert moment_of(date(2031, 10, 27)) - moment_of(date(2031, 10, 26)) == timedelta(hours=25)
    assert moment_of(date(2031, 10, 26), time(2, 30)) == utc(10, 26, 0, 30)            # the first of the two


@pytest.mark.parametrize(("came", "due"), [
    (utc(3, 28, 13, 29), utc(3, 28, 13, 30)),          # a Friday at 14:29 of winter time
    (utc(3, 28, 13, 31), utc(3, 31, 12, 30)),          # just after: on Monday, which is summer time
    (utc(10, 24, 12, 31), utc(10, 27, 13, 30)),        # and back
    (utc(5, 1, 22, 30), utc(5, 2, 12, 30))])           # the next day has begun there
def test_a_cut_off_is_on_the_companys_clocks(came: datetime, due: datetime) -> None:
    assert due_at(local(came), "14:30", set()) == due


def test_tomorrow_morning_is_at_six_where_the_company_is() -> None:
    assert later("tomorrow", utc(3, 29, 12)) == utc(3, 30, 4)
    assert later("tomorrow", utc(3, 28, 23, 30)) == utc(3, 30, 4)              # it is Saturday there already
    assert later("2031-01-15", utc(3, 29, 12)) == utc(1, 15, 5)


def test_a_period_is_of_whole_days_and_the_last_is_running() -> None:
    at = utc(3, 31, 9)
    since = begin_of(at, 3)
    assert since == utc(3, 28, 23)
    assert _begins(since, at) == [utc(3, 28, 23), utc(3, 29, 23), utc(3, 30, 22)]
    begins = _begins(begin_of(at, 90), at)
    assert len(begins) == 13 and all(local(begin).time() == time() for begin in begins) and begins[0] <= begin_of(at, 90)


def test_a_moment_is_written_with_the_name_of_its_zone() -> None:
    assert stamp(local(utc(7, 1, 12))) == "2031-07-01 14:00 CEST" and stamp(local(utc(1, 1, 12))) == "2031-01-01 13:00 CET"


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InputError, match="There is no time zone “Berlin”"):
        check_zone("Berlin")
    with pytest.raises(ValueError, match="write it as Europe/Berlin"):
        Settings(_env_file=None, time_zone="Berlin")

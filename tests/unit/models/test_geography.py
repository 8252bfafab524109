"""Great circles: a distance is one on a sphere, wherever the poles and the date line are."""

from __future__ import annotations

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.geography import EARTH_RADIUS_KM, Point, check_coordinates, kilometres
from models.errors import InputError

HALF = pi * EARTH_RADIUS_KM
CLOSE_KM = 1e-3                                     # what rounding may do near opposite ends
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_it_is_as_far_there_as_back_and_never_farther_than_half_around(a: Point, b: Point) -> None:
    assert kilometres(a, b) == pytest.approx(kilometres(b, a), abs=CLOSE_KM)
    assert 0 <= kilometres(a, b) <= HALF + CLOSE_KM and kilometres(a, a) == 0


@given(points, points, points)
def test_a_way_round_is_never_shorter(a: Point, b: Point, c: Point) -> None:
    assert kilometres(a, c) <= kilometres(a, b) + kilometres(b, c) + CLOSE_KM


@given(points, st.floats(-180, 180))
def test_at_a_pole_every_longitude_is_the_same_place(a: Point, east: float) -> None:
    assert kilometres(Point(90, east), Point(90, a.longitude)) == pytest.approx(0, abs=CLOSE_KM)
    assert kilometres(a, Point(90, east)) == pytest.approx((90 - a.latitude) / 180 * HALF, abs=CLOSE_KM)


@given(points, st.floats(-90, 90))
def test_the_date_line_is_no_edge(a: Point, north: float) -> None:
    assert kilometres(a, Point(north, 180)) == pytest.approx(kilometres(a, Point(north, -180)), abs=CLOSE_KM)


def test_known_distances() -> None:
    assert kilometres(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(HALF / 180)            # one degree of the equator
    assert kilometres(Point(0, 0), Point(0, 180)) == pytest.approx(HALF)
    assert kilometres(Point(52.52, 13.405), Point(48.1372, 11.5756)) == pytest.approx(504.4, abs=0.5)      # Berlin to Munich


@pytest.mark.parametrize(("values", "code"), [
    ({"latitude": 1.0}, "half_coordinates"), ({"latitude": 1.0, "longitude": None}, "half_coordinates"),
    ({"latitude": 90.1, "longitude": 0.0}, "out_of_range"), ({"latitude": 0.0, "longitude": -180.5}, "out_of_range"),
    ({"latitude": float("nan"), "longitude": 0.0}, "out_of_range")])
def test_what_is_no_point_is_refused(values: dict[str, float | None], code: str) -> None:
    with pytest.raises(InputError) as refused:
        check_coordinates("NORTH", values)
    assert refused.value.code == code

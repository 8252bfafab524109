"""What the measures of confidence say on judgements made by hand."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from bench.calibration import bins, calibration_error, coverage, sure_and_wrong
from bench.diagram import reliability_svg


def test_a_stated_confidence_that_comes_true_has_no_error_and_a_boast_has_all_of_it() -> None:
    honest = [(0.75, True), (0.75, True), (0.75, True), (0.75, False)]
    assert calibration_error(honest) == pytest.approx(0.0)
    assert calibration_error([(1.0, False)]) == pytest.approx(1.0)
    assert calibration_error([]) == 0.0


def test_bins_weigh_by_their_values() -> None:
    judged = [(0.95, True)] * 9 + [(0.15, True)]
    assert bins(judged) == [(pytest.approx(0.15), 1.0, 1), (pytest.approx(0.95), 1.0, 9)]
    assert calibration_error(judged) == pytest.approx(0.9 * 0.05 + 0.1 * 0.85)


def test_only_what_is_called_sure_counts_among_the_sure() -> None:
    assert sure_and_wrong([(0.979, False), (0.98, True), (0.99, False), (1.0, True), (1.0, True)]) == pytest.approx(0.25)
    assert sure_and_wrong([(0.5, False)]) == 0.0


def test_coverage_is_the_longest_run_from_the_surest_that_is_precise_enough() -> None:
    judged = [(0.9, True)] * 3 + [(0.8, False)] + [(0.7, True)] * 4
    assert coverage(judged, precision=1.0) == pytest.approx(3 / 8)
    assert coverage(judged, precision=0.85) == pytest.approx(1.0)


def test_coverage_never_parts_values_of_one_confidence() -> None:
    assert coverage([(0.9, True), (0.9, False)], precision=0.9) == 0.0


def test_the_diagram_is_well_formed_and_says_what_it_shows() -> None:
    judged = [(0.95, True), (0.35, False), (0.35, True)]
    drawing = ET.fromstring(reliability_svg({"Lines <all>": judged, "Nothing": []}, "a note"))
    texts = [e.text or "" for e in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "Lines <all>: 3 values, ECE 0.117" in texts and "a note" in texts
    assert len(list(drawing.iter("{http://www.w3.org/2000/svg}circle"))) == 2

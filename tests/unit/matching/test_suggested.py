"""What a language model suggested never goes through unseen, however lax the rules are."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from matching.assemble import build_draft
from matching.checks import run_checks
from matching.corrections import Lookups, apply_correction
from matching.decide import Decision, decide
from matching.merge import merge
from matching.model import default_model
from matching.policy import Policy
from matching.records import Source
from models.domain.doubt import DoubtCode
from models.domain.draft import Draft
from models.domain.evidence import Evidence, Found, Origin
from models.domain.partners import ApprovalLevel
from models.domain.reading import Header, Reading, ReadingLine
from tests.unit.matching.test_decide import FACTS, order

LAX = Policy(line_confidence=0.0, approval=ApprovalLevel.ALL_THAT_PASSES)
READING = order(24, "1.10", "26.40")


def as_suggested(found: Found[Any]) -> Found[Any]:
    return replace(found, confidence=1.0, evidence=replace(found.evidence, origin=Origin.SUGGESTED))


def judged(reading: Reading) -> tuple[Draft, Decision]:
    sources = [Source(1, reading)]
    draft = build_draft(sources, FACTS, default_model())
    return draft, decide(draft, run_checks(draft, merge(sources), FACTS, LAX), LAX)


def suggesting() -> list[tuple[str, Reading]]:
    """The clean order with each of its values in turn suggested, at full confidence."""
    (line,) = READING.lines
    made = [
        (f.name, replace(READING, header=replace(READING.header, **{f.name: as_suggested(value)})))
        for f in fields(Header) if (value := getattr(READING.header, f.name))]
    return made + [
        (f.name, replace(READING, lines=(replace(line, **{f.name: as_suggested(value)}),)))
        for f in fields(ReadingLine) if (value := getattr(line, f.name))]


def test_the_order_passes_when_nothing_is_suggested() -> None:
    assert judged(READING)[1].approve


@pytest.mark.parametrize(("name", "reading"), suggesting(), ids=lambda p: p if isinstance(p, str) else "")
def test_no_level_and_no_threshold_lets_a_suggested_value_through(name: str, reading: Reading) -> None:
    _, decision = judged(reading)
    assert not decision.approve
    assert [d.code for d in decision.doubts if "language model suggested" in d.sentence] == [DoubtCode.POLICY], name


def test_a_price_for_a_case_read_as_one_for_a_piece_stays_suggested() -> None:
    (line,) = READING.lines
    per_case = replace(line, unit_price=as_suggested(replace(line.unit_price, value=Decimal("26.40"))))
    assert not judged(replace(READING, lines=(per_case,)))[1].approve


def test_a_suggested_value_that_a_person_typed_anew_is_settled() -> None:
    draft, _ = judged(replace(READING, header=replace(READING.header, po_number=as_suggested(READING.header.po_number))))
    nobody = Lookups(lambda _: None, lambda _: None, lambda _: None)
    typed = apply_correction(draft, "po_number", "P1", Evidence(Origin.TYPED, person="Anna Example"), nobody).draft
    assert decide(typed, (), LAX).approve

"""Confidences are probabilities: they move with what speaks for and against a value, agree with one another, stay in bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from extraction import confidence
from extraction.around import LINE_NAMES, Around, all_values
from extraction.assemble import as_read, assemble
from extraction.clues.line import line_clues
from extraction.clues.table import Table
from extraction.clues.value import value_clues
from extraction.clues.whole import reading_clues, sums_follow
from extraction.confidence import believable, parts_clues, with_probability
from extraction.export import reading_to_json
from extraction.layout.reading_order import document_lines
from extraction.model.calibrate import FAMILIES, LEAST, MOST, Family, families
from extraction.model.tagger import tag
from models.domain.evidence import Candidate, Evidence, Found, Origin
from models.domain.pages import Page
from models.domain.reading import Context, Reading, ReadingLine
from tests.support.papers import parsed, table

ROWS = (
    "Thistlemere Pumps Ltd                     PURCHASE ORDER",
    "8 Millrace Lane                           PO Number:    PO-2031-00077",
    "Oldwick OW3 4QT                           Order Date:   25/04/2031",
    "",
    "Item     Description       Qty    Unit    Price    Amount",
    "KX-4471  Hinge brass       24     pcs     1.10      26.40",
    "KX-4472  Hinge steel       100    pcs     0.90      90.00",
    "KX-4473  Hinge bronze      5      pcs     3.00      15.00",
    "",
    "                                          Total    131.40",
)
ORDER = table(40, *ROWS)


def read(page: Page) -> Reading:
    (reading,) = assemble(parsed(page), Context())
    return reading


def raw(page: Page) -> tuple[Reading, Any]:
    lines = document_lines((page,))
    tags = tag(lines)
    (reading,) = as_read(parsed(page), lines, Context(), tags)
    return reading, (lines, Context(), tags)


def instead(old: str, new: str, *, confidence: float | None = None) -> Page:
    """The order with one word changed, or read by OCR with some confidence."""
    words = tuple(
        replace(w, text=w.text.replace(old, new), confidence=confidence if w.text == old else 0.999 if confidence else None)
        for w in ORDER.words)
    return replace(ORDER, words=words)


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Family]:
    """Families that give every value a probability of 0.7."""
    found = {name: Family({"one": 1.0}, ((0.0, 0.7), (1.0, 0.7))) for name in FAMILIES.values()}
    monkeypatch.setattr(confidence, "families", lambda: found)
    return found


def test_every_judged_value_gets_its_familys_probability_and_no_other_does(fitted: Mapping[str, Family]) -> None:
    before, page = raw(ORDER)
    after = believable(before, *page)
    for name in ("po_number", "order_date", "total"):
        assert getattr(after.header, name).confidence == 0.7
    for old, new in zip(before.lines, after.lines, strict=True):
        assert new.quantity and new.quantity.confidence == 0.7 and new.confidence == 0.7
        assert new.price_unit == old.price_unit and new.comment == old.comment
    assert [f.value for f in all_values(after)] == [f.value for f in all_values(before)]


def test_a_line_is_never_surer_than_its_quantity_its_unit_or_its_price(fitted: dict[str, Family]) -> None:
    fitted["line"] = Family({}, ((0.0, 0.9),))
    fitted["quantity"] = Family({}, ((0.0, 0.6),))
    before, page = raw(ORDER)
    assert {line.confidence for line in believable(before, *page).lines} == {0.6}


def test_without_a_fit_everything_stays_as_its_readers_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "families", dict)
    before, page = raw(ORDER)
    assert believable(before, *page) is before


def test_candidates_share_what_the_value_leaves() -> None:
    proof = Evidence(Origin.READ, "1.000")
    found = Found(1, 0.6, proof, (Candidate(1000, 0.3, proof), Candidate(100, 0.1, proof)))
    moved = with_probability(found, 0.8)
    assert [moved.confidence, *(c.probability for c in moved.candidates)] == pytest.approx([0.8, 0.15, 0.05])
    greedy = with_probability(replace(found, candidates=(Candidate(1000, 0.9, proof), Candidate(100, 0.9, proof))), 0.5)
    assert sum(c.probability for c in greedy.candidates) == pytest.approx(0.5)


def test_what_was_fitted_is_whole_and_gives_rising_probabilities() -> None:
    assert set(families()) == set(FAMILIES.values())
    for family in families().values():
        chances = [family.probability(s / 4) for s in range(-60, 61)]
        assert chances == sorted(chances) and chances[0] >= LEAST and chances[-1] <= MOST


def test_a_line_that_multiplies_out_is_likelier_than_one_that_does_not() -> None:
    right, wrong = read(ORDER).lines[1], read(instead("90.00", "80.00")).lines[1]
    assert right.sure > 0.8 and wrong.sure < right.sure - 0.2
    assert right.quantity and wrong.quantity and wrong.quantity.confidence < right.quantity.confidence


def test_a_doubtful_word_makes_its_value_doubtful_and_no_other_much() -> None:
    clear, dim = read(instead("100", "100", confidence=0.999)), read(instead("100", "100", confidence=0.5))
    def quantity(reading: Reading, n: int) -> float:
        found = reading.lines[n].quantity
        assert found is not None
        return found.confidence

    assert quantity(dim, 1) < quantity(clear, 1) - 0.01           # its amount still vouches for it
    assert abs(quantity(dim, 0) - quantity(clear, 0)) < 0.05


def test_what_its_reader_doubts_is_never_made_sure_by_all_else() -> None:
    odd = read(instead("PO-2031-00077", "PO-2031-0\u200b0077")).header.po_number
    assert odd is not None and odd.confidence < 0.7 < read(ORDER).header.po_number.confidence  # type: ignore[union-attr]
    open_mark = read(table(40, "PURCHASE ORDER", "Item     Qty", "KX-4471  1.000")).lines[0].quantity
    assert open_mark is not None and open_mark.confidence <= 0.6 and open_mark.candidates[0].probability >= 0.35


def test_the_layers_of_clues_have_no_name_in_common_so_that_their_scores_add_up() -> None:
    reading, page = raw(ORDER)
    around, table = Around.of(reading, *page), Table.of(reading.lines)
    layers = [reading_clues(around), line_clues(1, around, table)]
    for name in LINE_NAMES:
        if (value := getattr(reading.lines[1], name)) is not None:
            assert not set(value_clues(f"lines.{name}", value, around, table)) & (set(layers[0]) | set(layers[1]))
    assert not set(layers[0]) & set(layers[1])
    assert not set(parts_clues({})) & (set(layers[0]) | set(layers[1]))


def test_a_quantity_in_thousands_at_a_price_that_nobody_printed_per_thousand_is_open() -> None:
    rows = ("PURCHASE ORDER", "", "Item     Qty     Unit   Price   Amount", "KX-4471  10,000  pcs    81.14   811.40")
    line = read(table(40, *rows)).lines[0]
    assert line.quantity is not None and (line.quantity.value == 10 or line.quantity.confidence <= 0.5) and line.sure <= 0.95


def test_json_tells_how_sure_each_line_is_as_a_whole() -> None:
    reading = read(ORDER)
    told = reading_to_json(reading, file="order.pdf", seconds=0.1)["confidence"]
    assert [line["line"] for line in told["lines"]] == [round(line.sure, 4) for line in reading.lines]
    for line in told["lines"]:
        assert 0 < line["line"] <= min(line["quantity"], line["uom"], line["unit_price"])


def test_a_line_that_nobody_weighed_is_as_sure_as_the_least_sure_of_what_it_needs() -> None:
    def found(value: Any, sure: float) -> Any:
        return Found(value, sure, Evidence(Origin.READ, str(value)))

    line = ReadingLine(supplier_sku=found("A", 0.6), description=found("Bolt", 0.95), quantity=found(1, 0.9))
    assert line.sure == 0.9
    assert replace(line, description=None).sure == 0.6
    assert ReadingLine(quantity=found(1, 0.9)).sure == 0.0
    assert replace(line, confidence=0.3).sure == 0.3


def test_sums_are_followed_with_tax_and_charges_or_left_open() -> None:
    assert sums_follow(read(ORDER)) is True
    assert sums_follow(read(instead("131.40", "140.00"))) is False
    assert sums_follow(read(table(40, *ROWS[:-1]))) is None

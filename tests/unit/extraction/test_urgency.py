"""Delivery as soon as possible: marked with its words, no date made up for it."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from extraction.export import reading_to_json
from models.domain.reading import Context, Reading
from tests.support.papers import body, paper, parsed


def read(text: str) -> Reading:
    (reading,) = assemble(parsed(body(text)), Context())
    return reading


@pytest.mark.parametrize(("text", "words"), [
    ("Please send 20 boxes of gloves ASAP.", "ASAP"),
    ("Please send 20 boxes of gloves.\nDelivery: as soon as possible!", "as soon as possible"),
    ("Bitte liefern Sie 20 Kartons Handschuhe so schnell wie möglich.", "so schnell wie möglich"),
    ("Bitte 20 Kartons Handschuhe.\nLiefertermin: sofort", "sofort"),
    ("Merci de nous livrer 6 bidons d'huile au plus vite.", "au plus vite"),
    ("Necesitamos con urgencia 25 cajas de guantes.", "con urgencia"),
    ("Graag 20 dozen handschoenen, zo snel mogelijk.", "zo snel mogelijk"),
    ("Vi preghiamo di inviarci 20 scatole di guanti il prima possibile.", "il prima possibile"),
    ("Prosimy o 20 opakowań rękawic, pilne.", "pilne"),
])
def test_a_wish_for_speed_is_kept_in_its_words_and_is_no_date(text: str, words: str) -> None:
    header = read(text).header
    assert header.urgency is not None and header.requested_date is None
    assert header.urgency.value == words and header.urgency.evidence.places


@pytest.mark.parametrize("text", [
    "Please send 20 boxes of gloves by 3 May 2031.",
    "Please send 20 boxes of gloves. Please confirm as soon as possible.",
    "Please send 20 boxes of gloves, this is not urgent.",
    "Wir zahlen sofort. Bitte liefern Sie 20 Kartons Handschuhe.",
])
def test_a_wish_for_an_answer_or_none_is_not(text: str) -> None:
    assert read(text).header.urgency is None


def test_a_paper_says_it_beside_the_label_or_in_a_mark_of_its_own() -> None:
    rows = ((60, [(20, "PO Number: 4711")]), (80, [(20, "Qty"), (90, "Description")]), (94, [(20, "5"), (90, "Brass hinge")]))
    for line in (70, [(20, "Delivery Date:"), (120, "ASAP")]), (50, [(300, "URGENT")]):
        (reading,) = assemble(parsed(paper((40, [(200, "Purchase Order")]), *sorted((*rows, line)))), Context())
        assert reading_to_json(reading, file="order.pdf", seconds=0)["urgency"] in {"ASAP", "URGENT"}

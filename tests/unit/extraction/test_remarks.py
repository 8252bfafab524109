"""What a text says about the order besides its goods."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from models.domain.reading import Context
from tests.support.papers import body, paper, parsed


def codes(text: str) -> set[str]:
    return {p.code for reading in assemble(parsed(body(text)), Context()) for p in reading.problems} - {"no_lines"}


@pytest.mark.parametrize(("text", "code"), [
    ("Please send 20 boxes of gloves, same as last time.", "refers_to_earlier_order"),
    ("Bitte 20 Kartons Handschuhe wie beim letzten Mal.", "refers_to_earlier_order"),
    ("Merci de nous envoyer 3 boîtes de gants, comme d'habitude.", "refers_to_earlier_order"),
    ("Por favor envíen lo de siempre.", "refers_to_earlier_order"),
    ("Graag 20 dozen handschoenen, zoals altijd.", "refers_to_earlier_order"),
    ("Vi chiediamo di inviarci il solito.", "refers_to_earlier_order"),
    ("Prosimy o dostawę, jak zwykle.", "refers_to_earlier_order"),
    ("Please do not send the gloves.", "not_wanted"),
    ("Please change line 20 from 5 to 8.", "changed_in_text"),
    ("Instead of 5 make it 8 please.", "changed_in_text"),
    ("Bitte Position 2 von 5 auf 8 ändern.", "changed_in_text"),
    ("We need 3-4 boxes of the red tape.", "unsure_quantity"),
    ("TEST - please ignore\n\nWe order 20 boxes of gloves.", "test_order"),
    ("Confirming order - do not duplicate\n\n20 boxes of gloves", "marked_copy"),
])
def test_a_remark_is_a_problem_with_the_words(text: str, code: str) -> None:
    assert codes(text) == {code}


def test_the_sentence_says_what_was_said_and_what_to_do() -> None:
    (reading,) = assemble(parsed(body("Please send 20 boxes of gloves, same as last time.")), Context())
    (problem,) = reading.problems
    assert "same as last time" in problem.message and "Look it up" in problem.message and problem.box is not None


@pytest.mark.parametrize("text", [
    "Please send 20 boxes of gloves.",
    "We need 5 test tubes and 2 copy holders from the catalogue.",
    "Bitte liefern Sie 20 Stück KX-4471 von Montag bis Freitag.",
])
def test_a_plain_order_has_none(text: str) -> None:
    assert codes(text) == set()


def test_a_stamp_on_paper_is_told() -> None:
    page = paper((40, [(200, "Purchase Order")]), (60, [(20, "PO Number: 4711")]), (80, [(300, "COPY")]))
    (reading,) = assemble(parsed(page), Context())
    assert "marked_copy" in {p.code for p in reading.problems}

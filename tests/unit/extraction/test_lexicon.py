"""The lexicon is complete enough for every reader and generator to lean on."""

from __future__ import annotations

import pytest

from extraction.lexicon import LANGUAGES, fields, labels, units


@pytest.mark.parametrize("field", fields())
def test_every_field_has_words_in_every_language(field: str) -> None:
    for language in LANGUAGES:
        assert labels(field, language), (field, language)


def test_without_a_language_the_words_of_all_are_given_once() -> None:
    words = labels("po_number")
    assert {"PO Number", "Bestellnummer", "N° de commande", "Nr zamówienia"} <= set(words)
    assert len(words) == len(set(words))


def test_unknown_language_is_empty_and_unknown_field_is_an_error() -> None:
    assert labels("po_number", "fi") == ()
    with pytest.raises(KeyError):
        labels("lines.nonsense")


def test_units_are_keyed_by_recommendation_20_codes() -> None:
    assert "Stk" in units()["H87"]
    assert "box" in units()["XBX"]
    assert all(spellings for spellings in units().values())

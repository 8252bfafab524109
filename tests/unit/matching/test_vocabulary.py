"""Words that a catalogue does not have lead to those they may stand for."""

import pytest

from matching.vocabulary import Vocabulary, may_abbreviate

WORDS = Vocabulary([(w, 50) for w in ["hexagon", "screw", "glove", "nitrile", "valve", "brass", "handle", "paper", "towel",
    "catheter", "black"]])


@pytest.mark.parametrize(("word", "meant"), [
    ("hexgaon", "hexagon"), ("nitirle", "nitrile"), ("valv", "valve"), ("hdl", "handle"), ("blk", "black"), ("nitr", "nitrile"),
    ("cathether", "catheter"),
])
def test_misspelt_and_shortened_words_are_found(word: str, meant: str) -> None:
    assert WORDS.near(word)[0][0] == meant


def test_words_run_together_come_apart_and_strangers_stay_unknown() -> None:
    assert {w for w, _ in WORDS.near("papertowel")} == {"paper", "towel"}
    assert WORDS.near("zyx") == () == WORDS.near("7b")


def test_a_catalogues_own_short_forms_are_known_by_the_words_and_the_words_by_them() -> None:
    words = Vocabulary([("buffer", 900), ("bfr", 80), ("bufferlo", 3), ("paper", 700), ("bag", 400), ("bearing", 300)])
    assert words.forms("buffer", 20) == ("bfr",) and words.forms("bfr", 20) == ("buffer",)
    assert words.forms("bag", 20) == ()                  # a word that the trade knows is no short form


@pytest.mark.parametrize(("short", "whole", "may"), [
    ("glv", "gloves", True), ("hydr", "hydraulic", True), ("hss", "hsse", False), ("vlv", "black", False),
    ("gloves", "glv", False)])
def test_what_may_be_short_for_what(short: str, whole: str, may: bool) -> None:
    assert may_abbreviate(short, whole) is may

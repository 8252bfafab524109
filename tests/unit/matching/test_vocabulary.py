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


@pytest.mark.parametrize(("short", "whole", "may"), [
    ("glv", "gloves", True), ("hydr", "hydraulic", True), ("hss", "hsse", False), ("vlv", "black", False),
    ("gloves", "glv", False)])
def test_what_may_be_short_for_what(short: str, whole: str, may: bool) -> None:
    assert may_abbreviate(short, whole) is may

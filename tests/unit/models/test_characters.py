"""Look-alikes and invisible marks: equal for matching, named and visible for people, and honest text left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.characters import oddities, visible, without_marks
from models.domain.codes import clean_code, fold_code

CODES = st.from_regex(r"[A-Z]{1,3}-?[0-9]{3,8}", fullmatch=True)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\u061c"
STROKES = "\u0336\u0338\u20dd\u0301"
BLANKS = "\u00a0\u202f\u2009 "
DISGUISES = str.maketrans("ABCEHIJKMOPSTX", "АВСЕНІЈКМОРЅТХ")
GREEK = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"}
ARABIC = {ord("0") + n: chr(0x660 + n) for n in range(10)}


@given(CODES, st.sampled_from(INVISIBLE + STROKES + BLANKS), st.integers(1, 9))
def test_a_mark_anywhere_in_a_code_changes_nothing_for_matching(code: str, mark: str, at: int) -> None:
    marked = code[:at] + mark + code[at:]
    assert clean_code(marked) == clean_code(code)
    assert fold_code(marked) == fold_code(code)


@given(CODES, st.sampled_from([DISGUISES, GREEK, WIDE, ARABIC]))
def test_letters_and_digits_of_other_scripts_match_those_they_look_like(code: str, disguise: dict[int, str]) -> None:
    assert clean_code(code.translate(disguise)) == clean_code(code)
    assert clean_code(code.lower().translate(disguise)) == clean_code(code)


@given(CODES, st.sampled_from(INVISIBLE), st.integers(1, 9))
def test_an_invisible_mark_is_named_and_shown_and_without_it_nothing_is(code: str, mark: str, at: int) -> None:
    marked = code[:at] + mark + code[at:]
    assert any(f"U+{ord(mark):04X}" in phrase for phrase in oddities(marked))
    assert visible(marked) == f"{code[:at]}⟦U+{ord(mark):04X}⟧{code[at:]}"
    assert without_marks(marked) == code
    assert oddities(code) == () and visible(code) == code


@pytest.mark.parametrize("text", [
    "Größe", "Ø10", "25mm²", "10µF", "½", "Zażółć", "Заказ", "Ελλάδα", "٤٥٠٠", "４５００", "№7",
    "St\u00adück", "1\u00a0234,50", "É-10",
    "Schraube\u200b", "naïve", "Ⅻ", "👩\u200d🔧"])
def test_honest_words_are_not_odd(text: str) -> None:
    assert oddities(text) == ()


@pytest.mark.parametrize(("text", "said"), [
    ("PО-100", "Cyrillic letter “О” in place of “O”"),
    ("КХ-4471", "Cyrillic letter “К” in place of “K”"),
    ("Νut", "Greek letter “Ν” in place of “N”"),
    ("1٠", "more than one script"),
    ("4̶5", "a stroke over “4”"),
    ("10²", "raised or lowered digit “²”"),
    ("see\u202egpj", "right-to-left override"),
])
def test_what_deceives_is_named(text: str, said: str) -> None:
    assert said in "; ".join(oddities(text))


def test_raised_digits_and_fractions_never_become_other_codes() -> None:
    assert clean_code("4711²") != clean_code("47112")
    assert clean_code("KX-1½") != clean_code("KX-112")
    assert clean_code("10MF") != clean_code("10µF") == clean_code("10uF")
    assert fold_code("4711²") == fold_code("47112")

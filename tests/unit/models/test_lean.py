"""Lean dataclasses are equal, hashed and replaced by their fields, have no room for others, and travel packed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.domain.pages import UNSEEN, Word, WordFlag
from runtime.codec import pack, unpack

WORD = Word("KX-4", 0, (1.0, 2.0, 3.0, 4.0), 0.5)


def test_equal_fields_are_one_value() -> None:
    again = Word("KX-4", 0, (1.0, 2.0, 3.0, 4.0), 0.5)
    other = replace(WORD, text="KX-5")
    assert {WORD, again, other} == {WORD, other}
    assert (other.text, other.box, WORD.text) == ("KX-5", WORD.box, "KX-4")


def test_there_is_no_room_for_other_fields() -> None:
    with pytest.raises(AttributeError):
        WORD.note = "x"  # type: ignore[attr-defined]


def test_they_are_packed_as_any_dataclass() -> None:
    flagged = replace(WORD, flags=UNSEEN | {WordFlag.STRUCK})
    assert unpack(Word, pack(flagged)) == flagged
    assert not flagged.seen and not flagged.counts and WORD.seen and WORD.counts

"""Every text of the screens is there in every language, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.strings import languages, read, texts

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def strings(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)           # type: ignore[arg-type]


@pytest.mark.parametrize("path", languages(), ids=lambda path: path.stem)
def test_no_text_is_without_a_translation(path: Path) -> None:
    known = {message.id for message in read(path) if message.id and all(strings(message.string))}
    missing = [message.id for message in texts() if message.id and message.id not in known]
    assert missing == [], f"run make strings, then translate them in {path.name}"


@pytest.mark.parametrize("path", languages(), ids=lambda path: path.stem)
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    for message in read(path):
        if message.id:
            wanted = {name for text in strings(message.id) for name in PLACEHOLDER.findall(text)}
            for text in strings(message.string):
                found = PLACEHOLDER.findall(text)
                assert set(found) <= wanted and ("num" in wanted or set(found) == wanted), message.id
                assert not re.search(r"%(?!\()", text), f"a bare percent sign breaks the text: {text}"


def test_the_catalogues_hold_no_text_that_is_gone() -> None:
    there = {message.id for message in texts()}
    for path in languages():
        assert [m.id for m in read(path) if m.id and m.id not in there] == [], "run make strings"

"""Words that hold what a person does not see, or what looks like something else: named, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from extraction.layout.geometry import Line
from models.domain.characters import oddities, visible, without_marks
from models.domain.evidence import Box, Found
from models.domain.pages import Problem, Word
from models.domain.reading import Header, ReadingLine

_NAMED = 20          # words told one by one
_LENGTH = 60         # characters of a word that are shown


def odd_characters(lines: Sequence[Line], header: Header, order_lines: Sequence[ReadingLine]) -> Iterable[Problem]:
    """One problem for each odd word on these lines, the value it was read as by name; many words more are only counted."""
    odd = {(w.page, w.box): w for line in lines for t in line.tokens if oddities((w := t.word).text)}
    if not odd:
        return
    names = _names(header, order_lines)
    told = sorted(odd.values(), key=lambda w: (w.page, w.box) not in names)
    for word in told[:_NAMED]:
        yield Problem("odd_characters", _sentence(word, names.get((word.page, word.box), "word")), word.page, word.box)
    if len(told) > _NAMED:
        yield Problem(
            "odd_characters", f"{len(told) - _NAMED} more words hold characters that are not what they look like; "
            "compare all codes and numbers with the page.")


def _sentence(word: Word, name: str) -> str:
    marks = oddities(word.text)
    shown = visible(word.text)
    shown = shown if len(shown) <= _LENGTH else f"{shown[:_LENGTH]}…"
    plain = without_marks(word.text)[:_LENGTH]
    return f"The {name} “{shown}” holds {', '.join(marks)}. It was read as “{plain}”; compare it with the page."


def _names(header: Header, lines: Sequence[ReadingLine]) -> Mapping[tuple[int, Box], str]:
    """Where values stand, and what they are."""
    names: dict[tuple[int, Box], str] = {}
    for n, line in enumerate(lines, 1):
        _add(names, line, f" of line {n}")
    _add(names, header, "")
    return names


def _add(names: dict[tuple[int, Box], str], holder: Header | ReadingLine, of: str) -> None:
    for field in fields(holder):
        value: Found[Any] | None = getattr(holder, field.name)
        for place in value.evidence.places if value else ():
            words = field.name.replace("_", " ").replace("po ", "PO ").replace("sku", "number").replace("gtin", "GTIN")
            names[place.page, place.box] = f"{words}{of}"

"""What the lines of a reading have in common, against which each one is seen. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extraction.around import LINE_NAMES
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

CODES = ("supplier_sku", "buyer_sku", "gtin", "mpn")
_SHAPES = (("9", re.compile(r"\d+")), ("A", re.compile(r"[^\W\d_]+")))


@dataclass(frozen=True, slots=True)
class Table:
    """What the lines of a reading have in common: which fields they fill, how each field's texts are shaped; and the shape of
    each text of theirs."""

    filled: Counter[str]
    patterns: Counter[frozenset[str]]
    shapes: dict[str, Counter[str]]
    shape_of: Mapping[str, str]
    count: int

    @classmethod
    def of(cls, lines: Sequence[ReadingLine]) -> Table:
        """The habits of these lines."""
        texts = {name: [f.evidence.text for line in lines if (f := getattr(line, name))] for name in LINE_NAMES}
        shape_of = {text: shape(text) for own in texts.values() for text in own}
        shapes = {name: Counter([shape_of[text] for text in own]) for name, own in texts.items()}
        filled = [filled_fields(line) for line in lines]
        return cls(Counter(n for names in filled for n in names), Counter(filled), shapes, shape_of, len(lines))


def filled_fields(line: ReadingLine) -> frozenset[str]:
    """The fields of the line that have a value."""
    return frozenset([name for name in LINE_NAMES if getattr(line, name) is not None])


def shape(text: str) -> str:
    """A text with its runs of digits and of letters as one sign each: "KX-4471" is "A-9"."""
    for sign, run in _SHAPES:
        text = run.sub(sign, text)
    return text[:12]


def codes(line: ReadingLine) -> Iterator[Found[str]]:
    """The line's part numbers, whoever gave them."""
    return (f for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f)

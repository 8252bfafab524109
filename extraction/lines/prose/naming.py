"""What a count counts → a reading line: the code and the description beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.layout.evidence import found, proof
from extraction.layout.geometry import Token
from extraction.lines.prose.codes import AROUND, coded, trimmed
from extraction.lines.prose.counts import Count
from extraction.lines.prose.speech import Setting, Speech
from extraction.lines.values import is_code, measured
from models.domain.evidence import Candidate, Found
from models.domain.reading import ReadingLine

MOST = 99_999                # a bare number above it, with neither unit nor code beside it, counts nothing: it is a telephone
_OPEN = 0.4                   # one of the two numbers of "3-4"
_LONGEST = 24                 # words; a longer text describes no goods
CODE_DIGITS = 4              # digits of a bare number from which on it is a code rather than a size
_HELD = re.compile(r"^\(\d{1,5}\)$")           # how many are in a package
_ELISION = re.compile(r"(\w['’]) (?=\w)")


def named(
    count: Count, front: tuple[Token, ...], back: tuple[Token, ...], speech: Speech, setting: Setting, *, sure: float
) -> ReadingLine | None:
    """The line when what is counted has a code or a description."""
    is_loose = setting.bullet or setting.asked or not setting.line
    if all(speech.spans([t], "of") or not t.text.strip(".,;") for t in back):
        back = ()
    skipped = articles(back, speech) if is_loose or count.unit or count.more or count.word else 0
    front = front[:-1] if front and front[-1].text == ":" else front
    front = front[: len(front) - speech.spans(front[-1:], "count_label")]
    rest = trimmed((*trimmed(front[articles(front, speech) :]), *count.sizes, *trimmed(back[skipped:])))
    if not rest:
        return None
    owner, code, text = coded(rest, speech)
    if not code and not count.unit and count.value is not None and count.value > MOST:
        return None
    if not code and not _describes(text):
        return None
    line = ReadingLine(
        quantity=_quantity(count, speech, sure),
        uom=found(count.unit_text, count.unit, sure) if count.unit_text else None,
        description=found(described(text), text, sure - 0.1) if text else None,
    )
    if code:
        value = found(" ".join(t.text for t in code).strip(AROUND), code, sure)
        line = replace(line, supplier_sku=value) if owner == "supplier_sku" else replace(line, buyer_sku=value)
    return line


def _quantity(count: Count, speech: Speech, sure: float) -> Found[Decimal] | None:
    if count.value is None:
        return None
    if count.other is not None:
        return Found(count.value, _OPEN, proof(count.tokens), (Candidate(count.other, _OPEN, proof(count.tokens)),))
    if count.word or any(not t.text[0].isdigit() for t in count.tokens):
        return found(count.value, count.tokens, sure - 0.03)
    return measured(count.value, count.tokens, speech.styles.number, sure)


def articles(words: Sequence[Token], speech: Speech) -> int:
    """How many words at the front are "of the", "von den", "(100) of", …"""
    held = int(len(words) > 1 and bool(_HELD.match(words[0].text)) and speech.spans(words, "of", 1) > 0)
    size = held + speech.spans(words, "of", held)
    size += speech.spans(words, "the", size)
    return size if size < len(words) else 0


def described(text: Sequence[Token]) -> str:
    """The words without marks around them; "(M8 bolt)" loses its brackets."""
    plain = _ELISION.sub(r"\1", " ".join(t.text for t in text)).strip(" ,;:-").removesuffix(".").removesuffix("?")
    is_around = plain.startswith("(") and plain.count("(") == 1 and ")" not in plain[:-1]
    return plain.removeprefix("(").removesuffix(")") if is_around else plain


def names_goods(text: Sequence[Token]) -> bool:
    """True when some of the words may name goods: a text, or a number of an item."""
    return any(sum(c.isalpha() for c in t.text) > 2 or sum(c.isdigit() for c in t.text) > CODE_DIGITS or (
        is_code(t.text.strip(AROUND)) and any(c.isdigit() for c in t.text)) for t in text)


def _describes(text: Sequence[Token]) -> bool:
    return any(sum(c.isalpha() for c in t.text) >= 3 for t in text) and len(text) <= _LONGEST

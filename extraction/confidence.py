"""How likely each value, and each line as a whole, is exactly right: the last step of reading. Pure.

A reader states how sure it was by the witness it had; here that becomes a probability, by all that the finished reading and its
page say for and against the value (`extraction/clues/`, `extraction/model/calibrate.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from extraction.around import HEADER_NAMES, LINE_NAMES, Around
from extraction.clues.line import line_clues
from extraction.clues.table import Table
from extraction.clues.value import value_clues
from extraction.clues.whole import reading_clues
from extraction.layout.geometry import Line
from extraction.model.calibrate import FAMILIES, Clues, Family, families, logit
from extraction.model.tagger import Tags
from models.domain.characters import oddities
from models.domain.evidence import Found, Origin
from models.domain.reading import Context, Header, Reading, ReadingLine

H = TypeVar("H", Header, ReadingLine)
_OF_LINES = {family for name, family in FAMILIES.items() if name.startswith("line")}
_RIVALLED = 0.35           # of a candidate, by its reader
_NAMES = ("lines.supplier_sku", "lines.buyer_sku", "lines.gtin", "lines.description")


def believable(reading: Reading, lines: Sequence[Line], context: Context, tags: Tags) -> Reading:
    """The reading with probabilities for confidences. `lines` are the document's, with all the words that were read, and `tags`
    those words' tags."""
    fitted = families()
    if not fitted:
        return reading
    around = Around.of(reading, lines, context, tags)
    shared = reading_clues(around)
    base = {name: family.score(shared) for name, family in fitted.items()}
    table = Table.of(reading.lines)
    weighed = []
    for number, line in enumerate(reading.lines):
        own = line_clues(number, around, table)
        told = {name: value for name, value in own.items() if value}         # each family asks again, and most are silent
        on_line = {name: base[name] + fitted[name].score(told) for name in _OF_LINES}
        line = _weighed(line, LINE_NAMES, "lines.", around, on_line, fitted, table)
        line = _open(line) if own["unprinted_base"] and own["three_decimals"] else line
        score = on_line["line"] + fitted["line"].score(parts_clues(chances(line)))
        weighed.append(replace(line, confidence=min(fitted["line"].probability(score), line_limit(line))))
    return replace(
        reading,
        doc_type=_moved(reading.doc_type, "doc_type", around, base, fitted, None),
        header=_weighed(reading.header, HEADER_NAMES, "", around, base, fitted, None),
        lines=tuple(weighed),
    )


def _open(line: ReadingLine) -> ReadingLine:
    """A line that multiplies out as well with a thousandth of the quantity: "10,000" pieces at a price per thousand that nobody
    printed, or ten at the price as it stands. Neither is sure."""
    moves: dict[str, Any] = {
        name: with_probability(found, min(found.confidence, 0.5))
        for name in ("quantity", "unit_price") if (found := getattr(line, name)) is not None}
    return replace(line, **moves)


def chances(line: ReadingLine) -> dict[str, float]:
    """The probability of each value of a line, by field as in `FAMILIES`."""
    found = {f"lines.{name}": getattr(line, name) for name in LINE_NAMES}
    return {name: f.confidence for name, f in found.items() if f is not None}


def parts_clues(chance: Mapping[str, float]) -> Clues:
    """What the probabilities of a line's values say about the line as a whole."""
    named = max((chance[name] for name in _NAMES if name in chance), default=0.05)
    needed = [chance.get(f"lines.{name}", 1.0) for name in ("quantity", "uom", "unit_price")]
    together = named
    for p in needed:
        together *= p
    return {"named": logit(named) / 4, "together": logit(together) / 4, "weakest": logit(min(named, *needed)) / 4}


def line_limit(line: ReadingLine) -> float:
    """A line is never surer than its quantity, its unit or its price."""
    return min((f.confidence for f in (line.quantity, line.uom, line.unit_price) if f), default=1.0)


def _weighed(
    holder: H, names: Sequence[str], prefix: str, around: Around, base: Mapping[str, float], fitted: Mapping[str, Family],
    table: Table | None,
) -> H:
    """A header or line with its values' probabilities."""
    found = {name: getattr(holder, name) for name in names}
    moves: dict[str, Any] = {
        name: _moved(value, prefix + name, around, base, fitted, table)
        for name, value in found.items() if value is not None and prefix + name in FAMILIES}
    return replace(holder, **moves)


def _moved(
    found: Found[Any], name: str, around: Around, base: Mapping[str, float], fitted: Mapping[str, Family], table: Table | None,
) -> Found[Any]:
    if found.evidence.origin is Origin.LEARNED:
        return found                        # a person has shown it; what is printed says nothing of that
    family = FAMILIES[name]
    chance = fitted[family].probability(base[family] + fitted[family].score(value_clues(name, found, around, table)))
    if found.evidence.fact_id is not None and table is None:
        chance = max(chance, found.confidence)          # it stands where a person let one stand before
    return with_probability(found, min(chance, found.confidence) if _is_doubted(found, around) else chance)


def _is_doubted(found: Found[Any], around: Around) -> bool:
    """True where its reader had a reason to doubt that no training paper shows often enough: a word that is not what it looks
    like, or another value that is about as likely."""
    is_odd = any(oddities(token.word.text) for token in around.tokens(found))
    return is_odd or any(c.probability >= _RIVALLED for c in found.candidates)


def with_probability(found: Found[Any], chance: float) -> Found[Any]:
    """The value with this probability; its candidates share what is left, as they shared it before."""
    if not found.candidates:
        return Found(found.value, chance, found.evidence)
    before = max(sum(c.probability for c in found.candidates), 1 - found.confidence, 1e-6)
    share = (1 - chance) / before
    candidates = tuple(replace(c, probability=round(c.probability * share, 4)) for c in found.candidates)
    return replace(found, confidence=chance, candidates=candidates)

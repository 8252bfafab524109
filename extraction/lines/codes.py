"""The item's number in the text of a row: with a label that says so, in brackets, behind a dash, or by its looks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.layout.geometry import Token
from extraction.layout.labels import COLUMN, label_at
from extraction.lines.values import is_code
from models.domain.codes import clean_code

CODES = ("supplier_sku", "buyer_sku", "gtin")
_BRACKETED = re.compile(r"^(?:\[[^\[\]]+\]|\*[^*]+\*|[^\s:]+:|#[^\s#]{3,})$")
_DIMENSION = re.compile(
    r"^[ØMm]?\d+(?:[.,/]\d+)?(?:[x×*X]\d+(?:[.,/]\d+)?)+\w{0,3}$|^M\d+$|^\d{1,4}(?:[.,/]\d+)?\"?$|^[Ø]\d|^\d+[.,]?\d*[a-zA-Z%²³°]{1,3}$"
    r"|^\d{1,5}/[a-z]{2,}$"
)
_AROUND = "()[]:,;."
_DECIMAL = re.compile(r"^\d+[.,]\d+$")                # a measure, the grade of a steel
_LETTERS = re.compile(r"^[A-Z]{2,}(?:[-/.][A-Z]{2,})+$")   # a number of letters only, behind a label of two words
_SHORTEST = 3          # letters and digits of a number that a label tells
_LONGEST_LABEL = 4     # words


@dataclass(frozen=True, slots=True)
class Labelled:
    """The number at the end of a text, the line field its label names, and the lines without both."""

    field: str
    code: tuple[Token, ...]
    rest: list[tuple[Token, ...]]


def labelled_code(lines: Sequence[tuple[Token, ...]]) -> Labelled | None:
    """The number that ends a text behind a label set off from it: "Hinge, brass (Ref. KX-4471)", "Hinge brass, art. 4471".
    A label that is cut short ("Art.") needs no mark before it. Or the number that begins a line behind its label, whatever
    follows: "Cat. no. KX-4471 pack of 10"."""
    if led := _begins_line(lines):
        return led
    words = tuple(t for line in lines for t in line)
    code = words[-1].text.strip(_AROUND) if len(words) > 2 else ""
    if not any(c.isdigit() for c in code) or len(clean_code(code)) < _SHORTEST or not is_code(code) or _DECIMAL.match(code):
        return None
    for start in range(max(1, len(words) - 1 - _LONGEST_LABEL), len(words) - 1):
        label = label_at(words[:-1], start, columns=True)
        field = next((f for n in label.fields if (f := n.removeprefix(COLUMN)) in CODES), None) if label else None
        before, first, last = words[start - 1].text, words[start].text, words[-2].text
        is_set_off = before[-1] in ",;:-–" or first[0] in "([" or last[-1] in ".:"
        if label and field and label.end == len(words) - 1 and is_set_off:
            return Labelled(field, (replace(words[-1], text=code),), _cut(lines, start))
    return None


def _begins_line(lines: Sequence[tuple[Token, ...]]) -> Labelled | None:
    for n, line in enumerate(lines):
        label = label_at(line, 0, columns=True)
        field = next((f for name in label.fields if (f := name.removeprefix(COLUMN)) in CODES), None) if label else None
        at = label.end + (label.end < len(line) and line[label.end].text == ":") if label and field else len(line)
        code = line[at].text.strip(_AROUND) if at < len(line) and at > 1 else ""
        is_named = any(c.isdigit() for c in code) or (label is not None and label.end > 1 and bool(_LETTERS.match(code)))
        if field and is_named and len(clean_code(code)) >= _SHORTEST and is_code(code) and not _DECIMAL.match(code):
            behind = tuple(t for k, t in enumerate(line[at + 1 :]) if k or any(c.isalnum() for c in t.text))
            rest = [*lines[:n], behind, *lines[n + 1 :]]
            return Labelled(field, (replace(line[at], text=code),), [words for words in rest if words])
    return None


def _cut(lines: Sequence[tuple[Token, ...]], end: int) -> list[tuple[Token, ...]]:
    """The first words of some lines, at least one, without the mark that led on to those cut off."""
    out: list[tuple[Token, ...]] = []
    for line in lines:
        if end > 0:
            out.append(line[:end])
        end -= len(line)
    last = out[-1][-1]
    bare = last.text.rstrip(",;:-–")
    out[-1] = (*out[-1][:-1], replace(last, text=bare)) if bare else out[-1][:-1]
    return [line for line in out if line]


def take_code(
    lines: list[tuple[Token, ...]],
    known_codes: frozenset[str],
) -> tuple[tuple[Token, ...], list[tuple[Token, ...]]]:
    """The item number when the first line is one, or begins or ends with one; and the lines without it."""
    first = lines[0]
    if is_code(" ".join(t.text for t in first)) and len(lines) > 1 and not _DIMENSION.match(first[0].text):
        return first, lines[1:]
    if len(first) == 1 and len(lines) == 1 and _is_sure(first[0].text.strip("[]*():"), known_codes):
        return first, []
    if sum(map(len, lines)) == 1:
        return (), lines
    if len(first) > 1:
        if _BRACKETED.match(first[0].text) and is_code(first[0].text.strip("[]*:#")):
            return first[:1], [first[1:], *lines[1:]]
        if len(first) > 2 and first[1].text in {"-", "–"} and _is_sure(first[0].text, known_codes):
            return first[:1], [first[2:], *lines[1:]]
    for n in range(len(lines)):                   # a text may run on over several lines before its code
        code, rest = _code_behind(lines[n], lines[n - 1] if n else (), known_codes)
        if code:
            kept = [*lines[:n], rest, *lines[n + 1 :]] if rest else [*lines[:n], *lines[n + 1 :]]
            return code, [x for x in (_undashed(k) for k in kept) if x]
    if len(first) > 1 and _is_sure(first[0].text, known_codes):
        return first[:1], [first[1:], *lines[1:]]
    return (), lines


def _code_behind(
    line: tuple[Token, ...], before: tuple[Token, ...], known_codes: frozenset[str],
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """The code that ends a text, in brackets or behind a dash (which may have stayed on the line before), and the rest."""
    last = line[-1:]
    if _BRACKETED.match(last[0].text) and is_code(last[0].text.strip("[]*:#")) and len(line) + len(before) > 1:
        return last, line[:-1]
    ahead = line[-2] if len(line) > 1 else before[-1] if before else None
    if ahead and ahead.text in {"-", "–"} and _is_sure(last[0].text, known_codes):
        return last, line[:-1]
    if last[0].text.startswith("(") and _is_sure(last[0].text.strip("()"), known_codes) and len(line) + len(before) > 1:
        return last, line[:-1]
    return (), line


def _undashed(line: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words without the dash that led to the code."""
    return line[:-1] if line and line[-1].text in {"-", "–"} else line


def _is_sure(text: str, known_codes: frozenset[str]) -> bool:
    """True for a number nobody would take for a word or a size: known, or long, with digits, in no form of a measure."""
    bare = clean_code(text)
    if bare in known_codes:
        return True
    return len(bare) >= 4 and sum(c.isdigit() for c in bare) >= 3 and not _DIMENSION.match(text) and is_code(text)

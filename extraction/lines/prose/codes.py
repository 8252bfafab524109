"""Item numbers among the words of ordered goods: every word that may be one is weighed by where it stands and how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extraction.layout.geometry import GAP, Token
from extraction.layout.labels import COLUMN, fold, label_at
from extraction.lines.prose.counts import TIMES
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.words import phrases
from extraction.lines.units import is_unit
from extraction.lines.values import is_code
from models.domain.codes import clean_code

AROUND = "[]()*:,;.?!#"
"""Marks around a code that are no part of it."""

SET_APART = frozenset({"-", "–", "—", "=", ":", "|", "/", ";", "→", "=>", "->", "»", "›"})
"""Words that only part their neighbours."""

SIZE = re.compile(r"^[ØMm]?\d+(?:[.,/]\d+)?[\"a-zA-Z²³°%]{0,4}$")
_MEASURES = re.compile(r"^[ØMm]?\d+(?:[.,/]\d+)?(?:[x×*X]\d+(?:[.,/]\d+)?)+\w{0,3}$|^Ø|^\d{1,5}/[a-z]{2,}$")
_JOINED = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z0-9]+(?:[-./][A-Z0-9]+)+$")              # "KX-4": too short to be sure among words
_MIXED = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z\d][A-Z\d./-]{2,}$")                       # "WB22", "FK-25"
_TAIL = re.compile(r"^[A-Z]{2,}[-./]?\d{2,4}[A-Z]{0,2}$")                                # "IV15", "SD-1000" at the end of a text
_LETTERS = re.compile(r"^[A-Z]+(?:-[A-Z]+)+$")                                           # "NG-M"
_BLOCK = re.compile(r"^(?:[A-Z]{1,4}|\d{2,6})$")           # of "NU 208 ECP", "KB 48 300"
_BLOCKS = 4                   # blocks of such a number at most; the letters in front of it are fewer
_MARKS = "-–—=:·•|»›"
_CODE_LABELS = ("supplier_sku", "buyer_sku", "gtin", "mpn")
_CODE_DIGITS = 4              # digits of a bare number from which on it is a code rather than a size
_SHORTEST = 3                 # letters and digits of a number that has a label
_LONG = 5                     # characters from which on what looks like a size is a number where a label says so
_FEW = 3                      # words among which a short code is one anywhere


@dataclass(frozen=True, slots=True)
class _Claim:
    """`size` words at `at` that may be the item's number, with what leads to it from `start` on, and how much speaks for it."""

    worth: float
    start: int
    at: int
    owner: str | None = None
    size: int = 1


def coded(rest: tuple[Token, ...], speech: Speech) -> tuple[str | None, tuple[Token, ...], tuple[Token, ...]]:
    """Whose number it is, if that is said, the item's number and the words without both."""
    best = max(_claims(rest, speech), key=lambda c: c.worth, default=None)
    if best is None:
        return None, (), trimmed(rest)
    code = rest[best.at : best.at + best.size]
    before, after = _rebracketed(rest[: best.start], code, rest[best.at + best.size :])
    return best.owner, code, trimmed((*trimmed(before), *trimmed(after)))


def _rebracketed(
    before: tuple[Token, ...], code: tuple[Token, ...], after: tuple[Token, ...],
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """The words around a code that shared its brackets with them, "(KX-4, 5 gal)", with the bracket it takes along."""
    text = " ".join(t.text for t in code)
    if text[0] == "(" and text[-1] == "," and after and _open(after) < 0:
        return before, (replace(after[0], text=f"({after[0].text}"), *after[1:])
    if text.rstrip(",;.")[-1] == ")" and text[0] != "(" and before and _open(before) > 0:
        return (*before[:-1], replace(before[-1], text=f"{before[-1].text.rstrip(',;')})")), after
    return before, after


def _open(words: tuple[Token, ...]) -> int:
    """How many more brackets are opened than closed."""
    return sum(t.text.count("(") - t.text.count(")") for t in words)


def _claims(rest: tuple[Token, ...], speech: Speech) -> Iterable[_Claim]:
    for at in range(len(rest)):
        if size := _spaced(rest, at):
            bare = " ".join(t.text for t in rest[at : at + size]).strip(AROUND)
            yield from (replace(claim, size=size) for claim in _labelled(rest, at, bare, speech))
            if size == len(rest) and not _is_norm(rest[at].text.strip("(["), speech):
                yield _Claim(2.2, at, at, size=size)
            continue
        bare = rest[at].text.strip(AROUND)
        digits = sum(c.isdigit() for c in bare)
        is_known = digits > 0 and clean_code(bare) in speech.styles.known_codes
        is_size = _is_size(bare) and not is_known
        if not is_code(bare) or (is_size and len(bare) < (_SHORTEST if bare.isdigit() else _LONG)):
            continue
        yield from _labelled(rest, at, bare, speech)
        if is_size:
            continue
        if len(rest) == 1 and digits:
            yield _Claim(9.0, at, at)
        if is_known:
            yield _Claim(3.6, at, at)
        yield from _placed(rest, at, bare, digits, speech)


def _labelled(rest: tuple[Token, ...], at: int, bare: str, speech: Speech) -> Iterable[_Claim]:
    """ "Art.-No. KX-4471", "(réf. KX-4471)", "code NG-M"."""
    is_shaped = len(clean_code(bare)) >= _SHORTEST and (any(c.isdigit() for c in bare) or bool(_LETTERS.match(bare)))
    for start in range(max(0, at - 4), at) if is_shaped else ():
        label = label_at(rest, start, columns=True)
        end = label.end + (label.end < len(rest) and rest[label.end].text == ":") if label else -1
        owner = next((n for f in label.fields if (n := f.removeprefix(COLUMN)) in _CODE_LABELS), None) if label else None
        if owner and end == at and sum(c.isdigit() for c in bare) > 1:
            yield _Claim(5.0, start, at, owner)
        bracketed = rest[start].text.startswith(("(", "["))
        is_apart = start == 0 or bracketed or rest[start - 1].text[-1] in ",;:" or rest[start - 1].text in SET_APART
        is_apart = is_apart or rest[at - 1].text[-1] in ".:"           # "hinge cod. KX-B"
        is_told = len(bare) >= _LONG or not bare.isdigit() or at - start > 1 or rest[start].text[-1] in ".:"
        if is_apart and is_told and start + speech.spans(rest, "code_label", start) == at:
            yield _Claim(4.5, start, at)


def _spaced(rest: tuple[Token, ...], at: int) -> int:
    """How many words a number with blanks takes, 0 for none: "KP 2020", "NU 208 ECP", "22210 E"."""
    end, digits = at, 0
    for n, token in enumerate(rest[at : at + _BLOCKS], at):
        bare = token.text.strip("([])" + ",;.:?!")
        if not _BLOCK.match(bare) or (n > at and token.text[0] in "(["):
            break
        is_next = n > at and bare.isdigit() == rest[n - 1].text.strip("([").isdigit() and bare.isalpha()
        if is_next or (n == at and bare.isalpha() and not 0 < len(bare) < _BLOCKS):
            break
        end, digits = n + 1, digits + sum(c.isdigit() for c in bare)
        if token.text != token.text.rstrip(",;.:?!)]"):
            break
    text = [t.text.strip("([])" + ",;.:?!") for t in rest[at:end]]
    if end - at < 2 or digits < _SHORTEST or not any(c.isalpha() for t in text for c in t):
        return 0
    is_size = text[0].isdigit() and (len(text[0]) <= _CODE_DIGITS or is_unit(text[1]))
    return 0 if is_size else end - at


def is_code_label(token: Token, speech: Speech) -> bool:
    """True for one word that a number of an item stands behind: "Art.-Nr."."""
    label = label_at((token,), 0, columns=True)
    fields = label.fields if label else ()
    return speech.spans([token], "code_label") == 1 or any(f.removeprefix(COLUMN) in _CODE_LABELS for f in fields)


def _placed(rest: tuple[Token, ...], at: int, bare: str, digits: int, speech: Speech) -> Iterable[_Claim]:
    """A word that can hardly be anything but a code where it stands: in brackets or a cell of its own, before or behind the
    text."""
    text, first, last = rest[at].text, at == 0, at == len(rest) - 1
    before = rest[at - 1].text if at else ""
    is_sure = len(clean_code(bare)) >= 4 and digits >= 3
    is_set_off = before[-1:] in {",", ";", ":"} or before in SET_APART
    if text[0] in "([" and text.rstrip(",;.:?!")[-1:] in {")", "]"} and (is_sure or _MIXED.match(bare) or _LETTERS.match(bare)):
        yield _Claim(3.5 + last, at, at)
    elif _is_marked(text, last=last) and (is_sure or _MIXED.match(bare)) and not (at and speech.spans(rest, "no_count", at - 1)):
        yield _Claim(3.4, at, at)
    elif text[0] in "[*" and (first or last):
        yield _Claim(3.5, at, at)
    if len(rest) > 1 and digits > 2 and _is_apart(rest, at, at - 1) and _is_apart(rest, at, at + 1):
        yield _Claim(2.7, at, at)
    if first and (is_sure or _JOINED.match(bare) or (text.endswith(":") and len(rest) > 1)):
        yield _Claim(2.8, at, at)
    if last and is_set_off and (is_sure or _JOINED.match(bare) or _MIXED.match(bare)):
        yield _Claim(2.6, at, at)
    if last and is_set_off and _LETTERS.match(bare) and _is_spelled_code(bare, rest[:at]):
        yield _Claim(2.3, at, at)
    if (first or last) and len(rest) <= _FEW and _JOINED.match(bare):
        yield _Claim(2.4, at, at)
    if last and _TAIL.match(bare) and not _is_norm(bare, speech):
        yield _Claim(2.0, at, at)


def _is_marked(text: str, *, last: bool) -> bool:
    """True for "#KX-4471", and for a word that shares its brackets with what follows: "(KX-4471, 5 gal)"."""
    return text.lstrip("([").startswith("#") or (text[0] == "(" and text[-1] == "," and not last)


def _is_spelled_code(bare: str, before: tuple[Token, ...]) -> bool:
    """True for letters that hardly name a size or a stuff, behind a text in small letters: "the black ones, STRAP-BK"."""
    is_long = len(bare) > _LONG and all(len(part) > 1 for part in bare.split("-"))
    return is_long and sum(t.text.islower() for t in before) > 1


def _is_norm(bare: str, speech: Speech) -> bool:
    """True for what numbers a standard or a size, not an item: "DIN934", "IP65"."""
    letters = fold(re.split(r"[^A-Z]", bare)[0])
    return letters in phrases("norm") or letters in phrases("no_count")


def _is_size(bare: str) -> bool:
    is_long = bare.isdigit() and len(bare) > _CODE_DIGITS
    return bool(_MEASURES.match(bare) or (SIZE.match(bare) and not is_long))


def _is_apart(rest: tuple[Token, ...], at: int, other: int) -> bool:
    """True when a word is parted from its neighbour by white or by a mark, as cells are."""
    if not 0 <= other < len(rest):
        return True
    left, right = (rest[other], rest[at]) if other < at else (rest[at], rest[other])
    return right.left - left.right > GAP or left.text[-1] in ",;:|" or rest[other].text in SET_APART


def trimmed(text: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without dashes and signs of multiplication left over at the ends, and without "please" and "urgently"."""
    while text and (_is_mark(text[0]) or _courtesy(text, front=True)):
        text = text[max(1, _courtesy(text, front=True)) :]
    while text and (_is_mark(text[-1]) or _courtesy(text, front=False)):
        text = text[: -max(1, _courtesy(text, front=False))]
    return text


def _courtesy(text: tuple[Token, ...], *, front: bool) -> int:
    """How many words at an end say how, not what; never all of them."""
    for size in range(min(4, len(text) - 1), 0, -1):
        words = folded(text[:size] if front else text[-size:])
        if words and (words in phrases("urgent") or words in phrases("polite")):
            return size
    return 0


def _is_mark(token: Token) -> bool:
    return token.text in _MARKS or token.text in SET_APART or token.text.casefold() in TIMES or not token.text.strip(",;.?!")

"""Item numbers among the words of ordered goods: labelled, set apart, known, or unmistakable."""

from __future__ import annotations

import re

from extraction.layout.geometry import GAP, Token
from extraction.layout.labels import COLUMN, label_at
from extraction.lines.prose.counts import TIMES
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.words import phrases
from extraction.lines.texts import take_code
from extraction.lines.values import is_code
from models.domain.codes import clean_code

AROUND = "[]()*:,;.?!"
"""Marks around a code that are no part of it."""

SET_APART = frozenset({"-", "–", "—", "=", ":", "|", "/", ";", "→", "=>", "->"})
"""Words that only part their neighbours."""

SIZE = re.compile(r"^[ØMm]?\d+(?:[.,/]\d+)?[\"a-zA-Z²³°%]{0,4}$")
_PLAIN_CODE = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z0-9]+(?:[-./][A-Z0-9]+)+$")        # "KX-4": too short to be sure among words
_SHORT_CODE = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z\d][A-Z\d./-]{2,}$")
_MARKS = "-–—=:·•|"
_CODE_LABELS = ("supplier_sku", "buyer_sku", "gtin", "mpn")
_CODE_DIGITS = 4              # digits of a bare number from which on it is a code rather than a size


def coded(rest: tuple[Token, ...], speech: Speech) -> tuple[str | None, tuple[Token, ...], tuple[Token, ...]]:
    """Whose number it is, if that is said, the item's number and the words without both."""
    for at in range(len(rest)):
        label = label_at(rest, at, columns=True)
        fields = [f.removeprefix(COLUMN) for f in label.fields] if label else []
        owner = next((f for f in fields if f in _CODE_LABELS), None)
        if not label or owner is None:
            continue
        end = label.end + (label.end < len(rest) and rest[label.end].text == ":")
        named = rest[end : end + 1]
        bare = named[0].text.strip(AROUND) if named else ""
        if len(clean_code(bare)) > 3 and sum(c.isdigit() for c in bare) > 1 and is_code(bare):
            return owner, named, trimmed((*trimmed(rest[:at]), *trimmed(rest[end + 1 :])))
    if len(rest) == 1 and any(c.isdigit() for c in rest[0].text) and is_code(rest[0].text.strip(AROUND)):
        return None, rest, ()
    code, texts = take_code([rest], speech.styles.known_codes)
    if not code and ((cell := _own_cell(rest)) is not None or (cell := _labelled_code(rest, speech)) is not None):
        start, at = cell
        return None, rest[at : at + 1], trimmed((*trimmed(rest[:start]), *trimmed(rest[at + 1 :])))
    for place in (0, -1):
        bare = rest[place].text.strip(AROUND)
        if not code and _is_coded(rest, place) and not SIZE.match(bare):
            return None, (rest[place],), trimmed(rest[1:] if place == 0 else rest[:-1])
    if not code and speech.styles.known_codes:
        codes = speech.styles.known_codes
        known = next((n for n, t in enumerate(rest) if any(map(str.isdigit, t.text)) and clean_code(t.text) in codes), None)
        if known is not None:
            return None, rest[known : known + 1], trimmed((*rest[:known], *rest[known + 1 :]))
    return None, code, trimmed(tuple(t for part in texts for t in part))


def _is_coded(rest: tuple[Token, ...], place: int) -> bool:
    """True for a first or last word that can hardly be anything but a code where it stands: in brackets, behind a comma or a
    dash, before the text, or beside no more than two words."""
    text, bare = rest[place].text, rest[place].text.strip(AROUND)
    before = rest[-2].text if place and len(rest) > 1 else ""
    if text.startswith(("(", "[")) and text.endswith((")", "]")) and _SHORT_CODE.match(bare):
        return True
    return bool(_PLAIN_CODE.match(bare)) and (len(rest) <= 3 or place == 0 or before.endswith(",") or before in SET_APART)


def _own_cell(rest: tuple[Token, ...]) -> tuple[int, int] | None:
    """The place of a code that stands apart from the words around it, as tabs and marks set it; twice, as it has no label."""
    for at, token in enumerate(rest):
        bare = token.text.strip(AROUND)
        is_sized = SIZE.match(bare) and not (bare.isdigit() and len(bare) > _CODE_DIGITS)
        is_numbered = is_code(bare) and sum(c.isdigit() for c in bare) > 2 and not is_sized
        if len(rest) > 1 and is_numbered and _is_apart(rest, at, at - 1) and _is_apart(rest, at, at + 1):
            return at, at
    return None


def _is_apart(rest: tuple[Token, ...], at: int, other: int) -> bool:
    """True when a word is parted from its neighbour by white or by a mark, as cells are."""
    if not 0 <= other < len(rest):
        return True
    left, right = (rest[other], rest[at]) if other < at else (rest[at], rest[other])
    return right.left - left.right > GAP or left.text[-1] in ",;:|" or rest[other].text in SET_APART


def _labelled_code(rest: tuple[Token, ...], speech: Speech) -> tuple[int, int] | None:
    """Where the label of a code begins and where the code stands: "Art. KX-4471"."""
    for at in range(len(rest) - 1):
        size = speech.spans(rest, "code_label", at)
        bare = rest[at + size].text.strip(AROUND) if size and at + size < len(rest) else ""
        bracketed = rest[at].text.startswith(("(", "["))
        if (at == 0 or bracketed) and len(clean_code(bare)) > 3 and sum(c.isdigit() for c in bare) > 2 and is_code(bare):
            return at, at + size
    return None


def trimmed(text: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without dashes and signs of multiplication left over at the ends, and without "please"."""
    while text and _is_mark(text[0]):
        text = text[1:]
    while text and (_is_mark(text[-1]) or (len(text) > 1 and folded(text[-1:]) in phrases("polite"))):
        text = text[:-1]
    return text


def _is_mark(token: Token) -> bool:
    return token.text in _MARKS or token.text in SET_APART or token.text.casefold() in TIMES or not token.text.strip(",;.")

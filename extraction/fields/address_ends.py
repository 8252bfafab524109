"""What belongs to an address, and where it ends: hours, dates and remarks are often set right below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extraction.fields.dates import DateStyle, find_dates
from extraction.fields.names import HOUSE, POSTAL, STREET, is_company, is_country
from extraction.fields.view import text_of
from extraction.layout.geometry import Token
from extraction.layout.labels import fold
from models.domain.evidence import PageKind

_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.h]\d{2})?\s*(?:[ap]\.?m\b|uhr\b)|\b\d{1,2}\s?[hu]\d{2}\b|\b\d{1,2}[:.]\d{2}\s*[-–]\s*\d", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:\d[\s()/.+-]{0,2}){9,}")
_PROVINCE = re.compile(r"\([^\W\d]+\)|cedex(?: \d{1,2})?", re.IGNORECASE)
_BARE = re.compile(r"\W*\d{4,6}\W*")
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|postfach|bo[iî]te postale|b\.?p\.?|apartado|postbus|casella postale)\W{0,2}\d", re.IGNORECASE)
_REMARK = 3              # words in brackets that are a remark; fewer name a province
_DOOR = 3                # words that name a door
_ABBREVIATED = 4         # characters of the longest word with a full stop that ends no sentence
_YEAR = re.compile(r"(?:19|20)\d\d\b|\d[./-]\d{1,2}[./-]\d")

Words = tuple[Token, ...]


def without_notes(lines: Sequence[Words], style: DateStyle) -> tuple[Words, ...]:
    """The lines of an address without dates, hours and telephones, and without what follows the town: below it only a country
    belongs to an address. Nothing when no address is left."""
    pieces = [(n, _before_note(piece, style)) for n, line in enumerate(lines) for piece in _pieces(_place(line, style))]
    parts = [(n, piece) for n, piece in pieces if piece]
    towns = [n for n, (_, piece) in enumerate(parts) if is_town(text_of(piece))]
    if towns:
        last = text_of(parts[towns[-1]][1])
        end = towns[-1] + 1 + (not POSTAL.search(last) or bool(_BARE.fullmatch(last)))       # the town's name comes next
        while end < len(parts) and (ends_address(said := text_of(parts[end][1]).strip(" ,.")) or _is_door(said)):
            end += 1
        parts = parts[:end]
    elif len(parts) < len(pieces) and not any(is_company(text_of(piece)) for _, piece in parts):
        return ()                         # hours and names of people: no address
    kept = (tuple(t for m, piece in parts if m == n for t in piece) for n in range(len(lines)))
    return tuple(line for line in kept if line)


def _place(line: Words, style: DateStyle) -> Words:
    """The line without remarks in brackets; behind words of a paper they say where the door is, unless they tell hours or a
    telephone."""
    text = text_of(line)
    tells_when = _CLOCK.search(text) or _TELEPHONE.search(text) or (_YEAR.search(text) and find_dates(text, style))
    if line[0].kind is PageKind.PAPER and not text.startswith("(") and not tells_when:
        return _before_open_bracket(line)
    return without_brackets(line)


def _before_open_bracket(line: Words) -> Words:
    """What stands before a remark behind the town whose bracket closes on the next line: "… 1234 Oldtown (closed on"."""
    opens = next((n for n in range(len(line) - 1, 0, -1) if line[n].text.startswith("(")), None)
    is_open = opens is not None and not any(t.text.rstrip(",.;").endswith(")") for t in line[opens:])
    return line[:opens] if is_open and POSTAL.search(text_of(line[:opens])) else line


def without_brackets(words: Words) -> Words:
    """The words without remarks in brackets; of "our site (Acme Ltd, 9 Weir Road, Lowfield LF2 9AB)" what the brackets hold."""
    opens = next((n for n, t in enumerate(words) if t.text.startswith("(") and not t.text.rstrip(",.;").endswith(")")), None)
    if opens is None:
        return words
    closes = next((n for n, t in enumerate(words[opens:], opens) if t.text.rstrip(",.;").endswith(")")), len(words) - 1)
    inside = words[opens : closes + 1]
    if any(t.text.endswith(",") for t in inside) and is_town(text_of(inside)):
        return inside
    return words if len(inside) < _REMARK else (*words[:opens], *without_brackets(words[closes + 1 :]))


def _is_door(text: str) -> bool:
    """True for the door or the ramp of a house: "Gate 3", "rampa B"."""
    words = fold(text)
    return 1 < len(words) <= _DOOR and words[0] in HOUSE


def _pieces(line: Words) -> Iterable[Words]:
    """The parts of a line, parted by commas, and where a sentence ends behind a postcode."""
    piece: list[Token] = []
    for n, token in enumerate(line):
        piece.append(token)
        ends = token.text.endswith(".") and len(token.text) > _ABBREVIATED and POSTAL.search(text_of(piece))
        if token.text.endswith(",") or (ends and n + 1 < len(line) and line[n + 1].text[0].isupper()):
            yield tuple(piece)
            piece = []
    if piece:
        yield tuple(piece)


def _before_note(piece: Words, style: DateStyle) -> Words:
    """What stands before hours, a telephone or a date with its year; nothing when that is a word, or the whole is one."""
    piece = _before_dash(piece)
    text = text_of(piece)
    dates = find_dates(text, style) if _YEAR.search(text) else ()
    starts = [m.start() for m in (_CLOCK.search(text), _TELEPHONE.search(text)) if m] + [m.start for m in dates]
    if not starts:
        return piece
    before = text[: min(starts)]
    if before.count("(") > before.count(")"):
        before = before[: before.rfind("(")]
    words = len(before.split())
    return piece[:words] if words > 1 else ()


def _before_dash(piece: Words) -> Words:
    """What stands before a remark behind a dash, where the town is named already: "1234 Oldtown – Hours: 8 to 4"."""
    for n, token in enumerate(piece[:-1]):
        if token.text in {"-", "–", "—"} and POSTAL.search(text_of(piece[:n])):
            after = piece[n + 1]
            if after.text[0].islower() or after.text.endswith(":"):
                return piece[:n]
    return piece


def ends_address(text: str) -> bool:
    """True for a country, a province in brackets, or the office of a French post code."""
    return is_country(text) or bool(_PROVINCE.fullmatch(text))


def is_town(text: str) -> bool:
    """True for a part of an address with a postcode, a post office box, or a street with its number."""
    return bool(POSTAL.search(text) or _BOX.search(text) or (STREET.search(text) and any(c.isdigit() for c in text)))

"""An item text cut into tokens: numbers keep their units and prefixes, packs and ranges are one token each. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from matching.measures import UNITS
from models.domain.characters import as_latin, without_marks

_RISKY = frozenset({"z", "p", "c", "n", "cal", "t", "den", "pt", "h", "bl"})      # units only right behind the number
_UNIT = "|".join(sorted((re.escape(u) for u in UNITS if u not in _RISKY), key=lambda u: (-len(u), u)))
_FRACTION_SIGN = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})[,’'](\d{3})(?![\d,])")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_OPEN_POINT = re.compile(r"(?<![\da-z.])\.(?=\d)")
_INCH = re.compile(r"(?<=\d)\s?(?:\"|″|”|''|′′)")
_FOOT = re.compile(r"(?<=\d)['’′](?!\w)")
_MIXED = re.compile(r"(?<![\d./])(\d{1,2})[ -]+(\d{1,2}/(?:2|4|8|16|32|64))(?!\d)")
_RUN_IN = re.compile(r"(?<![\d./-])([1-9])(\d{1,2})/(2|4|8|16)(?=\s?(?:in|inch|zoll)(?![a-z]))")
_UNIFIED = re.compile(r"(?<![\d./-])(\d{1,2}/(?:2|4|8|16))-(9|[1-8]\d)(?![\d./-]|\s?(?:mm|cm|in|inch|zoll)(?![a-z]))")
_TIMES = re.compile(r"(\d(?:\s?(?:mm|cm|dm|m|um|in|ft|ml|cl|l|g|kg))?)\s?[x*]\s?(?=m?\d)")
_RANGE = re.compile(rf"(?<![\d./a-z])(\d+(?:\.\d+)?)(?:-|\.\.\.?|\s?(?:to|bis)\s?)(\d+(?:\.\d+)?)(?=\s?(?:{_UNIT})(?![a-z0-9]))")
_QUANTITY = re.compile(rf"(?<![a-z.])(\d[\d./~-]*)[ -]+({_UNIT})(?![a-z0-9]|-(?![ad]c)[a-z])")
_THREAD_BY = re.compile(r"(?<![a-z0-9])(m\d{1,2})[/-](\d{2,3})(?![\d./-]|\s?x)")            # M8/80 is M8 x 80
_CORES = re.compile(r"(?<![\w.])(?:(\d\d|[3-9])g(?=\d)|2g(?=\d+\.\d))")             # a cable 3G2.5 has cores as one 3x2.5 has
_GAUGED = re.compile(                    # a screw of UNC 8-32
    rf"(?<![\d./-])([02-8]|10|12)-(24|28|32|36|40|48|56|64|72|80)(?![\d./-]|\s?(?:{_UNIT})(?![a-z0-9]))")
_PREFIX = re.compile(
    r"(?<![a-z0-9])(pn|ip|ik|dn|nw|din|iso|ral|awg|sw|tx|ph|pz|cat|sch|sdr|nlgi|vg|gu|ffp|pg|ncs|m(?=\W\d{1,2}\s?x))"
    r"[ .:-]{1,2}(?=\d)")
_PACK_WORD = (
    r"pack|pk|pkg|pkt|box|bx|case|cs|carton|ctn|karton|packung|paket|bag|beutel|paq|paquete|caja|boite|sachet|doos|scatola|conf|opak|roll|rolle|dispenser|tub")
_PACK = re.compile(
    rf"(?<![a-z0-9])(?:(?:{_PACK_WORD})\s?(?:of|a|de|mit|zu|von|da|van|po|=|:|/|with)|(?!as\b|out\b)[a-z]{{2,12}}?\s?of)\s?(\d+)(?![\d.x/]|\s?(?:{_UNIT})(?![a-z0-9]))"
    rf"|(?<![a-z0-9])(?:ve|vpe|pk|pkg|packs?|packung|qty|ct|cf|da)\.?\s?(\d+)(?![\d.x]|\s?x\s?\d|\s?(?:{_UNIT})(?![a-z0-9]))"
    r"|(?<=[a-z] )x(\d{1,4})(?![\d.x])"
    rf"|(?<![a-z\d.x/])(\d+)\s?(?:pcs|pc|pce|pces|pieces|stk|stuck|stueck|st|pz|pza|pzas|piezas|pezzi|pieces|uds|ud|szt|stuks|ct|count|er|tabs|caps)?\s?"
    rf"(?:\s?/\s?|\s(?:per|pro|par|por|je|im|in a)\s|-)(?:{_PACK_WORD})(?![a-z]|\s?(?:of|a|de|mit|zu|von|da|van|po)\s?\d)"
    r"|(?<![\d.x/])(\d+)\s?(?:pcs|pc|pce|pces|pieces|piece|stk|stuck|stueck|pz|pza|pzas|piezas|pezzi|uds|szt|stuks|count|ct|er)\b")
_PACK_HINTS = frozenset(
    f"{_PACK_WORD}|ve|vpe|qty|pcs|pc|pce|pces|pieces|piece|stk|st|stuck|stueck|pz|pza|pzas|piezas|pezzi|ud|uds|szt|stuks|count|ct|cf|da|x|er|tabs|caps"
    .split("|"))
_LETTERS = re.compile(r"[a-z]+")
_SIZE = re.compile(r"(?<![a-z])(size|taille|talla|taglia|maat)(?=(?:xs|s|m|l|x+l|\dxl|\d{1,2})(?![a-z0-9]))")
_TAIL = re.compile(
    r"(?<![a-z0-9])([a-z]{2,5}|[a-z]\d\d[a-z]{1,2})-([a-z])(?![a-z0-9])")       # HSS-E and H07V-U are not HSS and H07V
_DOTTED = re.compile(r"(?<![a-z0-9.])[a-z](?:\.[a-z])+(?:\.|(?![a-z0-9]))")       # "p.a." is "pa"
_NO = re.compile(                                                    # "no valve" is none, "part no VALVE" is a number
    r"(?<![a-z0-9])((?:art|article|part|item|order|ref|cat|catalogue|model|serial|stock|drawing|po|id)[ .]+)?"
    r"no (?=[a-z]{3,}(?!\w))")
_NON = re.compile(r"(?<![a-z0-9])non[ -](?=[a-z]{3})")               # what is "non sterile" is not sterile, however misspelt
_QUOTES = frozenset("\"″”'’′")
_WORD = re.compile(r"[a-z]*\d+(?:-\d+/\d+)?(?:[./~]\d+)*[a-z0-9%]*|[a-z0-9]+|[^\W_]+")
_SIGNS = str.maketrans({
    "×": "x", "⁄": "/", "ø": " ", "⌀": " ", "°": "deg", "µ": "u", "–": "-", "—": "-", "‑": "-", "_": " ", "ß": "ss",
    "²": "2", "³": "3",
    "æ": "ae", "ł": "l"})
_JOINED: dict[str, str] = json.loads(Path(__file__).with_name("trade_words.json").read_text(encoding="utf-8"))["phrases"]
"""Phrases, and the one word they are read as."""
_JOIN = re.compile("|".join(map(re.escape, sorted(_JOINED, key=len, reverse=True))))


def plain(text: str) -> str:
    """Lower case without accents, invisible marks and look-alike letters among Latin ones; signs as a keyboard has them."""
    if not text.isascii():
        text = without_marks(_FRACTION_SIGN.sub(" ", text)).casefold().translate(_SIGNS)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).translate(_SIGNS)
        return text if text.isascii() else " ".join(_as_latin(word) for word in text.split())
    return text.casefold().translate(_SIGNS)


def _as_latin(word: str) -> str:
    """A word of two scripts is a disguised or mistyped Latin one; a word of one stays."""
    return as_latin(word) if any(c.isascii() and c.isalnum() for c in word) else word


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """Tokens in their order. "M8×40", "2 1/2\\"", "230 V", "110-240V", "PN 16" "3/8-16" and "box of 100" come out as
    "m8 x 40", "2-1/2in", "230v", "110~240v", "pn16", "ut3/8~16" and "packof100"."""
    said = _JOIN.sub(lambda m: _JOINED[m[0]], plain(text))
    if "-" in said:
        said = _TAIL.sub(r"\1\2", said)
    if "." in said:
        said = _DOTTED.sub(lambda m: m[0].replace(".", ""), said)
    if "no " in said:
        said = _NO.sub(lambda m: m[0] if m[1] else "without ", said)
    if "non" in said:
        said = _NON.sub("non", said)
    said = _SIZE.sub(r"\1 ", said)
    if any(map(str.isdigit, said)):
        said = _tidy_numbers(said)
        if "of" in said or not _PACK_HINTS.isdisjoint(_LETTERS.findall(said)):
            said = _PACK.sub(_pack, said)
    return tuple(_WORD.findall(said))


def _tidy_numbers(said: str) -> str:
    """Numbers with a decimal point, joined to their units and prefixes. Each rule runs only where its sign is present."""
    if "," in said or "’" in said or "'" in said:
        said = _COMMA.sub(".", _THOUSANDS.sub(r"\1\2", said))
    if "." in said:
        said = _OPEN_POINT.sub("0.", said)
    if not _QUOTES.isdisjoint(said):
        said = _FOOT.sub("ft ", _INCH.sub("in ", said))
    if "/" in said:
        said = _RUN_IN.sub(_run_in, _UNIFIED.sub(r"ut\1~\2", said))
        said = _MIXED.sub(r"\1-\2", said)
    if "-" in said:
        said = _GAUGED.sub(r"ut\1~\2", said)
    if "g" in said:
        said = _CORES.sub(lambda m: f"{m[1] or 2} x ", said)
    if "m" in said and ("/" in said or "-" in said):
        said = _THREAD_BY.sub(r"\1 x \2", said)
    if "x" in said or "*" in said:
        said = _TIMES.sub(r"\1 x ", said)
    if "-" in said or "to" in said or "bis" in said or ".." in said:
        said = _RANGE.sub(r"\1~\2", said)
    return _QUANTITY.sub(r"\1\2", _PREFIX.sub(r"\1", said))


def _run_in(found: re.Match[str]) -> str:
    """"11/2 in" is an inch and a half, "13/16 in" is less than one."""
    whole, above, below = found.groups()
    is_mixed = int(whole + above) >= int(below) > int(above) and int(above) % 2
    return f"{whole}-{above}/{below}" if is_mixed else found[0]


_BARE_COUNT = 5
"""The group of `_PACK` for a count of pieces without a pack."""


def _pack(found: re.Match[str]) -> str:
    if found.start() == 0 and found.lastindex == _BARE_COUNT:
        return found[0]             # "10 pcs …" is how many are wanted, not how many are in a pack
    return f" packof{next(g for g in found.groups() if g)} "

"""An address said in running text: where it begins in its sentence, where it ends behind the town. Pure.

"Please deliver to our surgery at Old Toll House, 3 Mill Street, Oldtown OT9 4QB, by Friday" says where in the middle of other
things. The address is the parts from behind the preposition to the town; what names no place before them ("our warehouse,") and
what follows the town is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extraction.fields.address_ends import without_brackets
from extraction.fields.dates import DateStyle, find_dates
from extraction.fields.names import HOUSE, POSTAL, STREET, is_country, is_legal_form
from extraction.fields.running_text import BEFORE_TOWN, JOINS, Words, sentences
from extraction.fields.view import text_of
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold, label_at

_DELIVERS = re.compile(
    r"\b(?:ship\w*|deliver\w*|send\w*|goods|liefer\w*|anliefer\w*|versand\w*|versend\w*|schick\w*|livr\w+|expédi\w+|envoy\w+|"
    r"entreg\w+|env[ií]\w+|sirv\w+|lever\w*|aflever\w*|bezorg\w*|consegn\w+|sped\w+|merc[ei]|mercancía|waren?|"
    r"dostaw\w*|dostarcz\w*|wysył\w*|wysł\w*)\b",
    re.IGNORECASE)
_BILLS = re.compile(r"\b(?:invoic\w*|bill\w*|rechnung\w*|factur\w*|fattur\w*|faktur\w*)\b", re.IGNORECASE)
_UP_TO = re.compile(
    r"\b(?:to|at|an|nach|bei|à|au|chez|en|a|aan|op|naar|bij|presso|na|do)\b(?: [\w’'-]+){0,5} ?:$|"
    r"\b(?:addresse?|adresse?|anschrift|dirección|indirizzo|adres|site|sede)\b(?: [\w’'-]+){0,4} ?:$", re.IGNORECASE)
_PLACING = "at to in on an am a au en sur chez op aan bij presso do na pod"
_BEFORE_PLACE = frozenset(_PLACING.split())
_HOUSE_FIRST = re.compile(r"\d+\s")       # "2750 39th St N" is no town
_CODE_FIRST = re.compile(r"(?<![A-Z]{2} )\b(?:\d{4,6}|\d{2}-\d{3})\b")
_BARE_CODE = re.compile(r"(?:\d{4,6}|\d{2}-\d{3}|\d{4} ?[A-Z]{2})\W*$")
_OF_A_YEAR = re.compile(r"\b\d{1,2}[/.-]\d{4}\b")
_COLON = re.compile(r":\s+\S")
_PROVINCE = re.compile(r"\([A-Z]{2}\)")
_SHORT = 4               # characters of the longest word with a full stop that ends no sentence
_TOWN = 6                # words of a town's name


def said_addresses(lines: Sequence[Line], style: DateStyle) -> Iterable[Words]:
    """The addresses that sentences name as the place to deliver to, in printed order."""
    for sentence in sentences(lines):
        text = text_of(sentence)
        stem = _DELIVERS.search(text)
        if not stem:
            continue
        begin = len(text[: stem.end()].split())
        found = settled(sentence[begin:], style)
        if found and _goods_go(text_of(sentence[: next(n for n, t in enumerate(sentence) if t is found[0])])):
            yield found


def announces_place(text: str) -> bool:
    """True for a line that leads up to the place to deliver to: "Delivery on Friday to the following address:"."""
    return bool(_DELIVERS.search(text) and _UP_TO.search(text)) and _goods_go(text)


def _goods_go(text: str) -> bool:
    """True for words that speak of delivery last, and not of invoices."""
    bill, ship = (max((m.end() for m in pattern.finditer(text)), default=0) for pattern in (_BILLS, _DELIVERS))
    return ship >= bill


def grown_addresses(lines: Sequence[Line], seen: Sequence[Words], style: DateStyle) -> Iterable[Words]:
    """The address around each run of words in which the tagger sees a part of one, where the run stands in a sentence."""
    begins = {id(run[0]) for run in seen}
    for sentence in sentences(lines):
        for n, word in enumerate(sentence):
            if id(word) in begins:
                yield settled((*_leading(sentence[:n]), *sentence[n:]), style)


def _leading(words: Words) -> Words:
    """The end of the words in front that belongs to the same address: whole parts of names, and the end of the one before."""
    kept: Words = ()
    for piece in reversed(tuple(_pieces(words))):
        place = _place_of(piece)
        kept = (*place, *kept)
        if len(place) < len(piece):
            break
    return kept


def settled(words: Sequence[Token], style: DateStyle) -> Words:
    """The address in the words that lead up to it and go on behind it; empty when there is no street with a number or town."""
    pieces = list(_pieces(without_brackets(tuple(words))))
    at = _anchor([_without_dates(text_of(piece), style) for piece in pieces])
    if at is None:
        return ()
    end, rest = _town_end(pieces[at]), pieces[at + 1 :]
    last: list[Words] = [pieces[at][:end]]
    whole = end == len(pieces[at])
    if whole and rest and (not POSTAL.search(text_of(last[0])) or _BARE_CODE.fullmatch(text_of(last[0]))):
        town = _named(rest[0])
        last, rest, whole = ([*last, town], rest[1:], len(town) == len(rest[0])) if town else (last, rest, False)
    if whole and rest and is_country(text_of(rest[0]).strip(" ,.")):
        last.append(rest[0])
    begin = max((n for n in range(at + 1) if n == 0 or _COLON.search(text_of(pieces[n]))), default=0)
    if begin == at:
        last[0] = _place_of(last[0])
    first = [_place_of(_behind_date(pieces[begin], style)), *pieces[begin + 1 : at]] if begin < at else []
    if len(first) > 1 and not any(c.isalpha() for c in _without_dates(text_of(first[0]), style)):
        first = [_place_of(first[1]), *first[2:]]              # behind "by 21 March 2031," the place begins with the next part
    kept = [piece for piece in (*first, *last) if piece]
    told = len(kept) > 1 or STREET.search(text_of(kept[0])) if kept else False
    return tuple(t for piece in kept for t in piece) if told else ()


def _pieces(words: Sequence[Token]) -> Iterable[Words]:
    """The parts between commas."""
    piece: list[Token] = []
    for word in words:
        piece.append(word)
        if word.text.endswith((",", ";")):
            yield tuple(piece)
            piece = []
    if piece:
        yield tuple(piece)


def _anchor(texts: Sequence[str]) -> int | None:
    """The part with the town: the first with a postcode, else the first with a street and its number."""
    numbered = {n for n, text in enumerate(texts) if _HOUSE_FIRST.match(text) and STREET.search(text)}
    coded = (n for n, text in enumerate(texts) if POSTAL.search(text) and any(c.isalpha() for c in text) and n not in numbered)
    bare = (n for n, text in enumerate(texts) if n and POSTAL.search(text))
    street = (n for n, text in enumerate(texts) if STREET.search(text) and any(c.isdigit() for c in text))
    return next((found for kind in (coded, bare, street) if (found := next(kind, None)) is not None), None)


def _without_dates(text: str, style: DateStyle) -> str:
    """The text without its dates and weeks, whose years look like postcodes."""
    for match in reversed(tuple(find_dates(text, style))):
        text = text[: match.start] + text[match.end :]
    return _OF_A_YEAR.sub("", text)


def _behind_date(piece: Words, style: DateStyle) -> Words:
    """The words behind the day that a sentence names before the place: "before 9 May 2031 at Old Mill"."""
    text = text_of(piece)
    last = next((m for m in reversed(find_dates(text, style)) if not STREET.search(text[: m.start])), None)
    rest = piece[len(text[: last.end].split()) :] if last else piece
    while last and rest and fold(rest[0].text)[:1] and fold(rest[0].text)[0] in _BEFORE_PLACE:
        rest = rest[1:]
    return rest or piece


def _town_end(piece: Words) -> int:
    """How many words of the part with the town are the address: up to a code behind the town, or to the town behind its code."""
    text = text_of(piece)
    first, code = _CODE_FIRST.search(text), POSTAL.search(text)
    if code is None:
        return len(piece)
    if first is None or first.start() != code.start():
        return len(text[: code.end()].split())
    at = len(text[: first.end()].split())
    return at + len(_named(piece[at:]))


def _named(words: Words) -> Words:
    """The words of a name at the beginning: capitalised ones and what joins them, and a province behind them."""
    end = 0
    for n, word in enumerate(words[:_TOWN]):
        text = word.text
        if n and text[0].isupper() and label_at(words, n):
            break                                              # "… Oldtown Payment as always."
        if text[0].isupper() or text[0] == "'" or _PROVINCE.match(text):
            end = n + 1
        elif fold(text)[:1] and fold(text)[0] not in BEFORE_TOWN and text.rstrip(".").casefold() not in {"a", "d", "s", "n"}:
            break
        if _PROVINCE.match(text) or (text.endswith((".", ",")) and len(text) > _SHORT):
            break
    return words[:end]


def _place_of(piece: Words) -> Words:
    """The end of a part that names a place: from behind the last word that belongs to no name."""
    begin = len(piece)
    while begin and _may_name(piece[begin - 1]):
        begin -= 1
    while begin < len(piece) and not _begins_name(piece[begin]):
        begin += 1
    return piece[begin:] if any(not t.text[0].islower() for t in piece[begin:]) else ()


def _may_name(word: Token) -> bool:
    text = word.text.strip("\"'“”„()[],")
    if not text or text.endswith(":"):
        return False
    return _begins_name(word) or text.rstrip(".").casefold() in JOINS or is_legal_form(text) or not text[0].isalpha()


def _begins_name(word: Token) -> bool:
    text = word.text.strip("\"'“”„()[],")
    if not text or text in {":", "-", "–"}:
        return False
    return text[0].isupper() or text[0].isdigit() or bool(HOUSE & set(fold(text))) or bool(STREET.fullmatch(text))

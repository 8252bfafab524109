"""Order lines in running text: "20 x KX-4 hinge", "- Hinge (KX-4): 20 pcs", "two boxes of blue gloves"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from extraction.fields.dates import parse_date
from extraction.fields.numbers import currency_in, parse_number
from extraction.layout.evidence import found
from extraction.layout.geometry import GAP, Line, Token
from extraction.layout.labels import fold, label_at
from extraction.lines.build import Styles
from extraction.lines.cells import one_number
from extraction.lines.texts import take_code
from extraction.lines.values import is_unit, measured, price_of
from models.domain.reading import ReadingLine

_BULLET = re.compile(r"^(?:[-–—•*·]|\(?\d{1,3}[.)])$")
_TIMES = frozenset({"x", "×", "*"})
_SOME_COUNT = re.compile(r"^(?=.*[\d²³¹¼-¾⅐-⅞])[\dOoIl|/⁄.,²³¹¼-¾⅐-⅞+-]{1,9}$")      # "1O", "10²", "1/3": meant as a number
_AND = frozenset({("and",), ("und",), ("et",), ("y",), ("en",), ("e",), ("i",), ("oraz",), ("plus",)})
_OF = frozenset({"of", "von", "de", "d", "van", "di", "del", "dei", "der", "the"})
_AT = frozenset({"@", "à", "at", "je", "zu", "a", "ad", "por", "za", "per", "zum"})
_TIME_UNITS = frozenset(
    [
        "day",
        "days",
        "tag",
        "tage",
        "jours",
        "dias",
        "días",
        "dagen",
        "giorni",
        "dni",
        "hour",
        "hours",
        "h",
        "std",
        "week",
        "weeks",
        "wochen",
        "month",
        "months",
        "monate",
        "mois",
        "%",
        "cm",
        "mm",
    ]
)
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve|"
    "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf|"
    "un deux trois quatre cinq six sept huit neuf dix onze douze|"
    "un dos tres cuatro cinco seis siete ocho nueve diez once doce|"
    "een twee drie vier vijf zes zeven acht negen tien elf twaalf|"
    "un due tre quattro cinque sei sette otto nove dieci undici dodici|"
    "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście"
)
_MORE_NUMBER_WORDS = (
    "a=1 eine=1 einen=1 une=1 una=1 uno=1 jedna=1 dwie=2 dozen=12 twenty=20 zwanzig=20 vingt=20 veinte=20 twintig=20 venti=20 "
    "fifty=50 fünfzig=50 cinquante=50 hundred=100 hundert=100"
)
_SURE = 0.95
_MOST = 99_999               # a bare number above it, with neither unit nor code beside it, counts nothing: it is a telephone


@cache
def _words() -> Mapping[tuple[str, ...], int]:
    words = {fold(w): n for part in _NUMBER_WORDS.split("|") for n, w in enumerate(part.split(), 1)}
    more = (pair.split("=") for pair in _MORE_NUMBER_WORDS.split())
    return words | {fold(word): int(n) for word, n in more}


@dataclass(frozen=True, slots=True)
class _Count:
    value: Decimal | None         # None: a count is meant, but it cannot be read
    tokens: tuple[Token, ...]
    unit: tuple[Token, ...]


def read_prose(lines: Sequence[Line], styles: Styles) -> tuple[tuple[int, ReadingLine], ...]:
    """The lines that order something, each with the index of the text line it stands on."""
    out: list[tuple[int, ReadingLine]] = []
    for line in lines:
        item = _item(line.tokens, styles)
        items = [item] if item else [x for x in (_item(c, styles) for c in _clauses(line.tokens, styles)) if x]
        out += [(line.index, x) for x in items]
    return tuple(out)


def _clauses(tokens: Sequence[Token], styles: Styles) -> Iterable[tuple[Token, ...]]:
    """The parts of a sentence that begin with a counted unit: "we need 20 boxes of … and 3 rolls of …"."""
    starts = [n for n in range(1, len(tokens) - 2) if _counts(tokens[n:], styles)]
    for start, end in pairwise([*starts, len(tokens)]):
        clause = list(tokens[start:end])
        stop = next((n for n, t in enumerate(clause, 1) if t.text.endswith((".", ";", ",")) and not is_unit(t.text)), len(clause))
        clause = clause[:stop]
        while clause and fold(clause[-1].text) in _AND:
            clause.pop()
        yield tuple(clause)


def _counts(words: Sequence[Token], styles: Styles) -> bool:
    number = _number(words, styles)
    if number is None or number[1] >= len(words):
        return False
    following = words[number[1]].text.casefold()
    return following in _TIMES or (is_unit(following) and following.rstrip(".") not in _TIME_UNITS)


def _item(tokens: Sequence[Token], styles: Styles) -> ReadingLine | None:
    label = label_at(tokens, 0)
    if label and label.colon and label.end >= len(tokens) - 1:
        return None                            # "PO number: 450012"
    bullet = bool(tokens) and bool(_BULLET.match(tokens[0].text)) and len(tokens) > 2
    words = tuple(tokens[1:] if bullet else tokens)
    words, price = _price(words, styles)
    if len(words) < 2 or parse_date(" ".join(t.text for t in words[:3]), styles.date):
        return None
    front, back = _front(words, styles, bullet=bullet), _back(words, styles, bullet=bullet)
    times = len(words) > 2 and words[1].text.casefold() in _TIMES
    for option in (front, back) if times else (back, front):
        if option and (line := _named(*option, price, styles)):
            return line
    return _unread(words, price, styles)


def _unread(
    words: tuple[Token, ...], price: tuple[Decimal, tuple[Token, ...]] | None, styles: Styles
) -> ReadingLine | None:
    """ "1O x KX-4 hinge", "2 1/2 x KX-4": a line whose count cannot be read, so that a person is asked how many."""
    at = next((n for n in (1, 2) if len(words) > n + 1 and words[n].text.casefold() in _TIMES), 0)
    if not at:
        return None
    line = _named(_Count(None, words[:at], ()), words[at + 1 :], price, styles)
    return line if line and (line.buyer_sku or _SOME_COUNT.match("".join(t.text for t in words[:at]))) else None


def _named(
    count: _Count,
    rest: tuple[Token, ...],
    price: tuple[Decimal, tuple[Token, ...]] | None,
    styles: Styles,
) -> ReadingLine | None:
    """The line when what is counted has a code or a description."""
    code, texts = take_code([rest], styles.known_codes)
    text = tuple(t for part in texts for t in part)
    if not code and not count.unit and count.value is not None and count.value > _MOST:
        return None
    return _line(count, code, _trimmed(text), price, styles) if code or _describes(text) else None


def _line(
    count: _Count,
    code: tuple[Token, ...],
    text: tuple[Token, ...],
    price: tuple[Decimal, tuple[Token, ...]] | None,
    styles: Styles,
) -> ReadingLine:
    unit = " ".join(t.text for t in count.unit).strip("()")
    return ReadingLine(
        quantity=measured(count.value, count.tokens, styles.number, _SURE) if count.value is not None else None,
        uom=found(unit, count.unit, _SURE) if unit else None,
        buyer_sku=found(" ".join(t.text for t in code).strip("[]*():,;"), code, _SURE) if code else None,
        description=found(_described(text), text, _SURE - 0.1) if text else None,
        unit_price=measured(price[0], price[1], styles.number, _SURE) if price else None,
    )


def _described(text: Sequence[Token]) -> str:
    """The words without marks around them; "(M8 bolt)" loses its brackets."""
    plain = " ".join(t.text for t in text).strip(" ,;:-").removesuffix(".")
    return plain.removeprefix("(").removesuffix(")") if plain.startswith("(") and plain.count("(") == 1 else plain


def _price(words: tuple[Token, ...], styles: Styles) -> tuple[tuple[Token, ...], tuple[Decimal, tuple[Token, ...]] | None]:
    """The words without "@ 5.97 EUR" at their end, and that price."""
    for n in range(len(words) - 1, 1, -1):
        if words[n].text.casefold() in _AT and n + 1 < len(words):
            tail = tuple(t for t in words[n + 1 :] if t.text.casefold().strip(".") not in {"each", "stück", "pro", "per", "unit"})
            price = price_of(tail, styles.number) if tail else None
            if price and (words[n].text == "@" or currency_in(" ".join(t.text for t in tail))):
                return words[:n], (price.value, tail)
    return words, None


def _front(words: tuple[Token, ...], styles: Styles, *, bullet: bool) -> tuple[_Count, tuple[Token, ...]] | None:
    """ "20 x …", "2 boxes of …", "20 KX-4 …": a number first, then something that makes it a quantity."""
    number = _number(words, styles)
    if number is None:
        return None
    value, n = number
    times = n < len(words) and words[n].text.casefold() in _TIMES
    at = n + times
    unit = at < len(words) and is_unit(words[at].text) and not (times and at + 1 == len(words))
    if unit and words[at].text.casefold().rstrip(".") in _TIME_UNITS and not bullet:
        return None
    rest = words[at + unit :]
    while (unit or bullet) and len(rest) > 1 and set(fold(rest[0].text)) & _OF:
        rest = rest[1:]
    coded = bool(rest) and bool(
        take_code([rest], styles.known_codes)[0] or (len(rest) == 1 and any(c.isdigit() for c in rest[0].text))
    )
    if not rest or not (times or unit or bullet or coded):
        return None
    return _Count(value, words[:n], words[at : at + unit]), rest


def _back(words: tuple[Token, ...], styles: Styles, *, bullet: bool) -> tuple[_Count, tuple[Token, ...]] | None:
    """ "… - 12 pcs", "…: 60 szt.", "… x 20": a number last, behind a mark that sets it apart."""
    for n in range(len(words) - 1, 0, -1):
        number = _number(words[n:], styles)
        marked = (
            words[n - 1].text in {"-", "–", "—", "=", ":"}
            or words[n - 1].text.endswith(":")
            or words[n - 1].text.casefold() in _TIMES
        )
        marked = marked or words[n].left - words[n - 1].right > GAP
        if number is None or not marked:
            continue
        tail = words[n + number[1] :]
        if tail and not is_unit(" ".join(t.text.rstrip(",;") for t in tail)):
            continue
        if not tail and not bullet and words[n - 1].text.casefold() not in _TIMES and len(words) > 12:
            continue
        keep = n - 1 if not words[n - 1].text.rstrip(":") or words[n - 1].text in {"-", "–", "—", "=", "x", "×", "*", "X"} else n
        rest = words[:keep]
        return (_Count(number[0], words[n : n + number[1]], tail), rest) if rest else None
    return None


def _number(words: Sequence[Token], styles: Styles) -> tuple[Decimal, int] | None:
    """A number at the front, in digits or as a word, with how many words it takes."""
    text = words[0].text
    size = 2 if len(words) > 1 and one_number(words[0], words[1]) else 1
    joined = " ".join(t.text for t in words[:size])
    glued = re.match(r"^(\d+)[x×]$", text, re.IGNORECASE)
    value = Decimal(glued[1]) if glued else parse_number(joined, styles.number) if not currency_in(text) else None
    counted = value is not None and (value > 0 or (len(words) > size and words[size].text.casefold() in _TIMES))
    if value is not None and counted and not (text.startswith("0") and len(text) > 1 and text.isdigit()) and len(joined) < 10:
        return value, size
    word = _words().get(fold(text)) if text.isalpha() else None
    if word and len(words) > 1 and is_unit(words[1].text):
        return Decimal(word), 1
    return None


def _describes(text: Sequence[Token]) -> bool:
    letters = [t for t in text if sum(c.isalpha() for c in t.text) >= 3]
    return bool(letters) and len(text) <= 20


def _trimmed(text: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without dashes left over at the ends."""
    while text and text[0].text in {"-", "–", ":", "·"}:
        text = text[1:]
    while text and text[-1].text in {"-", "–", ":", "·"}:
        text = text[:-1]
    return text

"""What the cells of a line table say: quantities with units, prices with their basis, codes, discounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from extraction.fields.numbers import CURRENCY_MARKS, NumberStyle, currency_in, other_reading, parse_number
from extraction.layout.evidence import found, proof, rival_values
from extraction.layout.geometry import Token
from extraction.lines.units import is_unit, says_unit
from models.domain.codes import clean_code, gtin_is_valid
from models.domain.evidence import Candidate, Found
from models.domain.lean import lean

_LEAD = re.compile(r"^(?P<number>[-+]?[\d.,'’]*\d[.,]?-?)\s*(?P<rest>.*)$")
_BASIS = re.compile(
    r"^(?:/|p\.|(?:per|je|pro|par|por|za|al|les?|las?|los|el|il|the|an?|de|het|der|die|das)(?![^\W\d]))?\s*"
    r"(?P<base>10{0,4}|10?[.,' ]000)?\s*/?\s*(?P<unit>[^\d\s/]{1,12}\.?)?$",
    re.IGNORECASE)
_FRACTION = re.compile(r"^(?:\d+\s*[/⁄]\s*\d|[¼-¾⅐-⅞])")
_MARKS = ".,'’"
_BLANK = 1.0             # ems between two words
_OPEN = 0.6              # a number that two styles read differently
_PERCENT = re.compile(r"^[-–]?\s*(\d+(?:[.,]\d+)?)\s*%?$")
_LONGEST = 8             # words of a number with its signs, blanks between its thousands
_CHAIN = re.compile(r"^\d{1,2}(?:[.,]\d+)?(?:\s*[+/]\s*\d{1,2}(?:[.,]\d+)?)+\s*%?$")
HUNDRED = frozenset({"c", "%", "cent", "ciento", "cen"})
THOUSAND = frozenset({"m", "mil", "‰", "mille", "millar", "ts", "tsd", "th", "tys"})


@lean
class Amount:
    """A number in a cell with what stands around it: unit, price basis. `tokens` are the words it was read from."""

    value: Decimal
    tokens: tuple[Token, ...]
    unit: str | None = None
    unit_tokens: tuple[Token, ...] = ()
    base: Decimal | None = None


def number_of(tokens: Sequence[Token], style: NumberStyle) -> Amount | None:
    """The cell as one number, currency allowed; words of a number split by blanks are joined. None if it is no number."""
    if len(tokens) > 1 and tokens[0].text in {"-", "–", "—"}:
        tokens = tokens[1:]  # a dash of its own stands for nothing, not for minus
    if len(tokens) > _LONGEST or (len(tokens) > 1 and _are_apart(tokens)):
        return None
    text = _join(tokens)
    value = parse_number(text, style)
    if value is None and len(tokens) > 1 and "%" not in text and _is_torn(tokens):
        value = parse_number(text.replace(" ", ""), style)
    return Amount(value, tuple(tokens)) if value is not None else None


def quantity_of(tokens: Sequence[Token], style: NumberStyle) -> Amount | None:
    """A quantity, its unit behind it, before it or stuck to it ("24 EA", "pz 4.032", "12pcs"); None when the cell holds none."""
    plain = number_of(tokens, style)
    if plain:
        return plain if not currency_in(_join(tokens)) else None
    if len(tokens) > 1 and is_unit(tokens[0].text) and (counted := number_of(tokens[1:], style)):
        return Amount(counted.value, counted.tokens, tokens[0].text, (tokens[0],))
    for end in range(min(len(tokens), _LONGEST), 0, -1):
        head = parse_number(_join(tokens[:end]), style)
        rest = _join(tokens[end:])
        if head is not None and _FRACTION.match(rest):
            return None                    # "2 1/2" is not 2
        if head is not None and end < len(tokens) and not currency_in(rest):
            return Amount(head, tuple(tokens[:end]), *_unit(rest, tokens[end:]))
    glued = _LEAD.match(tokens[0].text) if tokens else None
    if glued and is_unit(glued["rest"]) and (value := parse_number(glued["number"], style)) is not None:
        return Amount(value, (tokens[0],), glued["rest"], (tokens[0],))
    return None


def measured(value: Decimal, tokens: Sequence[Token], style: NumberStyle, sure: float) -> Found[Decimal]:
    """A number as a value; what else was read in its place is a candidate.

    Where nothing on the page settles its mark, it is unsure and its other reading is a candidate too.
    """
    got = found(value, tokens, sure)
    rivals = rival_values(value, tokens, lambda text: _leading(text, style))
    lead = None if style.sure else _LEAD.match(_join(tokens))
    other = other_reading(lead["number"], style) if lead else None
    if other is None:
        return replace(got, candidates=rivals) if rivals else got
    unsettled = Candidate(other, round(1 - _OPEN, 4), proof(tokens))
    return Found(value, min(got.confidence, _OPEN), got.evidence, (unsettled, *rivals))


def _leading(text: str, style: NumberStyle) -> Decimal | None:
    """The number that a text begins with, a currency before it allowed."""
    lead = _LEAD.match(re.sub(r"^[^\d,.+-]+", "", text) if currency_in(text) else text)
    return parse_number(lead["number"], style) if lead else None


def _unit(rest: str, tokens: Sequence[Token]) -> tuple[str | None, tuple[Token, ...]]:
    if is_unit(rest):
        return rest.strip("()"), tuple(tokens)
    if says_unit(rest):
        return rest, tuple(tokens)
    first = tokens[0].text
    return (first.strip("()"), (tokens[0],)) if is_unit(first) else (None, ())


def price_of(tokens: Sequence[Token], style: NumberStyle) -> Amount | None:
    """A price with its basis: "5.20/Ea", "EUR 12,80 / 100 St", "4.50 M". The value is as printed; `base` 1, 100, … or None."""
    plain = number_of(tokens, style)
    if plain:
        return plain
    words = [_without_currency(t.text) for t in tokens
             if parse_number(t.text, style) is not None or not currency_in(t.text) or "/" in t.text]
    for size in (2, 1):
        value = parse_number(" ".join(words[:size]), style) if len(words) > size else None
        if value is not None:
            return _with_basis(value, " ".join(words[size:]), tokens)
    lead = _LEAD.match(re.sub(r"^[^\d,.+-]+", "", " ".join(words)))
    value = parse_number(lead["number"], style) if lead else None
    return _with_basis(value, lead["rest"], tokens) if lead and value is not None else None


def _without_currency(text: str) -> str:
    """A word like "€/kg" or "5.20EUR/ea" without the currency: "/kg", "5.20/ea"."""
    head, slash, tail = text.partition("/")
    if not slash or not (coin := currency_in(head)):
        return text
    return re.sub(rf"(?i:{coin}|US\$|[$€£¥]|zł|kč)$", "", head) + slash + tail


def _with_basis(value: Decimal, rest: str, tokens: Sequence[Token]) -> Amount | None:
    """The price with what stands behind it: "/ 100", "/Ea", "per 100 St", "M"."""
    basis = _BASIS.match(rest.strip().strip("()").strip())
    if not basis:
        return None
    unit = basis["unit"]
    base = Decimal(re.sub(r"\D", "", basis["base"])) if basis["base"] else letter_base(unit or "")
    return Amount(value, tuple(tokens), unit if unit and is_unit(unit) else None, (), base)


def letter_base(text: str) -> Decimal | None:
    """The pieces a price is for, by the letter or sign beside it: C 100, M 1000, ‰ 1000."""
    bare = text.casefold().rstrip(".")
    return Decimal(100) if bare in HUNDRED else Decimal(1000) if bare in THOUSAND else None


def percent_of(text: str) -> Decimal | None:
    """A discount in percent: "5", "5 %", "40+5" (one after the other: 43). None when it is none or above 100."""
    if _CHAIN.match(text):
        rest = Decimal(1)
        for part in re.split(r"[+/]", text.rstrip("% ")):
            rest *= 1 - Decimal(part.strip().replace(",", ".")) / 100
        return ((1 - rest) * 100).normalize()
    match = _PERCENT.match(text)
    value = Decimal(match[1].replace(",", ".")) if match else None
    return value if value is not None and value <= 100 else None


@lru_cache(maxsize=16_384)
def is_code(text: str) -> bool:
    """True for what looks like an item number: one or two words, a digit in it or all capitals, no plain word."""
    words = text.split()
    bare = clean_code(text)
    if not 1 <= len(words) <= 3 or not 2 <= len(bare) <= 40:
        return False
    digits = sum(c.isdigit() for c in bare)
    if len(words) == 1:
        return digits > 0 or (text.isupper() and len(text) > 2 and text not in CURRENCY_MARKS)
    return digits >= 2 and all(w == w.upper() for w in words)


def is_gtin(text: str) -> bool:
    """True for a GTIN with a right check digit, blanks and hyphens allowed."""
    return gtin_is_valid(text.replace(" ", "").replace("-", ""))


def _join(tokens: Sequence[Token]) -> str:
    return tokens[0].text if len(tokens) == 1 else " ".join([t.text for t in tokens])


def _are_apart(tokens: Sequence[Token]) -> bool:
    """True where two words with digits have a blank between them that is wider than any inside a number."""
    return any(b.left - a.right >= _BLANK and _has_digit(a) and _has_digit(b) for a, b in pairwise(tokens))


def _is_torn(tokens: Sequence[Token]) -> bool:
    """True for the parts of one number, torn at a mark ("12 ,50"). Two numbers side by side are two."""
    return tokens[0].text[0].isdigit() and all(
        _has_digit(b) and (a.text[-1] in _MARKS or b.text[0] in _MARKS) for a, b in pairwise(tokens))


def _has_digit(token: Token) -> bool:
    return any(map(str.isdigit, token.text))

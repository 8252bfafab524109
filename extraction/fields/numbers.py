"""Numbers as printed to Decimals. Which mark parts the decimals is settled once per document, by evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from models.domain.characters import as_latin, without_marks

CURRENCY_MARKS = {
    "$": "USD",
    "US$": "USD",
    "USD": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "CAD": "CAD",
    "A$": "AUD",
    "AUD": "AUD",
    "£": "GBP",
    "GBP": "GBP",
    "€": "EUR",
    "EUR": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "ZŁ": "PLN",
    "PLN": "PLN",
    "CHF": "CHF",
    "SFR.": "CHF",
    "FR.": "CHF",
    "SEK": "SEK",
    "NOK": "NOK",
    "DKK": "DKK",
    "KR": "SEK",
    "CZK": "CZK",
    "KČ": "CZK",
    "HUF": "HUF",
    "FT": "HUF",
    "¥": "JPY",
    "JPY": "JPY",
    "CNY": "CNY",
    "RMB": "CNY",
    "₹": "INR",
    "INR": "INR",
    "MXN": "MXN",
    "BRL": "BRL",
    "R$": "BRL",
    "TRY": "TRY",
    "ZAR": "ZAR",
    "NZD": "NZD",
    "SGD": "SGD",
    "HKD": "HKD",
    "AED": "AED",
    "PHP": "PHP",
    "₱": "PHP",
    "JOD": "JOD",
}
"""Signs and codes printed beside amounts, upper case, to ISO 4217. "$" and "kr" are the commonest of several."""

_SIGN = re.compile(r"US\$|CA?\$|A\$|R\$|[$£€¥₹₱]|[^\W\d_]+\.?")
_MARK = "|".join(sorted((re.escape(m) for m in CURRENCY_MARKS if m != "FT"), key=len, reverse=True))
_NUMBER = re.compile(
    rf"^(?P<open>\()?(?P<minus>[-−–])?\s*(?:(?:{_MARK})\s*)?(?P<minus2>[-−–])?"
    r"(?P<body>\d[\d.,'’\u00a0\u202f\u2009 ]*|[.,]\d+)(?P<dash>[-–])?"
    rf"\s*(?:{_MARK})?(?P<close>\))?(?P<tail>[-−])?$",
    re.IGNORECASE,
)
_SPACED = re.compile(r"^\d{1,3}(?: \d{3})+(?:[.,]\d+)?$")
_WIDE = str.maketrans("٬＇，．（）－‐‑＄￥￡", "'',.()---$¥£")     # other scripts' marks; "٫" parts decimals whatever the style
_MEASURES = frozenset({"mm", "cm", "dm", "mm²", "cm²", "m²", "mm2", "µm", "kw", "kva", "bar", "ohm", '"', "in", "inch", "zoll"})
_SHAPE = re.compile(r"^(?:\d+|\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*|\d{1,3}(?:([.,])\d{2})*\2\d{3})$")


class NumberStyle(NamedTuple):
    """How this document writes numbers. `sure` is False when nothing on the page decides it. A tuple, for it is part of the key
    under which every number that was read is found again."""

    decimal: str
    sure: bool = True


ENGLISH = NumberStyle(".")
CONTINENTAL = NumberStyle(",")


@lru_cache(maxsize=16_384)
def parse_number(text: str, style: NumberStyle = ENGLISH) -> Decimal | None:
    """The number a text is, with currency sign, minus (before, after, in brackets) and ",-" understood; None if it is none.

    A number that can be read in one way only (two different marks, a mark with other than three digits behind it) is read
    so whatever the style says. Digits of any script count; raised digits, fractions and letters posing as digits make no number.
    """
    if not text.isascii():
        text = _western(text, style)
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    body = _plain(match["body"].strip(), style)
    if body is None:
        return None
    after = match["tail"] or (match["dash"] and not match["body"].endswith((",", ".")))  # "1.234,-" is no minus
    negative = match["minus"] or match["minus2"] or after or (match["open"] and match["close"])
    try:
        value = Decimal(body)
    except InvalidOperation:
        return None
    return -value if negative else value


def _western(text: str, style: NumberStyle) -> str:
    """The text with digits 0–9 and our marks."""
    plain = "".join(as_latin(c) if c.isdecimal() else c for c in without_marks(text))
    return plain.translate(_WIDE).replace("٫", style.decimal)


def other_reading(text: str, style: NumberStyle) -> Decimal | None:
    """What else a number means when nothing on the page settles its one mark: "1.000" is a thousand, or one. None when it is
    settled."""
    value = None if style.sure else parse_number(text, NumberStyle("," if style.decimal == "." else "."))
    return value if value != parse_number(text, style) else None


def _plain(body: str, style: NumberStyle) -> str | None:
    """Digits with a decimal point at most; None when the marks make no number."""
    body = re.sub(r"[\u00a0\u202f\u2009’']", lambda m: "'" if m[0] in "’'" else " ", body)
    if " " in body:
        if not _SPACED.match(body):
            return None
        body = body.replace(" ", "")
    body = body.replace("'", "")
    decimal = decimal_mark(body) or (style.decimal if body.count(style.decimal) == 1 else None)
    whole, _, part = body.rpartition(decimal) if decimal else (body, "", "")
    group = "." if decimal == "," else "," if decimal == "." else None
    if group is None and (marks := set(body) & {".", ","}):
        group = marks.pop()
    digits = whole.replace(group, "") if group else whole
    if not (digits + part).isdigit() or (group and group in whole and not _SHAPE.match(whole)):
        return None
    return f"{digits or '0'}.{part}" if decimal else digits


def decimal_mark(body: str) -> str | None:
    """The decimal mark that the digits alone prove: "1.234,5", "12.50", "0,125", "1234.567"; None when open or absent."""
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return "," if body.rindex(",") > body.rindex(".") else "."
    mark = "." if points == 1 else "," if commas == 1 else None
    if mark is None:
        return None
    whole, _, part = body.partition(mark)
    return mark if len(part) != 3 or len(whole) > 3 or whole in {"", "0"} else None


def settle_style(texts: Iterable[str], language: str | None) -> NumberStyle:
    """The style most of the document's numbers prove; else what is usual in its language.

    Sizes prove nothing: catalogues write "1.5 mm²" and "8.8" in every language. A number with one decimal counts only where no
    price or grouped number speaks and the language is not known.
    """
    votes, sizes = {".": 0, ",": 0}, {".": 0, ",": 0}
    for text, following in pairwise((*texts, "")):
        match = None if text.isalpha() else _NUMBER.match(text)
        body = match["body"].replace("'", "").replace("’", "") if match else ""
        if not body or " " in body:
            continue
        if mark := decimal_mark(body.rstrip(".,")):
            is_size = following.casefold().rstrip(".,;)") in _MEASURES or body.rstrip(".,")[-2] == mark
            (sizes if is_size else votes)[mark] += 1
        elif body.count(".") > 1 and _SHAPE.match(body):       # "12.1049.4" is a code
            votes[","] += 1
        elif body.count(",") > 1 and _SHAPE.match(body):
            votes["."] += 1
    heard = votes if language or votes["."] != votes[","] else sizes
    if heard["."] != heard[","]:
        return NumberStyle("." if heard["."] > heard[","] else ",")
    return NumberStyle("." if language in {None, "en"} else ",", sure=False)


@lru_cache(maxsize=16_384)
def currency_in(text: str) -> str | None:
    """The currency a text names by a sign or a code, None when it names none."""
    for word in _SIGN.findall(text):
        code = CURRENCY_MARKS.get(word.upper())
        if code and word.upper() not in {"FT", "FR.", "KR"}:
            return code
    return None

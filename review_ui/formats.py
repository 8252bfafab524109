"""Numbers, money, days and sizes as they are written in the language of the screen, and numbers as people type them.

English pages write 1,234.50 EUR and 2026-11-23, German ones 1.234,50 € and 23.11.2026. What a field of a form holds is written
the same way, without grouping; `typed_number` takes both ways. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.errors import InputError
from review_ui.language import ENGLISH


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language writes: the mark before the fraction, the one between thousands, and days as `strftime` has them;
    `symbols`: currencies that have a sign of their own."""

    point: str = "."
    group: str = ","
    day: str = "%Y-%m-%d"
    symbols: Mapping[str, str] | None = None


MANNERS: Mapping[str, Manner] = {ENGLISH: Manner(), "de": Manner(",", ".", "%d.%m.%Y", {"EUR": "€"})}
_GROUPED = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)")
_PLAIN = re.compile(r"-?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TOKEN = re.compile(rf"(?<![\w.,-])(?:{_DAY.pattern}|{_GROUPED.pattern})(?![\w-]|[.,]\d)")


def number(value: Decimal | None, language: str = ENGLISH) -> str:
    """A Decimal as people type it: no exponent, no grouping, no trailing zeros behind the point."""
    if value is None:
        return ""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", MANNERS[language].point)


def money(value: Decimal | None, currency: str | None = None, language: str = ENGLISH) -> str:
    """An amount with grouping and at least two decimals: 1,234.50 EUR."""
    if value is None:
        return ""
    digits = max(2, -int(value.normalize().as_tuple().exponent))
    sign = (MANNERS[language].symbols or {}).get(currency or "", currency or "")
    return f"{_turned(f'{value:,.{digits}f}', language)} {sign}".rstrip()


def grouped(value: int, language: str = ENGLISH) -> str:
    """A whole number with grouping."""
    return _turned(f"{value:,}", language)


def share(value: float, digits: int = 0, language: str = ENGLISH) -> str:
    """A share between 0 and 1 as percent: 0.125 is 12.5%."""
    return _turned(f"{value:.{digits}%}", language)


def stamp(moment: datetime | date | None, language: str = ENGLISH) -> str:
    """A moment to the minute on the clocks of its zone, which is named, or a day."""
    if moment is None:
        return ""
    day = MANNERS[language].day
    return moment.strftime(f"{day} %H:%M %Z" if isinstance(moment, datetime) else day)


def file_size(size: int) -> str:
    """Bytes in a unit people read."""
    for unit in ("B", "kB"):
        if size < 1_000:
            return f"{size} {unit}"
        size //= 1_000
    return f"{size} MB"


def localized(text: str, language: str) -> str:
    """An English text with its numbers and days written as the language has them; codes stay as they are."""
    return text if language == ENGLISH else _TOKEN.sub(lambda found: _rewritten(found[0], language), text)


def _rewritten(token: str, language: str) -> str:
    if _DAY.fullmatch(token):
        try:
            return stamp(date.fromisoformat(token), language)
        except ValueError:
            return token
    return _turned(token, language)


def _turned(text: str, language: str) -> str:
    manner = MANNERS[language]
    return text.translate(str.maketrans(".,", manner.point + manner.group))


def field_text(text: str, language: str = ENGLISH) -> str:
    """A plain decimal, or a part of one, as the field of a form holds it: 1234.5 is 1234,5 on a German page."""
    return text.replace(".", MANNERS[language].point)


def plain_number(text: str, language: str = ENGLISH) -> str:
    """What a person typed into such a field as a plain decimal: 1.234,5 is 1234.5 on a German page. Anything else, and what is
    written in the plain way already, as it is: whoever takes it says what is wrong with it."""
    manner = MANNERS[language]
    if manner == MANNERS[ENGLISH]:
        return text
    bare = "".join(text.split())
    if re.fullmatch(rf"[-−]?[1-9]\d{{0,2}}(?:{re.escape(manner.group)}\d{{3}})+(?:{manner.point}\d*)?", bare, re.ASCII):
        bare = bare.replace(manner.group, "")
    if not re.fullmatch(rf"[-−]?\d*{manner.point}?\d*", bare, re.ASCII):
        return text
    return bare.replace(manner.point, ".").replace("−", "-")


def typed_number(text: str, language: str = ENGLISH) -> Decimal:
    """A number as a person types or pastes it: 1234.5, 1234,5, 1.234,50 or 1,234.50. Raises InputError, also for what may mean
    two things in that language: 1,234 on an English page."""
    text = plain_number(text, language)
    plain = "".join(text.split())
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", plain, re.ASCII):
        whole, broken = plain.replace(",", ""), plain.replace(",", ".")
        raise InputError(f"“{text}” may be {whole} or {broken}; write one of them.", code="ambiguous")
    if "," in plain and "." in plain:
        plain = plain.replace("," if plain.rindex(".") > plain.rindex(",") else ".", "")
    plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        raise InputError(
            f"“{text.strip()[:40]}” is no number. Type digits, with a point or a comma before the fraction.", code="not_a_number")
    return Decimal(plain)

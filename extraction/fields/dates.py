"""Dates as printed. Whether 03/04 is March or April is settled once per document, never date by date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from babel.dates import get_day_names

from extraction import lexicon
from extraction.layout.labels import fold


class DateOrder(StrEnum):
    """Which part of a numeric date comes first."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How this document writes numeric dates. `sure` is False when nothing on the page decides it.

    `near` completes dates without a year: the year is taken that puts them nearest to it.
    """

    order: DateOrder
    sure: bool = True
    near: date | None = None


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date found in a text at `start`..`end`. `open` is True when day and month may be swapped."""

    value: date
    start: int
    end: int
    open: bool = False


_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,4})\s?([./-])\s?(\d{1,2})(?:\s?\2\s?(\d{1,4}))?\.?(?![\d/]|[.-]\d)")
_INCH = frozenset('"″”')
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<![\w.,])(\d{1,2})(?:st|nd|rd|th|er|e|º|°)?[\s.,-]*(?:de\s+|of\s+)?([^\W\d_]{3,})[\s.,'-]*(?:de[l]?\s+)?(\d{4}|\d{2})?(?![\d:])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?<!\w)([^\W\d_]{3,})\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?(?:[\s,'-]+(\d{4}|\d{2}))?(?![\d:])", re.IGNORECASE
)
_WEEK = re.compile(
    r"(?<!\w)(?:KW|CW|WK|week|Woche|semaine|sem\.?|semana|settimana|sett\.?|tydzień|tydz\.?|tyg\.?)\.?\s?(\d{1,2})(?:\s?[/.-]\s?(\d{4}|\d{2}))?(?!\d)",
    re.IGNORECASE,
)
_LONE_WEEK = re.compile(r"^\s*[STW]\.?\s?(\d{1,2})(?:\s?[/.-]\s?(\d{4}|\d{2}))?\s*$")  # "S6", "T49/31", where nothing else stands
_LONE_DAY = re.compile(r"^\s*(\d{1,2})\.\s?(\d{1,2})\.\s*$")
_DAY_OF_MONTH = re.compile(r"(?<![\d.,])(\d{1,2})\.\s?(\d{1,2})\.(?=\W|$)(?!\s?\d)")
_BY_DAY = re.compile(
    r"(?<!\w)(?:by|before|no later than|not later than|for|on|this|next|until|bis(?: zum| spätestens)?|spätestens(?: am)?|am|vor|"
    r"avant|pour|d'ici(?: à)?|au plus tard|antes del?|para el|a más tardar el|vóór|voor|uiterlijk(?: op)?|op|tegen|"
    r"entro(?: il| la)?|per|prima di|do|na|przed|najpóźniej w)\s+"
    r"(?:le |el |il |la |de |w |we |this |next |coming |kommenden |nächsten |diesen |aanstaande )?([^\W\d_]{4,})(?!\w)",
    re.IGNORECASE)
_INFLECTED = ("poniedziałku", "wtorku", "środy środę", "czwartku", "piątku", "soboty sobotę sonnabend", "niedzieli niedzielę")
_YEAR_WEEK = re.compile(r"(?<!\w)(20\d{2}|\d{2})-?W(\d{2})(?!\d)")


_STEMS = (
    "jan ene gen sty",
    "feb fev lut",
    "mar mrz mrt maa",
    "apr avr abr kwi",
    "may mai mei mag maj",
    "jun juin giu cze",
    "jul juil lug lip",
    "aug aou ago sie",
    "sep set wrz",
    "oct okt ott paz",
    "nov lis",
    "dec dez dic gru",
)


def is_month(word: str) -> bool:
    """True for the name of a month, or a short form of one, in any of our languages."""
    return "".join(fold(word)) in _months()


@cache
def _months() -> dict[str, int]:
    """Folded month names and their short forms, in all languages, to 1–12."""
    number = {stem: n for n, stems in enumerate(_STEMS, 1) for stem in stems.split()}
    words = {word for name in lexicon.labels("word.month") for word in fold(name)}
    return {w: number.get(w[:4]) or number[w[:3]] for w in words}


def settle_order(texts: Iterable[str], language: str | None, currency: str | None, near: date | None) -> DateStyle:
    """The order that the document proves by a number above 12; else the custom of its country, as far as it shows."""
    votes = {DateOrder.DAY: 0, DateOrder.MONTH: 0}
    for text in texts:
        for m in _NUMERIC.finditer(text):
            a, b = int(m[1]), int(m[3])
            if len(m[1]) > 2 or m[4] is None or m[2] == "." or not (0 < a <= 31 and 0 < b <= 31):
                continue
            votes[DateOrder.DAY] += a > 12 >= b
            votes[DateOrder.MONTH] += b > 12 >= a
    if votes[DateOrder.DAY] != votes[DateOrder.MONTH]:
        return DateStyle(max(votes, key=lambda o: votes[o]), near=near)
    american = language in {None, "en"} and currency in {"USD", "PHP", "CAD", None}
    return DateStyle(DateOrder.MONTH if american else DateOrder.DAY, sure=language not in {None, "en"}, near=near)


def find_dates(text: str, style: DateStyle) -> tuple[DateMatch, ...]:
    """All dates in a text, in order, without overlap."""
    out: list[DateMatch] = []
    for match in sorted(_all(text, style), key=lambda m: (m.start, -m.end)):
        if not out or match.start >= out[-1].end:
            out.append(match)
    return tuple(out)


def parse_date(text: str, style: DateStyle) -> DateMatch | None:
    """The first date of a text that begins with one (a weekday or a word like "by" may come before)."""
    dates = find_dates(text, style)
    return dates[0] if dates and dates[0].start <= 12 else None


def exact_date(text: str, style: DateStyle) -> DateMatch | None:
    """The same; where the text begins with a week and names a day after it, that day ("week 9, by 27-02-2031")."""
    first = parse_date(text, style)
    if first is None or not _WEEK.match(text, first.start):
        return first
    later = (m for m in find_dates(text, style) if m.start >= first.end and not _WEEK.match(text, m.start))
    return next((m for m in later if first.value <= m.value <= first.value + timedelta(days=6)), first)


@cache
def _weekdays() -> dict[tuple[str, ...], int]:
    """Folded names of the weekdays in all languages to 0–6, Monday first."""
    names = ((fold(name), n) for language in lexicon.LANGUAGES for n, name in get_day_names("wide", "format", language).items())
    return {**dict(names), **{fold(name): n for n, inflected in enumerate(_INFLECTED) for name in inflected.split()}}


def is_weekday(word: str) -> bool:
    """Whether a word is the name of a day of the week, in any of our languages."""
    return fold(word) in _weekdays()


def next_weekday(text: str, after: date) -> DateMatch | None:
    """The next day of the name that a text gives as its term ("by Friday"), from the day after `after` on."""
    for m in _BY_DAY.finditer(text):
        number = _weekdays().get(fold(m[1]))
        if number is not None:
            return DateMatch(after + timedelta(days=(number - after.weekday() - 1) % 7 + 1), m.start(1), m.end(1))
    return None


def day_of_month(text: str, style: DateStyle, begin: int) -> DateMatch | None:
    """The first "18.3." from `begin` on: a date only where the words before it say that one follows."""
    for m in _DAY_OF_MONTH.finditer(text, begin):
        year = _year(None, int(m[1]), int(m[2]), style)
        return next(_made(m, year, int(m[2]), int(m[1])), None) if year else None
    return None


def _all(text: str, style: DateStyle) -> Iterator[DateMatch]:
    for m in _NUMERIC.finditer(text):
        yield from _numeric(m, style)
    for m in _COMPACT.finditer(text):
        yield from _made(m, int(m[1]), int(m[2]), int(m[3]))
    for m in _DAY_FIRST.finditer(text):
        yield from _named(m, m[2], m[1], m[3], style)
    for m in _MONTH_FIRST.finditer(text):
        yield from _named(m, m[1], m[2], m[3], style)
    for m in _WEEK.finditer(text):
        yield from _week(m, m[2], m[1], style)
    for m in _YEAR_WEEK.finditer(text):
        yield from _week(m, m[1], m[2], style)
    if (lone := _LONE_WEEK.match(text)) and style.near:
        yield from _week(lone, lone[2], lone[1], style)
    if (short := _LONE_DAY.match(text)) and (year := _year(None, int(short[1]), int(short[2]), style)):
        yield from _made(short, year, int(short[2]), int(short[1]))


def _numeric(m: re.Match[str], style: DateStyle) -> Iterator[DateMatch]:
    a, mark, b, c = m[1], m[2], m[3], m[4]
    if len(a) == 4:
        if c and len(c) <= 2:
            yield from _made(m, int(a), int(b), int(c))
        return
    if len(a) == 3 or (c is None and mark != "/") or (c is not None and len(c) not in {2, 4}):
        return
    if c is None and m.string[m.end() : m.end() + 1] in _INCH:
        return                            # 1/4" is a size
    day, month = int(a), int(b)
    if c is None and style.order is DateOrder.MONTH and style.sure and day > 12:
        return                            # where months are proven to come first, "18/4" is a size
    by_month = mark != "." and (style.order is DateOrder.MONTH if day <= 12 and month <= 12 else month > 12)
    if by_month:
        day, month = month, day
    year = _year(c, day, month, style)
    if year:
        yield from _made(m, year, month, day, open_=mark != "." and day <= 12 and month <= 12 and day != month and not style.sure)


def _named(m: re.Match[str], name: str, day: str, year: str | None, style: DateStyle) -> Iterator[DateMatch]:
    folded = fold(name)
    month = _months().get(folded[0]) if folded else None
    if month and (full := _year(year, int(day), month, style)):
        yield from _made(m, full, month, int(day))


def _week(m: re.Match[str], year: str | None, week: str, style: DateStyle) -> Iterator[DateMatch]:
    near = style.near
    years = [_century(year)] if year else [near.year - 1, near.year, near.year + 1] if near else []
    mondays = [monday for y in years if (monday := _monday(y, int(week)))]
    if mondays:
        yield DateMatch(min(mondays, key=lambda d: abs(d - near) if near else d - d), m.start(), m.end())


def _monday(year: int, week: int) -> date | None:
    """The first day of an ISO 8601 week; None when the year has no such week."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _year(printed: str | None, day: int, month: int, style: DateStyle) -> int | None:
    if printed:
        return _century(printed)
    if style.near is None:
        return None
    years = [y for y in (style.near.year - 1, style.near.year, style.near.year + 1) if _exists(y, month, day)]
    near = style.near
    return min(years, key=lambda y: abs(date(y, month, day) - near), default=None)


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _made(m: re.Match[str], year: int, month: int, day: int, *, open_: bool = False) -> Iterator[DateMatch]:
    if 1990 <= year <= 2100 and _exists(year, month, day):
        yield DateMatch(date(year, month, day), m.start(), m.end(), open_)


def sane_delivery(ordered: date | None, wanted: date) -> bool:
    """True when goods may be wanted then: not long before the order, not years after it."""
    return ordered is None or ordered - timedelta(days=7) <= wanted <= ordered + timedelta(days=730)

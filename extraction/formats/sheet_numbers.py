"""Number formats of spreadsheets: what a person sees of a stored number, as text that our number reader takes exactly. Pure.

The value is told in full, not as rounded for the eye; a decimal point, no thousands marks, no exponent. Of the format only
what changes the text is kept: leading zeros and signs between digits, dates, percent, a currency, words before and behind.
The format language is that of ECMA-376 Part 1, 18.8.31, which ODF and the older formats share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from extraction.fields.numbers import currency_in

Number = int | float

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>h+|m+|s+)\]'
    r"|\[(?P<test><=|>=|<>|<|>|=)(?P<limit>-?[\d.]+)\]|\[[^\]]*\]|(?P<half>AM/PM|A/P)|(?P<general>General|Standard)"
    r"|(?P<exponent>E[+-]0*)|(?P<date>[ymdhs]+)|(?P<digit>[0#?])|(?P<percent>%)|(?P<other>.)", re.IGNORECASE | re.DOTALL)
_LONGEST_FORMAT = 1_000           # signs looked at; real formats have fewer than 255
_LAST_DAY = 2_958_465             # 9999-12-31

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}
"""Formats that workbooks name by number only; those with the currency of the reader's country count as plain."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a format. `mask`: its digit places and the signs between them, "" for a plain number."""

    test: tuple[str, float] | None = None
    prefix: str = ""
    suffix: str = ""
    mask: str = ""
    has_percent: bool = False
    has_date: bool = False
    has_time: bool = False
    is_elapsed: bool = False
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format as read by `number_format`. `is_plain`: it writes any number as the number itself."""

    sections: tuple[_Section, ...]
    is_plain: bool = False

    @property
    def hides_text(self) -> bool:
        """True when a text in such a cell does not show."""
        return len(self.sections) == 4 and self.sections[3].is_blank

    def show(self, value: Number, *, is_1904: bool = False) -> str | None:
        """The number as text, None when the format shows nothing of it. `is_1904`: days count from 1904-01-01."""
        if self.is_plain:
            return plain_number(value)
        section = self._section(value)
        if section.is_blank:
            return None
        if (section.has_date or section.has_time) and (shown := _moment(value, section, is_1904=is_1904)):
            return shown
        if section.has_percent:
            return plain_number(Decimal(plain_number(value)) * 100) + "%"
        return f"{section.prefix}{_masked(value, section.mask)}{section.suffix}"

    def _section(self, value: Number) -> _Section:
        sections = self.sections[:3]
        for section in sections:
            if section.test and _holds(value, *section.test):
                return section
        untested = [s for s in sections if not s.test]
        if len(untested) < len(sections):
            return untested[-1] if untested else sections[0]
        at = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
        return sections[at]


@lru_cache(maxsize=4_096)
def number_format(code: str) -> NumberFormat:
    """A format code ("#,##0.00 [$€-407]", "00000", "dd.mm.yyyy") understood. Any text is one; what is odd in it is left out."""
    sections = tuple(_section(part) for part in _parts(code[:_LONGEST_FORMAT] or "General"))
    return NumberFormat(sections, is_plain=all(section == _Section() for section in sections))


def _parts(code: str) -> Iterator[str]:
    """The sections, parted at semicolons outside quotes."""
    start, is_quoted, skip = 0, False, False
    for at, sign in enumerate(code):
        if skip or sign == "\\":
            skip = not skip
        elif sign == '"':
            is_quoted = not is_quoted
        elif sign == ";" and not is_quoted:
            yield code[start:at]
            start = at + 1
    yield code[start:]


def _section(code: str) -> _Section:
    found = list(_TOKEN.finditer(code))
    kinds = {m.lastgroup for m in found}
    letters = "".join(m["date"] for m in found if m["date"]).lower()
    is_plain = "general" in kinds or "digit" in kinds
    test = next(((m["test"], float(m["limit"])) for m in found if m["test"] and _is_number(m["limit"])), None)
    if ("date" in kinds or "elapsed" in kinds) and "general" not in kinds:
        is_elapsed = "elapsed" in kinds
        has_time = is_elapsed or bool(set(letters) & set("hs"))
        has_date = not is_elapsed and (bool(set(letters) & set("yd")) or (("m" in letters) and not has_time))
        return _Section(test=test, has_date=has_date, has_time=has_time, is_elapsed=is_elapsed)
    if not is_plain and "@" not in code:
        words = "".join(_literal(m) for m in found).strip()
        return _Section(test=test, prefix=words, is_blank=True)
    prefix, mask, suffix = _around(found)
    return _Section(test, _told(prefix), _told(suffix), mask, has_percent="percent" in kinds)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.\d*)?|-?\.\d+", text))


def _literal(token: re.Match[str]) -> str:
    if token.lastgroup in {"quoted", "escaped", "currency"}:
        return str(token[token.lastgroup])
    return token["other"] if token["other"] in {" ", "$", "€", "£", "¥", "-", "/", "(", ")", ":"} else ""


def _around(found: list[re.Match[str]]) -> tuple[str, str, str]:
    """Literals before, digit places, literals behind. The mask is kept where it writes more than the number itself."""
    places = [n for n, m in enumerate(found) if m.lastgroup in {"digit", "general"}]
    if not places:
        return "", "", ""
    inner = found[places[0]: places[-1] + 1]
    prefix = "".join(_literal(m) for m in found[: places[0]])
    suffix = "".join(_literal(m) for m in found[places[-1] + 1:])
    mask = "".join(m["digit"] or _literal(m) for m in inner)
    others = {m["other"] for m in inner if m["other"]}
    is_whole = not others & {".", ",", "/"} and not any(m["exponent"] or m["general"] for m in inner)
    is_special = mask.count("0") > 1 or any(sign not in "0#? " for sign in mask)
    return prefix, mask if is_whole and is_special else "", suffix


def _told(literal: str) -> str:
    """Words and currencies a person reads beside the number; signs and blanks that only lay it out are left out."""
    bare = " ".join(literal.split())
    if currency_in(bare) and len(bare) <= 4:
        return bare
    return literal if any(c.isalpha() for c in bare) else ""


def _holds(value: Number, test: str, limit: float) -> bool:
    return {"<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit, "=": value == limit,
            "<>": value != limit}[test]


def _masked(value: Number, mask: str) -> str:
    text = plain_number(value)
    digits = text.lstrip("-")
    if not mask or not digits.isdigit():
        return text
    written: list[str] = []
    left = list(digits)
    first = next(n for n, sign in enumerate(mask) if sign in "0#?")
    for at in range(len(mask) - 1, -1, -1):
        if mask[at] not in "0#?":
            written.append(mask[at] if left or "0" in mask[:at] else "")
        elif left:
            written.append(left.pop())
        elif mask[at] == "0":
            written.append("0")
        if at == first:
            written += reversed(left)
            left = []
    return ("-" if value < 0 else "") + "".join(reversed(written)).strip()


def plain_number(value: Number | Decimal) -> str:
    """A number in digits and a decimal point: integers in full, else up to 15 significant digits as spreadsheets show them.

    Three decimals behind one to three digits could be thousands ("1.234"): such a number gets a zero more ("1.2340"), so
    that nobody takes it for one.
    """
    if isinstance(value, int):
        return str(value)
    if value != value or value in {float("inf"), float("-inf")}:
        return "#NUM!"
    text = f"{value:.15g}"
    if "e" in text or "E" in text:
        text = format(Decimal(text), "f")
    if "." not in text:
        return "0" if text == "-0" else text
    text = text.rstrip("0").rstrip(".")
    whole, _, part = text.lstrip("-").partition(".")
    if not part:
        return "0" if text == "-0" else text
    return text + "0" if len(part) == 3 and len(whole) <= 3 and whole != "0" else text


def _moment(value: Number, section: _Section, *, is_1904: bool) -> str | None:
    """ISO date, "YYYY-MM-DD HH:MM", a time of day, or hours and minutes past; None for a number that is no day."""
    if not 0 <= value < _LAST_DAY + 1:
        return None
    seconds = round(value * 86_400)
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
    if section.is_elapsed:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}"
    if not section.has_date:
        return clock
    day = serial_day(days, is_1904=is_1904)
    return f"{day} {clock[:5]}" if section.has_time and rest else day


def serial_day(days: int, *, is_1904: bool = False) -> str:
    """ISO date of a day number. Of the 1900 system day 60 is 1900-02-29, which never was: the numbers before it are one off."""
    if is_1904:
        return (date(1904, 1, 1) + timedelta(days)).isoformat() if days <= _LAST_DAY - 1462 else str(days)
    if days == 60:
        return "1900-02-29"
    return (date(1899, 12, 31 if days < 60 else 30) + timedelta(days)).isoformat()


def iso_moment(text: str) -> str | None:
    """An ISO date or time as stored by ODF or by XLSX cells of type "d", shown as `show` does; None for anything else."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None
    is_midnight = not (moment.hour or moment.minute or moment.second)
    return moment.date().isoformat() if is_midnight else moment.isoformat(sep=" ", timespec="minutes")[:16]

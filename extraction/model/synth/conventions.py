"""How one sender writes numbers, money and dates. Pure formatting; what is printed here must read back to the value."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import get_day_names, get_month_names

from extraction.model.synth import words

NUMBER_STYLES: dict[str, tuple[str, str]] = {     # key → (grouping mark, decimal mark)
    "1,234.50": (",", "."), "1.234,50": (".", ","), "1 234,50": (" ", ","), "1'234.50": ("'", "."),
    "1234.50": ("", "."), "1234,50": ("", ","),
}
CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł"}
_DATE_STYLES = {
    "DMY": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%-d.%-m.%Y", "%-d/%-m/%y", "d month Y", "d-mon-Y",
            "d MON y"),
    "MDY": ("%m/%d/%Y", "%-m/%-d/%Y", "%m/%d/%y", "%m-%d-%Y", "month d, Y", "mon d, Y", "d-mon-Y", "%-m/%-d/%y", "d-mon-y",
            "weekday, month d, Y"),
    "YMD": ("%Y-%m-%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%-m-%-d"),
}
_WORDED = {
    "de": ("d. month Y", "weekday, d. month Y"), "es": ("d de month de Y", "d de month Y"),
    "fr": ("d month Y", "weekday d month Y"), "it": ("d month Y",), "nl": ("d month Y", "weekday d month Y"),
    "pl": ("d month Y",), "en": ("d month Y", "weekday d month Y"),
}
YEARLESS = {
    "DMY": ("%-d.%-m.", "%d/%m", "d month", "d-mon"), "MDY": ("%-m/%-d", "month d", "d-mon"), "YMD": ("%d.%m.", "d month"),
}
_LOCAL_DATES = {"en": {"DMY": "%d/%m/%Y"}, "de": {"DMY": "%d.%m.%Y"}, "pl": {"DMY": "%d.%m.%Y"}}


@dataclass(frozen=True, slots=True)
class Conventions:
    """The writing habits of one document.

    `currency_place` is one of none, sign_before, sign_after, code_before, code_after; `price_decimals` the least decimals
    of a price; `quantity_decimals` 0 writes whole quantities bare, 2 or 3 pads them ("24.000"). `blank` stands for a blank that
    groups digits; `round_money` leaves out the decimals of whole amounts ("bare"), or writes a dash for them ("dash").
    `wish_style` says how wished dates are written: date, week, yearless or soon.
    """

    language: str
    number_style: str
    date_style: str
    currency: str
    currency_place: str
    price_decimals: int
    quantity_decimals: int
    blank: str = " "
    round_money: str = ""
    wish_style: str = "date"
    wish_form: str = ""

    def number(self, value: Decimal, decimals: int) -> str:
        """At least `decimals` digits after the mark, more when the value has them."""
        grouping, mark = NUMBER_STYLES[self.number_style]
        digits = max(decimals, _places(value))
        whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
        if len(whole) > 3 and grouping:
            whole = f"{int(whole):,}".replace(",", self.blank if grouping == " " else grouping)
        return ("-" if value < 0 else "") + whole + (mark + fraction if fraction else "")

    def quantity(self, value: Decimal) -> str:
        """A quantity, without a unit."""
        return self.number(value, self.quantity_decimals)

    def price(self, value: Decimal) -> str:
        """A unit price, with the currency where this sender writes it."""
        return self._with_currency(self.number(value, self.price_decimals))

    def money(self, value: Decimal) -> str:
        """An amount with two decimals, with the currency where this sender writes it."""
        if self.round_money and value == value.to_integral_value():
            mark = NUMBER_STYLES[self.number_style][1]
            return self._with_currency(self.number(value, 0) + (f"{mark}-" if self.round_money == "dash" else ""))
        return self._with_currency(self.number(value, 2))

    def wish(self, day: date) -> tuple[str, str | None]:
        """A wished date as written and the ISO date it means: of a week its Monday, of "as soon as possible" none."""
        match self.wish_style:
            case "week":
                _, week, _ = day.isocalendar()
                return self.wish_form.format(w=week, y=f"{day.isocalendar().year % 100:02d}"), (
                    (day - timedelta(days=day.weekday())).isoformat())
            case "yearless":
                return format_date(day, self.wish_form, self.language), day.isoformat()
            case "soon":
                return self.wish_form, None
            case _:
                return self.date(day), day.isoformat()

    def date(self, day: date) -> str:
        """A date in this sender's form."""
        return format_date(day, self.date_style, self.language)

    def _with_currency(self, text: str) -> str:
        sign = CURRENCY_SIGNS[self.currency]
        match self.currency_place:
            case "sign_before":
                return f"{sign}{text}"
            case "sign_after":
                return f"{text} {sign}"
            case "code_before":
                return f"{self.currency} {text}"
            case "code_after":
                return f"{text} {self.currency}"
            case _:
                return text


def draw_conventions(rng: random.Random, *, language: str, number_style: str, date_order: str, currency: str) -> Conventions:
    """Habits of one document of a sender whose number style and date order are known."""
    usual = _LOCAL_DATES.get(language, {}).get(date_order)
    date_style = usual if usual and rng.random() < 0.4 else rng.choice(_DATE_STYLES[date_order])
    if date_order == "DMY" and rng.random() < 0.12:
        date_style = rng.choice(_WORDED[language])
    place = rng.choices(
        ("none", "sign_before", "sign_after", "code_before", "code_after"),
        (10, 6, 0.5, 1, 1) if language == "en" else (12, 0.7, 4, 0.5, 2),
    )[0]
    decimals, quantity = rng.choices((2, 3, 4, 5), (16, 1, 3, 0.7))[0], rng.choices((0, 2, 3), (14, 3, 2))[0]
    wish = rng.choices(("date", "week", "yearless", "soon"), (88, 6, 3, 3))[0]
    forms = {"date": ("",), "week": words.phrases(language, "week"), "yearless": YEARLESS[date_order],
             "soon": words.phrases(language, "asap")}
    return Conventions(
        language, number_style, date_style, currency, place, decimals, quantity, blank=rng.choice((" ", " ", "\u00a0")),
        round_money=rng.choices(("", "bare", "dash"), (95, 3, 2 if language in {"de", "nl"} else 0))[0], wish_style=wish,
        wish_form=rng.choice(forms[wish]),
    )


def format_date(day: date, style: str, language: str) -> str:
    """strftime patterns, or words: weekday, month (full), mon (short), MON (capitals), d, Y and y (two digits); `%-d` and `%-m`
    drop the zero.
    """
    if "mon" in style.lower():
        short = get_month_names("abbreviated", "format", language)[day.month]
        known = {"d": str(day.day), "Y": str(day.year), "y": f"{day.year % 100:02d}", "mon": short, "MON": short.upper(),
                 "month": get_month_names("wide", "format", language)[day.month],
                 "weekday": get_day_names("wide", "format", language)[day.weekday()]}
        return re.sub(r"[A-Za-z]+", lambda token: known.get(token[0], token[0]), style)
    plain = style.replace("%-d", str(day.day)).replace("%-m", str(day.month))
    return day.strftime(plain)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

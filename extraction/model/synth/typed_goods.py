"""The goods of a typed mail: as a list, in sentences, as a pasted table, as labelled values, or quoted from an offer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal

from extraction.model.synth import words
from extraction.model.synth.catalogue import describe
from extraction.model.synth.conventions import Conventions
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.form_parts import Text
from extraction.model.synth.letter import Letter
from extraction.model.synth.orders import Order, OrderLine
from extraction.model.synth.wording import Wording

LEADS = ("- ", "* ", "• ", "", "", "{n}. ", "{n}) ", "– ", "({n}) ")


class Goods:
    """Writes the lines of one order into a letter in one of `WAYS`."""

    def __init__(self, wording: Wording, order: Order, con: Conventions, letter: Letter) -> None:
        self.rng: random.Random = wording.rng
        self.wording, self.order, self.con, self.letter = wording, order, con, letter
        self.owner = self.rng.choice(("supplier_sku", "supplier_sku", "buyer_sku"))
        self.long_units = self.rng.random() < 0.4

    def values(self, number: int, line: OrderLine, *, spelled: bool = False, loose: bool = False) -> dict[str, Text]:
        """What the patterns' holes are filled with. `spelled`: small quantities as words; `loose`: half the text."""
        head = f"lines.{number}."
        code = getattr(line, self.owner) or line.supplier_sku or ""
        owner = self.owner if getattr(line, self.owner) else "supplier_sku"
        unit = self.wording.unit(line.uom, line.quantity) if self.long_units or spelled else (
            words.unit_spellings(line.uom, self.con.language)[0])
        text = _loose(line, self.con.language) if loose else line.text
        written = self.wording.count(int(line.quantity)) if spelled and line.quantity == int(line.quantity) else None
        return {
            "quantity": Text(written or self.con.number(line.quantity, 0), f"{head}quantity", number_of(line.quantity)),
            "uom": Text(unit, f"{head}uom", unit), "code": Text(code, f"{head}{owner}", code),
            "text": Text(text, f"{head}description", text),
        }

    def itemised(self) -> None:
        """One text line per order line in one style: bulleted, numbered or bare, with a price now and then."""
        lead, pattern = self.rng.choice(LEADS), self.wording.item_pattern()
        with_price, spaced = self.rng.random() < 0.25, self.rng.random() < 0.15
        price = self.wording.pick("prices")
        for number, line in enumerate(self.order.lines):
            values = self.values(number, line)
            shown = pattern if values["code"].text or "{code}" not in pattern else "{quantity} {uom} {text}"
            self.letter.say(lead.format(n=number + 1) + shown, **values)
            if with_price and line.price_unit == 1 and line.price:
                self._price(number, line, price)
            if spaced:
                self.letter.say()

    def _price(self, number: int, line: OrderLine, pattern: str) -> None:
        price = Text(self.con.number(line.net_price, 2), f"lines.{number}.unit_price", number_of(line.net_price))
        self.letter.go_on(pattern, price=price, currency=Text(self.con.currency, "currency", self.con.currency))

    def sentence(self) -> None:
        """All goods in running text, spelled out or in digits, with a code or in the words of the workshop."""
        before, _, after = self.wording.pick("sentences").partition("{items}")
        self.letter.say(before)
        self.listed()
        self.letter.go_on(after)

    def listed(self) -> None:
        """The goods one after the other, behind what the last line says."""
        spelled, loose = self.rng.random() < 0.5, self.rng.random() < 0.6
        comma, last = self.wording.words("joins")
        with_unit, bare = self.wording.pick("ofs"), self.wording.pick("bare")
        for number, line in enumerate(self.order.lines):
            if number:
                self.letter.go_on(last if number == len(self.order.lines) - 1 else comma)
            values = self.values(number, line, spelled=spelled, loose=loose)
            pattern = bare if line.uom == "H87" and self.rng.random() < 0.7 else with_unit
            if "{code}" in pattern and not values["code"].text:
                pattern = "{quantity} {uom} {text}"
            dozen = next((text for text, count in self.wording.dozens() if count == line.quantity), None)
            if dozen and pattern == bare and "{text}" in pattern and self.rng.random() < 0.5:
                values["quantity"] = Text(dozen, values["quantity"].tag, values["quantity"].value)
                pattern = "{quantity} {text}"
            self.letter.go_on(pattern, **values)

    def table(self) -> None:
        """A table pasted from a sheet: parted by tabs, or by blanks so that the columns stand below each other."""
        rows, tabs = self._rows(), self.rng.random() < 0.5
        widths = [max(len(row[n].text) for row in rows) + self.rng.choice((2, 3, 5)) for n in range(len(rows[0]))]
        for row in rows:
            self.letter.say()
            for n, cell in enumerate(row):
                self.letter.go_on("{cell}", cell=cell)
                if n < len(row) - 1:
                    self.letter.go_on("\t" if tabs else " " * (widths[n] - len(cell.text)))

    def cells(self) -> None:
        """A table of which a mail program left each cell on a line of its own."""
        for row in self._rows():
            for cell in row:
                self.letter.say("{cell}", cell=cell)

    def _rows(self) -> list[list[Text]]:
        """Cells of a header, if any, and of every line; the columns in an order of this mail."""
        keys = self.rng.choice((("text", "code", "quantity", "uom"), ("code", "text", "quantity", "uom"),
                                ("quantity", "uom", "code", "text"), ("code", "quantity"), ("text", "quantity", "uom"),
                                ("code", "text", "quantity", "price")))
        titles = dict(zip(("text", "code", "quantity", "uom"), self.wording.words("heads"), strict=True), price=self.con.currency)
        rows = [[Text(titles[key]) for key in keys]] if self.rng.random() < 0.7 or "price" in keys else []
        for number, line in enumerate(self.order.lines):
            values = self.values(number, line)
            value, tag = number_of(line.net_price / line.price_unit), f"lines.{number}.unit_price"
            values["price"] = Text(self.con.number(line.net_price / line.price_unit, 2), tag, value)
            rows.append([values[key] for key in keys])
        if "price" in keys:
            self.letter.note(Text("", "currency", self.con.currency))
        return rows

    def labelled(self) -> None:
        """Each value behind its name, line by line."""
        item, text, quantity, unit = self.wording.words("kv")
        for number, line in enumerate(self.order.lines):
            values = self.values(number, line)
            self.letter.say(f"{item}: {{code}}" if values["code"].text else f"{item}: {{text}}", **values)
            if values["code"].text:
                self.letter.say(f"{text}: {{text}}", **values)
            self.letter.say(f"{quantity}: {{quantity}}", **values)
            if self.rng.random() < 0.7:
                self.letter.say(f"{unit}: {{uom}}", **values)
            self.letter.say()

    def changes(self) -> None:
        """New quantities in place of old ones, in one wording."""
        pattern, lead = self.wording.pick("change_items"), self.rng.choice(LEADS[:5])
        step = self.rng.choice((1, 10))
        for number, line in enumerate(self.order.lines):
            values = self.values(number, line)
            old = line.quantity + self.rng.choice((1, 2, 5, 10))
            if self.rng.random() < 0.5 and line.quantity > 1:
                old = Decimal(max(int(line.quantity) // 2, 1))
            place = str((number + 1) * step)
            values |= {"old": Text(self.con.number(old, 0)), "line_no": Text(place, f"lines.{number}.line_no", place)}
            usable = pattern if values["code"].text else "{text}: {quantity} ({old})"
            self.letter.say(lead + usable, **values)

    def write(self, ways: Sequence[tuple[float, str]]) -> str:
        """Draw one of the ways and write so; returns its name."""
        way = self.rng.choices([name for _, name in ways], [weight for weight, _ in ways])[0]
        written: dict[str, Callable[[], None]] = {
            "list": self.itemised, "sentence": self.sentence, "table": self.table, "cells": self.cells, "labelled": self.labelled,
        }
        written[way]()
        return way


def other_goods(wording: Wording, order: Order, con: Conventions) -> list[str]:
    """Items that are not of this order, as an older mail lists them."""
    pattern, chosen = wording.item_pattern(), wording.rng.sample(order.company.items, wording.rng.randrange(1, 4))
    return [pattern.format(quantity=wording.rng.choice((2, 5, 10, 40)), code=item.sku, text=describe(item, con.language),
                           uom=words.unit_spellings(item.base_uom, con.language)[0]) for item in chosen]


def _loose(line: OrderLine, language: str) -> str:
    """The item as the workshop calls it: its noun with one or two of its attributes."""
    if not line.item:
        return line.text
    noun = words.noun(line.item.family, language)
    full = describe(line.item, language).removeprefix(noun).split()
    text = " ".join((noun if language == "de" else noun[:1].lower() + noun[1:], *full[:2]))
    return text.rstrip(",")

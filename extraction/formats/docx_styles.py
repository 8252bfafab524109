"""Styles and list numbers of a DOCX document. ECMA-376 Part 1, 17.7 and 17.9."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from lxml import etree

from extraction.formats.sheet_cells import Colour, look_flags
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from models.domain.pages import WordFlag

_MOST_PARENTS = 20
_HIGHLIGHTS = {
    "black": BLACK, "white": WHITE, "darkBlue": (0, 0, 128), "darkGreen": (0, 128, 0), "darkRed": (128, 0, 0),
    "yellow": (255, 255, 0),
}
_COLOURED: Colour = (128, 128, 128)          # any other highlight: white and black both show on it
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
          (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class RunLook:
    """What of a run's properties changes what a person reads; None where they do not say."""

    ink: Colour | None = None
    paper: Colour | None = None
    half_points: int | None = None
    is_struck: bool | None = None
    is_hidden: bool | None = None

    def flags(self) -> frozenset[WordFlag]:
        """The flags of words printed so."""
        points = None if self.half_points is None else self.half_points / 2
        flags = look_flags(self.ink or BLACK, self.paper or WHITE, points, is_struck=bool(self.is_struck))
        return flags | {WordFlag.HIDDEN} if self.is_hidden else flags


PLAIN = RunLook()


def over(below: RunLook, top: RunLook) -> RunLook:
    """The look of `top` where it says something, else that of `below`."""
    names = ("ink", "paper", "half_points", "is_struck", "is_hidden")
    return replace(below, **{name: value for name in names if (value := getattr(top, name)) is not None})


def run_look(properties: etree._Element | None) -> RunLook:
    """The look that `w:rPr` asks for."""
    if properties is None or not len(properties):
        return PLAIN
    size = properties.find("{*}sz")
    return RunLook(
        _hex(properties.find("{*}color"), "val"), _ground(properties), _integer(size), _switch(properties, "strike", "dstrike"),
        _switch(properties, "vanish", "webHidden"))


def shading(properties: etree._Element | None) -> Colour | None:
    """The ground that `w:shd` in the properties of a paragraph or a cell gives; None for none."""
    return None if properties is None else _hex(properties.find("{*}shd"), "fill")


def _ground(properties: etree._Element) -> Colour | None:
    mark = properties.find("{*}highlight")
    name = value_of(mark)
    return _HIGHLIGHTS.get(name, _COLOURED) if name and name != "none" else shading(properties)


def _hex(element: etree._Element | None, name: str) -> Colour | None:
    text = "" if element is None else next((v for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", text):
        return None
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def _integer(element: etree._Element | None) -> int | None:
    text = value_of(element)
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None


def _switch(properties: etree._Element, *names: str) -> bool | None:
    found = [e for name in names if (e := properties.find(f"{{*}}{name}")) is not None]
    return any(value_of(e) not in {"0", "false", "off"} for e in found) if found else None


def value_of(element: etree._Element | None) -> str:
    """The `w:val` of an element; "" for none."""
    if element is None:
        return ""
    return next((v for k, v in element.attrib.items() if str(k).endswith("}val")), "")


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Which list a paragraph belongs to and how deep, from 0."""

    number: str
    level: int


class Styles:
    """Looks and lists by the id of a style, with what its parents say."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = list(root.iterfind("{*}style")) if root is not None else []
        self._elements = {_id(e): e for e in elements}
        usual = root.find("{*}docDefaults/{*}rPrDefault/{*}rPr") if root is not None else None
        self.usual = run_look(usual)
        self._paragraph = next((_id(e) for e in elements if _attribute(e, "type") == "paragraph"
                                and _attribute(e, "default") in {"1", "true"}), "")
        self._looks: dict[str, RunLook] = {}

    def paragraph(self, style: str) -> RunLook:
        """The look of text in a paragraph of this style ("" for the usual one)."""
        return over(self.usual, self.look(style or self._paragraph))

    def look(self, style: str) -> RunLook:
        """What the style and its parents say."""
        if style not in self._looks:
            look = PLAIN
            for element in reversed(self._chain(style)):
                look = over(look, run_look(element.find("{*}rPr")))
            self._looks[style] = look
        return self._looks[style]

    def list_of(self, style: str) -> etree._Element | None:
        """The `w:numPr` that the style or a parent of it has."""
        return next((n for e in self._chain(style) if (n := e.find("{*}pPr/{*}numPr")) is not None), None)

    def _chain(self, style: str) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while style in self._elements and len(chain) < _MOST_PARENTS:
            chain.append(self._elements[style])
            style = value_of(chain[-1].find("{*}basedOn"))
        return chain


def _id(style: etree._Element) -> str:
    return _attribute(style, "styleId")


def _attribute(element: etree._Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The numbers of list items, counted on as the document is read."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)       # by list and level
    kinds: dict[str, str] = field(default_factory=dict)                       # list → what it shares its count with
    counts: dict[str, Counter[int]] = field(default_factory=dict)

    def label(self, place: ListPlace) -> str:
        """The next item's label, as "2.1." or "•"; "" for a list that shows none."""
        level = self.levels.get((place.number, place.level))
        if level is None or level.form == "none":
            return ""
        counts = self.counts.setdefault(self.kinds.get(place.number, place.number), Counter())
        counts[place.level] += 1
        for deeper in [n for n in counts if n > place.level]:
            del counts[deeper]
        if level.form == "bullet":
            return "•"
        return re.sub(r"%([1-9])", lambda m: self._shown(place, counts, int(m[1]) - 1), level.text)

    def _shown(self, place: ListPlace, counts: Counter[int], depth: int) -> str:
        level = self.levels.get((place.number, depth))
        if level is None:
            return ""
        return written_number(level.start + max(counts[depth], 1) - 1, level.form)


def numbering_of(root: etree._Element | None) -> Numbering:
    """The lists of `numbering.xml`; none when there is no such part."""
    found = Numbering()
    if root is None:
        return found
    abstract = {_attribute(e, "abstractNumId"): e for e in root.iterfind("{*}abstractNum")}
    for item in root.iterfind("{*}num"):
        number, kind = _attribute(item, "numId"), value_of(item.find("{*}abstractNumId"))
        restarts = item.find("{*}lvlOverride/{*}startOverride") is not None
        found.kinds[number] = number if restarts else f"of {kind}"
        levels = list(abstract[kind].iterfind("{*}lvl")) if kind in abstract else []
        for level in (*levels, *item.iterfind("{*}lvlOverride/{*}lvl")):
            depth = _attribute(level, "ilvl")
            if depth.isdecimal():
                start, form = _integer(level.find("{*}start")), value_of(level.find("{*}numFmt")) or "decimal"
                found.levels[number, int(depth)] = _Level(form, value_of(level.find("{*}lvlText")), 1 if start is None else start)
    return found


def written_number(number: int, form: str) -> str:
    """A count as a list writes it: "3", "03", "c", "C", "iii" or "III"; in digits where the form has no sign for it."""
    if form in {"lowerLetter", "upperLetter"}:
        letters = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number < 1_000 else str(number)
        return letters.upper() if form == "upperLetter" else letters
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 4_000:
        numeral = ""
        for value, sign in _ROMAN:
            while number >= value:
                numeral, number = numeral + sign, number - value
        return numeral.upper() if form == "upperRoman" else numeral
    return f"{number:02}" if form == "decimalZero" else str(number)

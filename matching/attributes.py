"""Attributes that tell near-twins apart: thread, voltage, size, side, colour, dimensions. Two items that differ in one are
two items, however alike their texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from matching.text import words

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    spelling: (kind, value)
    for kind, values in {
        "side": {"left": "left lh links linke linker gauche izquierda izquierdo sinistra sinistro lewy lewa",
                 "right": "right rh rechts rechte rechter droite droit derecha derecho destra destro prawy prawa"},
        "colour": {
            "black": "black blk schwarz noir noire negro negra zwart nero nera czarny czarna",
            "white": "white wht weiss blanc blanche blanco blanca wit bianco bianca bialy biala",
            "red": "red rot rouge rojo roja rood rosso rossa czerwony czerwona",
            "blue": "blue blu blau bleu bleue azul blauw niebieski niebieska",
            "green": "green grn grun gruen vert verte verde groen zielony zielona",
            "yellow": "yellow yel gelb jaune amarillo amarilla geel giallo gialla zolty zolta",
            "grey": "grey gray gry grau gris grijs grigio grigia szary szara",
            "brown": "brown brn braun brun brune marron bruin marrone brazowy brazowa",
            "orange": "orange naranja oranje arancione pomaranczowy",
            "clear": "clear transparent transparente klar trasparente przezroczysty"},
        "size": {"xs": "xs", "s": "s", "m": "m", "l": "l", "xl": "xl", "xxl": "xxl 2xl", "3xl": "xxxl 3xl"},
        "material": {
            "brass": "brass messing laiton laton ottone mosiadz", "steel": "steel stahl acier acero staal acciaio stal",
            "stainless": "stainless inox edelstahl inoxydable inoxidable rvs nierdzewna",
            "copper": "copper kupfer cuivre cobre koper rame miedz", "plastic": "plastic kunststoff plastique plastico"},
    }.items()
    for value, spellings in values.items()
    for spelling in spellings.split()
})
_SIZE_NEEDS = frozenset({"size", "grosse", "groesse", "gr", "taille", "talla", "maat", "taglia", "rozmiar", "sz"})
_UNIT = re.compile(
    r"(\d+(?:[./]\d+)?)(mm2|mm|cm|km|m|um|in|inch|zoll|ft|kg|g|mg|lb|oz|l|ml|cl|v|kv|mv|a|ma|w|kw|hz|k|bar|nm|gb|tb|mb|awg)")
_SAME_UNIT = MappingProxyType({"inch": "in", "zoll": "in"})
_SCALED = MappingProxyType({
    "cm": ("mm", 10.0), "m": ("mm", 1000.0), "kv": ("v", 1000.0), "kw": ("w", 1000.0), "ma": ("a", 0.001), "kg": ("g", 1000.0),
    "l": ("ml", 1000.0), "cl": ("ml", 10.0),
})
_THREAD = re.compile(r"m(\d+(?:\.\d+)?)")
_GRADE = re.compile(r"(din|iso|en|ral|e|gu|pn|ip|k|a|f|g|nlgi|vg)(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"\d+(?:[./]\d+)*")

Attributes = Mapping[str, frozenset[str]]


@lru_cache(maxsize=100_000)
def attributes(text: str) -> Attributes:
    """Kind of attribute to the values a text names, e.g. {"thread": {"8"}, "colour": {"red"}, "v": {"230"}}."""
    found: dict[str, set[str]] = {}
    said = words(text)
    for before, word in zip(("", *said), said, strict=False):
        for kind, value in _of_word(word, before):
            found.setdefault(kind, set()).add(value)
    return MappingProxyType({kind: frozenset(values) for kind, values in found.items()})


def _of_word(word: str, before: str) -> list[tuple[str, str]]:
    if (known := _WORDS.get(word)) and (known[0] != "size" or len(word) > 1 or before in _SIZE_NEEDS):
        return [known]
    if unit := _UNIT.fullmatch(word):
        return [_measure(_value(unit[1]), unit[2])]
    if thread := _THREAD.fullmatch(word):
        return [("thread", thread[1])]
    if grade := _GRADE.fullmatch(word):
        return [(f"grade {grade[1].upper()}", grade[2])]
    if before in {"din", "iso", "en", "ral", "pn", "vg", "nlgi", "awg"} and _NUMBER.fullmatch(word):
        return [(f"grade {before.upper()}", word)]
    return []


def _value(number: str) -> float:
    whole, _, below = number.partition("/")
    return float(whole) / (float(below) or 1.0) if below else float(whole)


def _measure(value: float, unit: str) -> tuple[str, str]:
    unit = _SAME_UNIT.get(unit, unit)
    unit, scale = _SCALED.get(unit, (unit, 1.0))
    return unit, f"{value * scale:g}"


def conflicts(asked: str, offered: str) -> tuple[str, ...]:
    """Where two texts name the same kind of attribute with no value in common, in words: "thread 8, not 10"."""
    ours, theirs = attributes(asked), attributes(offered)
    found = [
        f"{_KINDS.get(kind, kind)} {'/'.join(sorted(ours[kind]))}, not {'/'.join(sorted(theirs[kind]))}"
        for kind in ours if kind in theirs and not ours[kind] & theirs[kind]
    ]
    return (*found, *_number_conflict(asked, offered)) if not found else tuple(found)


_KINDS = MappingProxyType({
    "v": "volts", "a": "amperes", "w": "watts", "mm": "millimetres", "g": "grams", "ml": "millilitres", "in": "inches",
    "k": "kelvin",
})


@lru_cache(maxsize=100_000)
def numbers(text: str) -> frozenset[str]:
    """The plain numbers of a text, decimals normalised ("2.50" as "2.5"), and those inside measures and threads."""
    found = set()
    for word in words(text):
        for number in _NUMBER.findall(word):
            plain = number.strip("0") if number.startswith("0.") else number
            found.add(plain.rstrip("0").rstrip(".") if "." in plain and "/" not in plain else plain)
    return frozenset(found)


def _number_conflict(asked: str, offered: str) -> tuple[str, ...]:
    """Dimensions such as 40 x 30 and 40 x 35: the same count of sizes in a row, not the same sizes."""
    ours, theirs = _sizes(asked), _sizes(offered)
    if ours and theirs and len(ours) == len(theirs) and ours != theirs:
        return (f"size {' x '.join(ours)}, not {' x '.join(theirs)}",)
    return ()


@lru_cache(maxsize=100_000)
def _sizes(text: str) -> tuple[str, ...]:
    """The numbers of the first "a x b (x c)" in a text."""
    said = words(text)
    if "x" not in said[1:-1]:
        return ()
    at = said.index("x", 1)
    chain = [said[at - 1]]
    while at < len(said) - 1 and said[at] == "x":
        chain.append(said[at + 1])
        at += 2
    sizes = [m[0] for part in chain if (m := re.search(r"\d+(?:\.\d+)?", part))]
    return tuple(sizes) if len(sizes) == len(chain) else ()

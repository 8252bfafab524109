"""Invented words: names, streets, cities, product nouns and phrases by language, loaded once from words.json."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

COUNTRIES: dict[str, tuple[str, ...]] = {
    "en": ("US", "GB"), "de": ("DE",), "fr": ("FR",), "es": ("ES",), "nl": ("NL",), "it": ("IT",), "pl": ("PL",),
}
LANGUAGES = tuple(COUNTRIES)


@dataclass(frozen=True, slots=True)
class Place:
    """How a country writes companies, people and addresses.

    In patterns `#` is a digit and each of `Q`, `X`, `Z` a letter.
    """

    country: str
    country_name: str
    postcode: str
    city_line: str
    regions: tuple[str, ...]
    vat: str
    phone: str
    currency: str
    stems: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    streets: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    dock: tuple[str, ...]


@cache
def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return loaded


@cache
def place(country: str) -> Place:
    """The place of an ISO 3166 country code. Raises KeyError for one we have no words for."""
    for by_country in _load()["places"].values():
        if country in by_country:
            fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in by_country[country].items()}
            return Place(country=country, **fields)
    raise KeyError(country)


def noun(family: str, language: str) -> str:
    """The product noun of a catalogue family."""
    word: str = _load()["nouns"][family][language]
    return word


def families() -> tuple[str, ...]:
    """Keys of all families that have nouns."""
    return tuple(_load()["nouns"])


def term(word: str, language: str) -> str:
    """An attribute word (colour, finish, side …) in a language; words without a translation pass through."""
    group: Mapping[str, str] = _load()["terms"].get(word, {})
    return group.get(language, word)


def phrases(language: str, key: str) -> tuple[str, ...]:
    """Alternative wordings of one phrase; braces are filled by the caller."""
    found = _load()["phrases"][language][key]
    return (found,) if isinstance(found, str) else tuple(found)


def phrase(rng: random.Random, language: str, key: str) -> str:
    """One wording of a phrase."""
    return rng.choice(phrases(language, key))


def subjects(language: str, doc_type: str) -> tuple[str, ...]:
    """Subject lines of mails that carry such a document; braces are `po` and `buyer`."""
    return tuple(_load()["phrases"][language]["subject"][doc_type])


def chatter(language: str) -> tuple[tuple[str, str], ...]:
    """Subject and text of mails that order nothing; braces are `po` and `sku`."""
    return tuple((subject, text) for subject, text in _load()["phrases"][language]["chatter"])


def payment_terms(language: str) -> tuple[str, ...]:
    """Usual payment terms as printed."""
    return tuple(_load()["payment_terms"][language])


def unit_spellings(uom: str, language: str) -> tuple[str, ...]:
    """How a language's buyers write a unit; the code itself when we have no words."""
    return tuple(_load()["units"].get(uom, {}).get(language, (uom,)))


def suppliers() -> tuple[str, ...]:
    """Names for the company that sells."""
    return tuple(_load()["suppliers"])


def brands() -> tuple[str, ...]:
    """Names of manufacturers."""
    return tuple(_load()["brands"])


def fill(rng: random.Random, pattern: str) -> str:
    """Replace each `#` by a digit and each `Q`, `X`, `Z` by a capital letter."""
    letters = "ABCDEFGHJKLMNPRSTUVWY"
    return "".join(
        str(rng.randrange(10)) if c == "#" else rng.choice(letters) if c in "QXZ" else c for c in pattern
    )


def spell_digits(text: str, language: str) -> str:
    """The digits of a number as words, starred like on a cheque: "*four*nine*zero*"."""
    spelled = _load()["digits"][language]
    return "*" + "*".join(spelled[int(c)] for c in text if c.isdigit()) + "*"

"""The wordings that order papers use: labels in seven languages and spellings of units, from lexicon.json.

Fields are named as in a reading (`po_number`, `ship_to`, `lines.quantity`); other keys have a prefix:
`doc_type.` titles, `mark.` phrases inside tables, `word.` months, numbers and page words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pl")


@cache
def _load() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    raw = json.loads(Path(__file__).with_name("lexicon.json").read_text(encoding="utf-8"))
    return MappingProxyType({key: {name: tuple(words) for name, words in group.items()} for key, group in raw.items()})


@cache
def labels(field: str, language: str | None = None) -> tuple[str, ...]:
    """Wordings of a field, commonest first, as printed; of all languages (without repeats) when none is given.

    Raises KeyError for a field the lexicon does not have; a language it does not have gives an empty tuple.
    """
    by_language = _load()[field]
    if language is not None:
        return by_language.get(language, ())
    return tuple(dict.fromkeys(word for name in LANGUAGES for word in by_language.get(name, ())))


def fields() -> tuple[str, ...]:
    """All keys that `labels` knows."""
    return tuple(key for key in _load() if key != "units")


def units() -> Mapping[str, tuple[str, ...]]:
    """UN/ECE Rec 20 code (packages: Rec 21 with a leading X) to its spellings, commonest first.

    A spelling may stand under several codes: "M" is a metre and a thousand.
    """
    return _load()["units"]

"""Words for units of measure, by themselves or with how much a package of them holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache

from extraction import lexicon
from models.domain.lean import lean

_HOLDS = re.compile(
    r"^(?P<unit>[^\W\d][^\d(/]*?)\s*(?:\s(?:of|à|a|de|da|di|zu|van|von|po)\s|[x×/(])?\s*"
    r"(?P<count>\d{1,5})\s*(?P<what>[^\W\d]{1,12}\.?)?\)?$", re.IGNORECASE)
_SIZED = re.compile(r"^(?P<count>\d{1,4}(?:[.,]\d{1,2})?)[\s-]?(?P<what>[^\W\d]{1,6})[\s-](?P<unit>[^\W\d]{2,14}\.?)$")
_LOOSE = frozenset({"C62", "H87", "EA", "PR"})
_PACKED = frozenset({"SET", "KT", "RM"})


@lean
class Package:
    """A unit that says how much one of it holds: `count` pieces, None where a measure is told ("Sack 25 kg")."""

    unit: str
    count: Decimal | None


@lru_cache(maxsize=16_384)
def is_unit(text: str) -> bool:
    """True when a text is a spelling of a unit of measure, singular or plural, case and final point aside."""
    return _is_one_of(text.strip("() "), _units())


@lru_cache(maxsize=16_384)
def package_of(text: str) -> Package | None:
    """The package that a unit with a count or a measure names: "Caja 25", "box of 12", "pallet (40 sacks)", "25 kg bag"."""
    match = _HOLDS.match(text.strip()) or _SIZED.match(text.strip())
    if match is None or text.count("(") != text.count(")") or not _is_one_of(match["unit"].strip(), _packages()):
        return None
    what = match["what"]
    if what and not is_unit(what):
        return None
    is_counted = not what or _is_one_of(what, _things())
    return Package(match["unit"].strip(), Decimal(match["count"]) if is_counted else None)


def says_unit(text: str) -> bool:
    """True for a unit of measure, by itself or with how much a package of it holds."""
    return is_unit(text) or package_of(text) is not None


def _is_one_of(text: str, spellings: frozenset[str]) -> bool:
    bare = text.casefold().rstrip(".")
    return bare in spellings or (len(bare) > 3 and bare.endswith("s") and bare[:-1] in spellings)


@cache
def _units() -> frozenset[str]:
    return _spelled(lambda _: True)


@cache
def _packages() -> frozenset[str]:
    """What goods are packed in: the packages of Recommendation 21, and sets, kits and reams."""
    return _spelled(lambda code: code[0] == "X" or code in _PACKED)


@cache
def _things() -> frozenset[str]:
    """What is counted, not measured."""
    return _packages() | _spelled(lambda code: code in _LOOSE)


def _spelled(belongs: Callable[[str], bool]) -> frozenset[str]:
    named = (spellings for code, spellings in lexicon.units().items() if belongs(code))
    return frozenset(s.casefold().rstrip(".") for spellings in named for s in spellings if not s[0].isdigit())

"""Clues of a value itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import log1p
from typing import Any

from extraction.around import Around, places
from extraction.clues.table import CODES, Table
from extraction.clues.whole import COIN
from extraction.layout.geometry import Token
from extraction.lines.values import is_code
from extraction.model.calibrate import logit
from extraction.model.tagger import OTHER
from extraction.ocr.calibrate import evidence
from models.domain.codes import clean_code
from models.domain.evidence import Found, Origin


def value_clues(name: str, found: Found[Any], around: Around, table: Table | None = None) -> dict[str, float]:
    """Clues of the value itself. `name` as in `FAMILIES`; with the table for the values of lines."""
    spot = around.spot(found)
    words = spot.words
    said = str(found.value)
    letters = max(sum(map(str.isalnum, said)), 1)
    sure = [evidence(t.word.confidence) for t in words if t.word.confidence is not None]
    rivals = [c.probability for c in found.candidates]
    clues = {
        f"is_{name}": 1.0,
        "raw": logit(found.confidence) / 3,
        "raw_high": float(found.confidence >= 0.95),
        "raw_low": float(found.confidence < 0.7),
        "not_read": float(found.evidence.origin is not Origin.READ),
        "nowhere": float(not found.evidence.places),
        "own_ocr": max(0.0, 1 - min(sure) / 6) if sure else 0.0,
        "doubtful": float(any(t.word.rivals for t in words)),
        "rivals": min(len(rivals), 3) / 3,
        "best_rival": max(rivals, default=0.0),
        "words": log1p(len(words)) / 2,
        "own_rows": float(len(spot.rows)) / 3,
        "digits": sum(map(str.isdigit, said)) / letters,
        "short": float(letters <= 2),
        "long": min(letters, 120) / 60,
        "again": min(around.texts[clean_code(said)] - 1, 3) / 3 if len(words) == 1 else 0.0,
        **_tag_clues(name, found, words, around),
        "shared": float(spot.is_shared),
    }
    if name in _EXTRA:
        clues |= _EXTRA[name](found, around)
    if table is not None:
        field = name.removeprefix("lines.")
        clues["shaped_alike"] = table.shapes[field][table.shape_of[found.evidence.text]] / max(table.filled[field], 1)
        clues["usual"] = table.filled[field] / table.count
        if field in CODES:
            clues |= _code_clues(found, around)
    return clues


_TAGS_OF_CODES = tuple(f"line.{code}" for code in CODES)


def _tag_clues(name: str, found: Found[Any], words: Sequence[Token], around: Around) -> dict[str, float]:
    """What the tagger thinks of the words; of a header value also what it would add."""
    if not words or name == "doc_type":
        return {}
    own = "line." + name.removeprefix("lines.") if "." in name else name
    chance = min(1.0, sum([around.tags.chance(words, n) for n in _TAGS_OF_CODES])) if own in _TAGS_OF_CODES else min(
        1.0, around.tags.chance(words, own))
    clues = {"tag": logit(min(0.99, max(0.01, chance))) / 3, "tag_other": around.tags.chance(words, OTHER)}
    if "." not in name:
        missed = len(around.tagged.get(own, set()) - set(places(found)))
        clues["tag_missed"] = missed / (missed + len(words))
    return clues


def _code_clues(found: Found[str], around: Around) -> dict[str, float]:
    known = around.context.known_codes
    return {
        "known": float(clean_code(found.value) in known) if known else 0.0,
        "unknown": float(clean_code(found.value) not in known) if known else 0.0,
        "odd_code": float(not is_code(found.value)),
    }


def _name_clues(found: Found[str], around: Around) -> dict[str, float]:
    header = around.reading.header
    others = [f.value for f in (header.buyer_name, header.supplier_name) if f and f is not found]
    own = {n.casefold() for n in around.context.own_names}
    first = next(iter(around.tokens(found)), None)
    return {
        "same_as_other": float(found.value in others),
        "ours": float(found.value.casefold() in own),
        "large": min(max(first.bottom - first.top - 1.0, 0.0), 2.0) if first else 0.0,
        "colon": float(":" in found.value),
    }


def _address_clues(found: Found[str], around: Around) -> dict[str, float]:
    parts = found.value.split(", ")
    header = around.reading.header
    others = [f.value for f in (header.ship_to, header.bill_to) if f and f is not found]
    return {
        "parts": min(len(parts), 7) / 4,
        "numbered": sum(any(c.isdigit() for c in p) for p in parts) / 2,
        "colon": float(any(sign in found.value for sign in (":", "@", "+"))),
        "same_as_other": float(found.value in others),
        "bare_end": float(parts[-1].isupper() or not any(c.isdigit() for c in "".join(parts[-2:]))),
    }


def _date_clues(found: Found[Any], around: Around) -> dict[str, float]:
    header, sent = around.reading.header, around.context.sent_on
    placed, due = (f.value if f else None for f in (header.order_date, header.requested_date))
    near = sent or placed
    return {
        "far": float(near is not None and abs((found.value - near).days) > 400),
        "crossed": float(placed is not None and due is not None and due < placed),
        "same": float(placed is not None and placed == due),
    }


def _total_clues(found: Found[Decimal], around: Around) -> dict[str, float]:
    lines = around.reading.lines
    worth = sum((line.amount.value for line in lines if line.amount), Decimal(0))
    return {
        "is_worth": float(bool(worth) and abs(worth - found.value) <= COIN),
        "under_worth": float(worth > found.value + COIN),
        "no_worth": float(not worth),
    }


_EXTRA: dict[str, Any] = {
    "buyer_name": _name_clues, "supplier_name": _name_clues, "ship_to": _address_clues, "bill_to": _address_clues,
    "order_date": _date_clues, "requested_date": _date_clues, "total": _total_clues,
}

"""The words by which a case is found, and what a search asks of them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from models.domain.draft import Draft

LONGEST = 40
MOST = 2_000
"""Words of one case that are kept; a list of ten thousand parts is found by its first ones."""
MOST_ASKED = 8
_WORD = re.compile(r"[^\W_]+")
_WHOLE = re.compile(r"[^\s,;:()\[\]\"“”]+")


def words_of(texts: Iterable[str]) -> list[str]:
    """The folded words of some texts, each once, in order: every run of letters and figures, and codes whole ("po4711")."""
    found: dict[str, None] = {}
    for text in texts:
        folded = _fold(text)
        for word in _WORD.findall(folded):
            found.setdefault(word[:LONGEST])
        for whole in _WHOLE.findall(folded):
            parts = _WORD.findall(whole)
            if len(parts) > 1 and any(c.isdigit() for c in whole):
                found.setdefault("".join(parts)[:LONGEST])
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def words_asked(text: str) -> list[str]:
    """The beginnings of words that a case must have, all of them, to be found."""
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(_fold(text))))[:MOST_ASKED]


def texts_of_draft(draft: Draft) -> Iterable[str]:
    """What a draft says that a person may search for."""
    if draft.po_number:
        yield draft.po_number.value
    if draft.customer:
        yield draft.customer.value.customer_no
        yield draft.customer.value.name
    if draft.ship_to:
        yield draft.ship_to.value.label
    for line in draft.lines:
        if line.item:
            yield line.item.value.sku
            yield line.item.value.description
        for found in (line.buyer_sku, line.supplier_sku, line.gtin, line.mpn, line.description):
            if found:
                yield found.value


def _fold(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))

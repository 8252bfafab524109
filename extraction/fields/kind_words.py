"""The words that tell what a paper is for, by kind and role, from kinds.json. Titles are in the lexicon.

`says`: what is written in sentences; `asides`: words of whoever writes about such a paper; `subjects`: of a mail; `labels`: of
header values; `columns`: of the line table; `stamps`: put over a paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from extraction import lexicon
from extraction.layout.labels import fold
from models.domain.reading import DocumentType

Phrase = tuple[str, ...]
Cues = Mapping[Phrase, tuple[DocumentType, ...]]

COMMON_TITLES = frozenset({
    "order", "po", "bill", "release", "revision", "void", "statement", "quote", "auftrag", "abruf", "commande", "pedido",
    "ordine", "avoir", "rekening", "returns", "index", "offre", "oferta", "option", "retour", "ab", "wz", "tarif", "tarifa",
    "reso", "asn", "rma"})
"""Single words that stand in many other places; they count as a title only when they are the whole of a segment."""

NUMBER_WORDS = frozenset({"no", "nr", "n", "number", "nummer", "numero", "num", "numer", "o", "#", "date", "datum", "data"})
"""Behind a title they make a label of it: "Quotation No." names another paper."""


@cache
def cues(role: str) -> Cues:
    """The folded phrases of a role with the kinds they speak for."""
    raw: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]] = json.loads(
        Path(__file__).with_name("kinds.json").read_text(encoding="utf-8"))
    out: dict[Phrase, tuple[DocumentType, ...]] = {}
    for name, roles in raw.items():
        for group in roles.get(role, {}).values():
            for phrase in map(fold, group):
                out[phrase] = tuple(dict.fromkeys((*out.get(phrase, ()), DocumentType(name))))
    return out


@cache
def titles() -> Mapping[Phrase, DocumentType]:
    """All titles, folded."""
    return {fold(w): kind for kind in DocumentType for w in lexicon.labels(f"doc_type.{kind.value}")}

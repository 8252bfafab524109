"""What a paper is for: its title first, the words of command in a mail, and whose letterhead it bears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from extraction import lexicon
from extraction.fields.view import View
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import fold, heard
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.reading import DocumentType

_WEAK = frozenset(
    {
        "order",
        "po",
        "bill",
        "release",
        "revision",
        "void",
        "statement",
        "quote",
        "auftrag",
        "abruf",
        "commande",
        "pedido",
        "ordine",
        "avoir",
        "rekening",
        "returns",
        "index",
        "offre",
        "oferta",
        "option",
    }
)
"""Single words that stand in many other places; they count as a title only when they are the whole of a segment."""


@dataclass(frozen=True, slots=True)
class _Title:
    kind: DocumentType
    weight: float
    tokens: tuple[Token, ...]


def document_type(view: View, *, has_lines: bool) -> Found[DocumentType]:
    """The type with the heaviest title; a paper with order lines and no title at all is a purchase order, unsurely."""
    titles = sorted(_titles(view), key=lambda t: -t.weight)
    if not titles:
        kind = DocumentType.PURCHASE_ORDER if has_lines else DocumentType.OTHER
        return Found(
            kind, 0.6, Evidence(Origin.COMPUTED, note="no title; from order lines" if has_lines else "no title, no lines")
        )
    best = titles[0]
    other = next((t.weight for t in titles if t.kind is not best.kind), 0.0)
    return found(best.kind, best.tokens, min(0.98, 0.7 + 0.3 * (best.weight - other) / best.weight))


@cache
def _phrases() -> Mapping[tuple[str, ...], DocumentType]:
    """All titles and phrases, folded."""
    return {fold(w): kind for kind in DocumentType for w in lexicon.labels(f"doc_type.{kind.value}")}


def _titles(view: View) -> Iterable[_Title]:
    if view.context.subject:
        for kind, phrase in _heard(fold(view.context.subject)):
            yield _Title(kind, 0.9 + 0.1 * len(phrase), ())
    for n, line in enumerate(view.top):
        for part in line.segments:
            yield from _segment_titles(part, line, n)
    if view.lines and view.lines[0].kind is PageKind.TEXT:
        for n, line in enumerate(view.lines[:40]):
            for kind, phrase in _heard(fold(line.text)):
                if len(phrase) > 1:
                    yield _Title(kind, 1.0 + 0.1 * len(phrase) - 0.01 * n, line.tokens)


def _segment_titles(part: Segment, line: Line, n: int) -> Iterable[_Title]:
    words = fold(part.text)
    for kind, phrase in _heard(words):
        starts = words[: len(phrase)] == phrase
        whole = len(words) == len(phrase)
        rest = [t for t in part.tokens if not any(c.isdigit() for c in t.text)]
        numbered = starts and len(fold(" ".join(t.text for t in rest))) <= len(phrase) + 2
        if not (whole or numbered or (len(phrase) > 1 and len(words) <= 9)) or (
            " ".join(phrase) in _WEAK and not (whole or numbered)
        ):
            continue
        label = part.text.rstrip().endswith(":")
        size = max(part.height, 0.8) if line.kind is PageKind.PAPER else 1.0
        weight = (1.6 if whole else 1.2 if numbered else 0.7) * min(size, 2.2) * (1 - 0.02 * min(n, 20)) * (0.5 if label else 1.0)
        yield _Title(kind, weight + 0.15 * len(phrase), part.tokens)


def _heard(words: tuple[str, ...]) -> Iterable[tuple[DocumentType, tuple[str, ...]]]:
    """The titles that stand in these words: "purchase order change" is heard, not "purchase order" in it."""
    return ((_phrases()[phrase], phrase) for phrase in heard(words, _phrases()))

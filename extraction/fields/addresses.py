"""Addresses: the block a label heads, or a sentence that says where to deliver."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.fields.names import NO_ADDRESS, POSTAL, STREET, is_company, is_title
from extraction.fields.view import View, text_of
from extraction.layout.blocks import block
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Rules, Segment, Token, segment
from extraction.layout.pairs import Pair, is_label
from models.domain.evidence import Found, PageKind

_SENTENCE = re.compile(
    r"(?:(?:ship|deliver|send)\s+(?:it |them |this |the goods )?to|"
    r"liefern (?:sie )?(?:bitte )?an|lieferung an|livrer (?:à|au)|livraison (?:à|au)|"
    r"entregar en|enviar a|entrega en|leveren (?:aan|op)|afleveren (?:aan|op|bij)|"
    r"consegnare (?:a|presso)|consegna (?:a|presso)|spedire a|"
    r"(?:dostawa|wysyłka) na adres|dostarczyć (?:na|do|pod adres)|adresse? de livraison|adres dostawy)\s*:?\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """An address: its lines, each with its words."""

    lines: tuple[tuple[Token, ...], ...]
    clear: bool

    @property
    def name(self) -> str:
        """The first line, usually the company."""
        return text_of(self.lines[0])


def address(view: View, field: str) -> Block | None:
    """The fullest block labelled as this field; a delivery address may stand in a sentence too."""
    block_ = _labelled_address(view, field)
    return block_ or (_in_sentence(view) if field == "ship_to" else None)


def _in_sentence(view: View) -> Block | None:
    """ "Please ship to Acme Ltd, 3 Mill Lane, Oldtown." """
    for line in view.lines:
        match = _SENTENCE.search(line.text)
        text = line.text[match.end() :] if match else ""
        if match and text.count(",") and any(c.isdigit() for c in text):
            count = len(line.text[: match.end()].split())
            return Block((line.tokens[count:],), clear=False)
    return None


def _labelled_address(view: View, field: str) -> Block | None:
    named = [p for p in view.named(field) if p.clear or p.label.end - p.label.start > 1]
    blocks = [b for p in named if p.first != "buyer_contact" and (b := labelled_block(view, p))]
    return max(blocks, key=_quality, default=None)


def joined(part: Block) -> Found[str]:
    """An address as one line, its parts joined by commas."""
    lines = [text_of(words).strip(" ,.;") for words in part.lines]
    tokens = [t for words in part.lines for t in words]
    postal = any(POSTAL.search(x) or STREET.search(x) for x in lines)
    return found(", ".join(lines), tokens, 0.9 if part.clear and postal else 0.7 if postal else 0.5)


def labelled_block(view: View, pair: Pair) -> Block | None:
    """The address a label heads: beside it and on, or below it."""
    at = next(i for i, line in enumerate(view.lines) if line.index == pair.segment.line)
    rules = view.rules.get(view.lines[at].page, Rules())
    label = pair.tokens[0]
    if pair.beside and _goes_beside(pair):
        left = pair.beside[0].left
        low = label.left if pair.beside[0] in pair.segment.tokens else left
        first: list[Segment] = [segment(pair.beside, pair.segment.line)]
        whole = view.lines[at].kind is PageKind.TEXT and "," in text_of(pair.beside)
        under = () if whole else _continued(view.lines, at, min(low, left) - 0.8, left + 1.5, rules)
        return _cleaned([*first, *under], pair.clear)
    right = min((s.left for s in view.lines[at].segments if s.left > pair.segment.right), default=label.left + 14) - 0.5
    parts = block(view.lines, at + 1, label.left - 1.5, max(min(right, label.left + 10), label.left + 0.5), rules)
    if not parts or parts[0].top - pair.segment.bottom > 2.2 or parts[0].line > pair.segment.line + 3:
        return None
    return _cleaned(parts, pair.clear)


def _goes_beside(pair: Pair) -> bool:
    if pair.beside[0] in pair.segment.tokens or pair.beside[0].top > pair.segment.bottom:
        return True
    gap = pair.beside[0].left - pair.segment.right
    return not pair.below or (pair.label.colon and gap < 14) or gap < 4


def _continued(lines: Sequence[Line], at: int, left: float, right: float, rules: Rules) -> tuple[Segment, ...]:
    parts = block(lines, at + 1, left, right, rules)
    if not parts or parts[0].line != lines[at].index + 1 or parts[0].top - lines[at].bottom > 1.2 or is_label(parts[0]):
        return ()
    return parts


def _cleaned(parts: Sequence[Segment], clear: bool) -> Block | None:
    """Without telephone, mail and contact lines."""
    lines = tuple(p.tokens for p in parts if not NO_ADDRESS.search(p.text) and not is_title(p.text))
    return Block(lines, clear) if lines else None


def _quality(part: Block) -> float:
    text = " ".join(text_of(x) for x in part.lines)
    return (
        bool(POSTAL.search(text)) + bool(STREET.search(text)) + 0.4 * is_company(text) + 0.1 * len(part.lines) + 0.3 * part.clear
    )

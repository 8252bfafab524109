"""Who orders, who supplies, where the goods and the invoice go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from extraction.fields.view import View, text_of
from extraction.layout.blocks import block
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Rules, Segment, Token, segment
from extraction.layout.labels import contains, fields_of, fold, heard, label_at, phrases
from extraction.layout.pairs import Pair, is_label
from models.domain.evidence import Evidence, Found, Origin, PageKind

_LEGAL = re.compile(
    r"\b(GmbH|mbH|AG|KG|KGaA|OHG|UG|e\.?K|Ltd|Limited|LLC|LLP|Inc|Incorporated|Corp|Corporation|Co|Company|PLC|SA|S\.A|SAS|S\.A\.S|"
    r"SASU|SARL|S\.?à\.?r\.?l|EURL|SL|S\.L|S\.L\.U|SLU|S\.?p\.?A|S\.?r\.?l|S\.?n\.?c|BV|B\.V|NV|N\.V|VOF|V\.O\.F|Sp\. ?z ?o\. ?o|P\.H\.U|Sp\. ?[jk]|S\. ?Coop|"
    r"Oy|AB|A/S|ApS|AS|Pty|Pte|Group|Industries|Holding|Werke)\b\.?", re.IGNORECASE)
_LEGAL_EXACT = re.compile(r"\b(?:AG|KG|UG|SA|SL|AS|AB|Co|SK)\b")
_SKIP = re.compile(
    r"^(?:tel|fon|telefon|phone|ph|fax|telefax|mobil|mobile|e-?mail|mail|www\.|http|vat|ust|tva|nif|cif|p\. ?iva|nip|btw)\b"
    r"|@|^\+?[\d\s()/.-]{9,}$", re.IGNORECASE)
_POSTAL = re.compile(r"\b\d{4,6}\b|\b\d{2}-\d{3}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2} \d{5}")
_STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|drive|dr|way|park|estate|blvd|suite|unit|str|straße|strasse|weg|platz|allee|ring|rue|"
    r"boulevard|chemin|calle|c/|avda|polígono|plaza|straat|laan|kade|plein|via|viale|corso|piazza|ul|ulica|al|os)\b\.?|straße|str\.|straat",
    re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """An address: its lines, each with its words."""

    lines: tuple[tuple[Token, ...], ...]
    clear: bool

    @property
    def name(self) -> str:
        """The first line, usually the company."""
        return text_of(self.lines[0])


_SENTENCE = re.compile(
    r"(?:(?:ship|deliver|send)\s+(?:it |them |this |the goods )?to|liefern (?:sie )?(?:bitte )?an|lieferung an|livrer (?:à|au)|livraison (?:à|au)|"
    r"entregar en|enviar a|entrega en|leveren (?:aan|op)|afleveren (?:aan|op|bij)|consegnare (?:a|presso)|consegna (?:a|presso)|spedire a|"
    r"(?:dostawa|wysyłka) na adres|dostarczyć (?:na|do|pod adres)|adresse? de livraison|adres dostawy)\s*:?\s+", re.IGNORECASE)


def address(view: View, field: str) -> Block | None:
    """The fullest block labelled as this field; a delivery address may stand in a sentence too."""
    block_ = _labelled_address(view, field)
    return block_ or (_in_sentence(view) if field == "ship_to" else None)


def _in_sentence(view: View) -> Block | None:
    """ "Please ship to Acme Ltd, 3 Mill Lane, Oldtown." """
    for line in view.lines:
        match = _SENTENCE.search(line.text)
        text = line.text[match.end():] if match else ""
        if match and text.count(",") and any(c.isdigit() for c in text):
            count = len(line.text[:match.end()].split())
            return Block((line.tokens[count:],), clear=False)
    return None


def _labelled_address(view: View, field: str) -> Block | None:
    named = [p for p in view.named(field) if p.clear or p.label.end - p.label.start > 1]
    blocks = [b for p in named if p.first != "buyer_contact" and (b := _labelled_block(view, p))]
    return max(blocks, key=_quality, default=None)


def joined(part: Block) -> Found[str]:
    """An address as one line, its parts joined by commas."""
    lines = [text_of(words).strip(" ,.;") for words in part.lines]
    tokens = [t for words in part.lines for t in words]
    postal = any(_POSTAL.search(x) or _STREET.search(x) for x in lines)
    return found(", ".join(lines), tokens, 0.9 if part.clear and postal else 0.7 if postal else 0.5)


def is_company(text: str) -> bool:
    """True when a text ends like a company's name or holds a legal form."""
    match = _LEGAL.search(text)
    return bool(match) and (len(match[1]) > 2 or bool(_LEGAL_EXACT.search(text))) and len(text) < 90 if match else False


def supplier_name(view: View) -> Found[str] | None:
    """Our own name where it is printed, else the first line of what is labelled as the supplier."""
    for line in view.all_lines:
        for part in line.segments:
            if _is_own(part.text, view):
                return found(_bare_name(part.tokens), part.tokens, 0.96)
    block_ = address(view, "supplier_name")
    name = _name_of(block_) if block_ else None
    if not name:
        return None
    return found(_bare_name(name), name, 0.88 if is_company(text_of(name)) else 0.7)


def other_party(view: View, buyer: str | None) -> Found[str] | None:
    """The company of an address block in the head that has no label and is not the buyer's: the envelope window."""
    own = fold(buyer or "")
    for n, line in enumerate(view.top):
        for part in line.segments:
            if not is_company(part.text) or contains(fold(part.text), own) or contains(own, fold(part.text)) or _is_title(part.text):
                continue
            at = next(i for i, x in enumerate(view.lines) if x.index == line.index)
            under = block(view.lines, at, part.left - 0.3, part.left + 0.3, view.rules.get(line.page, Rules()))
            if len(under) >= 3 and any(_POSTAL.search(x.text) for x in under[1:]) and not _labelled_above(view, n, part):
                return found(_bare_name(part.tokens), part.tokens, 0.6)
    return None


def _labelled_above(view: View, n: int, part: Segment) -> bool:
    return n > 0 and any(s.left < part.right and part.left < s.right and is_label(s) for s in view.top[n - 1].segments)


def buyer_name(view: View, supplier: str | None, bill_to: Block | None, ship_to: Block | None) -> Found[str] | None:
    """The company that wrote the paper: labelled, else its letterhead, else who gets the invoice."""
    other = fold(supplier or "")
    candidates = [c for c in _buyer_candidates(view, bill_to, ship_to) if fold(text_of(c[0])) != other and not _is_own(text_of(c[0]), view)]
    if not candidates:
        return _sender(view)
    scores: dict[tuple[str, ...], float] = {}
    for tokens, score in candidates:
        key = fold(text_of(tokens))
        scores[key] = scores.get(key, 0.0) + score
    best = max(scores, key=lambda k: scores[k])
    tokens = next(t for t, _ in candidates if fold(text_of(t)) == best)
    return found(_bare_name(tokens), tokens, min(0.95, 0.45 + 0.22 * scores[best]))


def _buyer_candidates(view: View, bill_to: Block | None, ship_to: Block | None) -> Iterable[tuple[tuple[Token, ...], float]]:
    for pair in view.named("buyer_name"):
        part = _labelled_block(view, pair) if pair.clear else None
        name = _name_of(part) if part else None
        if name and pair.label.fields[0] in {"buyer_name", "bill_to", "buyer_contact"}:
            yield name, 1.6 if is_company(text_of(name)) else 0.3 if pair.first == "buyer_contact" else 0.8
    if bill_to and (name := _name_of(bill_to)):
        yield name, 1.1 if is_company(text_of(name)) else 0.5
    if ship_to and (name := _name_of(ship_to)) and is_company(text_of(name)):
        yield name, 0.4
    yield from _signatures(view)
    yield from _letterhead(view)


def _signatures(view: View) -> Iterable[tuple[tuple[Token, ...], float]]:
    """Lines of a mail body that are a company's name and nothing else."""
    for line in view.lines:
        if line.kind is PageKind.TEXT and len(line.tokens) <= 7 and is_company(line.text) and not any(c.isdigit() for c in line.text):
            yield line.tokens, 1.0


def _letterhead(view: View) -> Iterable[tuple[tuple[Token, ...], float]]:
    """Unlabelled names in the head of the first page: the higher, the larger and the more like a company, the better."""
    labelled = {id(t) for p in view.pairs for t in (*p.tokens, *p.beside, *p.below)}
    supplier = address(view, "supplier_name")
    taken = {id(t) for words in (supplier.lines if supplier else ()) for t in words}
    for n, line in enumerate(view.top):
        for part in line.segments:
            text = part.text
            if any(id(t) in labelled or id(t) in taken for t in part.tokens) or _is_title(text) or _SKIP.search(text):
                continue
            if (label_at(part.tokens, 0) or fields_of(text, columns=True)) and not is_company(text):
                continue
            letters = sum(c.isalpha() for c in text)
            if letters < 3 or len(part.tokens) > 8 or (text.endswith((".", ":", "?")) and not is_company(text)):
                continue
            if line.kind is PageKind.TEXT and not is_company(text):
                continue
            size = min(part.height, 2.0) if line.kind is PageKind.PAPER else 1.0
            head = text.split(" · ")[0].split(" | ")[0].split(", ")[0]
            tokens = part.tokens[:len(head.split())]
            score = (0.9 if is_company(head) else 0.25) + 0.25 * size - 0.05 * n
            if _STREET.search(head) or any(c.isdigit() for c in head):
                score -= 0.5
            if score > 0.1:
                yield tokens, score


@cache
def _titles() -> frozenset[tuple[str, ...]]:
    kinds = ("purchase_order", "order_change", "cancellation", "quote", "invoice", "other")
    return frozenset(p for k in kinds for p in phrases(f"doc_type.{k}"))


def _is_title(text: str) -> bool:
    words = fold(text)
    return any(len(words) <= len(p) + 2 for p in heard(words, _titles()))


def _is_own(text: str, view: View) -> bool:
    words = fold(text)
    return any(contains(words, own) for name in view.context.own_names if (own := fold(name)))


def _bare_name(tokens: Sequence[Token]) -> str:
    return text_of(tokens).strip(" ,;")


def _name_of(part: Block) -> tuple[Token, ...] | None:
    """The company line of a block: the first with a legal form among the first three, else the first that is no number."""
    lines = [x for x in part.lines if sum(t.isalpha() for w in x for t in w.text) > 2]
    first = next((x for x in lines[:3] if is_company(text_of(x)) and not _STREET.search(text_of(x))), lines[0] if lines else None)
    if first is None:
        return None
    text = text_of(first)
    if "," in text and len(part.lines) == 1:
        return first[:len(text.split(",")[0].split())]
    return first


def _sender(view: View) -> Found[str] | None:
    name = view.context.sender_name
    if not name or not is_company(name):
        return None
    return Found(name, 0.5, Evidence(Origin.CONTEXT, name, note="the sender of the mail"))


def _labelled_block(view: View, pair: Pair) -> Block | None:
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
    lines = tuple(p.tokens for p in parts if not _SKIP.search(p.text) and not _is_title(p.text))
    return Block(lines, clear) if lines else None


def _quality(part: Block) -> float:
    text = " ".join(text_of(x) for x in part.lines)
    return bool(_POSTAL.search(text)) + bool(_STREET.search(text)) + 0.4 * is_company(text) + 0.1 * len(part.lines) + 0.3 * part.clear

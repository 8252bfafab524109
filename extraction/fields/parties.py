"""Who orders and who supplies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.fields.addresses import Block, address, labelled_block
from extraction.fields.names import (
    NO_ADDRESS,
    POSTAL,
    STREET,
    head_of,
    is_company,
    is_country,
    is_legal_form,
    is_no_name,
    is_title,
    without_legal_form,
)
from extraction.fields.tagged import runs
from extraction.fields.view import View, text_of
from extraction.layout.blocks import block
from extraction.layout.evidence import found
from extraction.layout.geometry import Rules, Segment, Token
from extraction.layout.labels import contains, fields_of, fold, label_at
from extraction.layout.pairs import is_label
from extraction.model.tagger import OTHER
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.reading import DocumentType

SELLERS = frozenset({DocumentType.INVOICE, DocumentType.ORDER_CONFIRMATION, DocumentType.DELIVERY_NOTE})
"""Kinds of paper that a seller writes."""

TAGGED = 1.3
"""What the tagger's probability is worth beside labels, letterheads and legal forms (0 to 2)."""

_OWN = 0.8               # what our own name is worth as the supplier's, and costs as the buyer's
_LEAST = 0.25            # less is nobody's name
_CLEAR = 0.6             # probability from which the tagger knows where a name ends
_STRANGER = 0.15
_BLANK = 0.3             # ems of a blank between words
_KEPT = 6                # names of each party that are weighed


@dataclass(frozen=True, slots=True)
class _Name:
    """A company's name that may be a party's, and how much speaks for it."""

    tokens: tuple[Token, ...]
    score: float

    @property
    def key(self) -> tuple[str, ...]:
        return fold(text_of(self.tokens))


@dataclass(frozen=True, slots=True)
class Parties:
    """Who orders and who supplies."""

    buyer: Found[str] | None
    supplier: Found[str] | None


def parties(view: View, kind: DocumentType, bill_to: Block | None, ship_to: Block | None) -> Parties:
    """Buyer and supplier, chosen together: two different companies for which most speaks.

    A letterhead is the buyer's on orders and the supplier's on invoices and their like. Our own name is the supplier's unless the
    tagger sees clearly that the paper is one we wrote as a buyer.
    """
    wrote = [_Name(tokens, score) for tokens, score in (*_signatures(view), *_letterhead(view))]
    sold = kind in SELLERS
    buyers = _rated(view, "buyer_name", (*_buyer_names(view, bill_to, ship_to), *([] if sold else _not_ours(view, wrote))))
    suppliers = _rated(view, "supplier_name", (*_supplier_names(view), *(wrote if sold else [])))
    choices = [(b, s) for b in (*buyers, None) for s in (*suppliers, None) if not (b and s and _same(b, s))]
    buyer, supplier = max(choices, key=lambda c: sum(x.score for x in c if x))
    found_buyer = found(_bare_name(buyer.tokens), buyer.tokens, min(0.95, 0.45 + 0.22 * buyer.score)) if buyer else _sender(view)
    if supplier:
        sure = min(0.96, 0.5 + 0.25 * supplier.score)
        return Parties(found_buyer, found(_bare_name(supplier.tokens), supplier.tokens, sure))
    return Parties(found_buyer, _other_party(view, found_buyer.value if found_buyer else None))


def _rated(view: View, field: str, names: Iterable[_Name]) -> list[_Name]:
    """Each name once, with what speaks for all its places together, the tagger at the likeliest; the first of equal ones."""
    scores: dict[tuple[str, ...], float] = {}
    seen: dict[tuple[str, ...], tuple[float, tuple[Token, ...]]] = {}
    for name in names:
        tokens = _trimmed(view, _without_address(name.tokens), field)
        if is_no_name(text_of(tokens)):
            continue
        chance = view.tags.chance(tokens, field)
        key = fold(text_of(tokens))
        if not key:
            continue
        scores[key] = scores.get(key, 0.0) + name.score
        if key not in seen or chance > seen[key][0] + 0.05:
            seen[key] = (chance, tokens)
    rated = [_Name(tokens, scores[key] + TAGGED * chance) for key, (chance, tokens) in seen.items()]
    return sorted((n for n in rated if n.score > _LEAST), key=lambda n: -n.score)[:_KEPT]


def _trimmed(view: View, tokens: tuple[Token, ...], field: str) -> tuple[Token, ...]:
    """The part of a name's words that the tagger sees as the name, where it is sure that the rest is something else."""
    chances = [view.tags.of(t).get(field, 0.0) for t in tokens]
    inside = [n for n, t in enumerate(tokens) if chances[n] > _STRANGER or not _is_other(view, t)]
    if not inside or max(chances) < _CLEAR:
        return tokens
    end = inside[-1] + 1
    while end < len(tokens) and is_legal_form(tokens[end].text):
        end += 1
    return tokens[inside[0] : end]


def _without_address(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name that begins a line on which its address follows: "Acme Ltd, 8 Mill Lane, Oldtown"."""
    text = text_of(tokens)
    head = head_of(text)
    return tokens[: len(head.split())] if any(c.isdigit() for c in text[len(head) :]) else tokens


def _is_other(view: View, token: Token) -> bool:
    """True for a word that is part of no name: the tagger knows it as something else, or it looks like no word of a name."""
    tags = view.tags.of(token)
    known = max((chance for tag, chance in tags.items() if tag != OTHER), default=0.0)
    return known > _CLEAR or not (token.text[0].isupper() or token.text[0] == "&")


def _same(a: _Name, b: _Name) -> bool:
    return a.key == b.key or contains(a.key, b.key) or contains(b.key, a.key)


def _supplier_names(view: View) -> Iterable[_Name]:
    for line in view.all_lines:
        for part in line.segments:
            if _is_own(part.text, view) and "@" not in part.text:
                yield _Name(part.tokens, _OWN)
                break
    block_ = address(view, "supplier_name")
    name = _name_of(block_) if block_ else None
    if name:
        yield _Name(name, 1.0 if is_company(text_of(name)) else 0.6)
    for run in runs(view, "supplier_name"):
        if _is_name(run.tokens) and (run.tokens[0].kind is not PageKind.TEXT or is_company(text_of(run.tokens))):
            yield _Name(run.tokens, 0.1)


def _buyer_names(view: View, bill_to: Block | None, ship_to: Block | None) -> Iterable[_Name]:
    named = [_Name(tokens, score) for tokens, score in _labelled_buyers(view, bill_to, ship_to)]
    seen = [_Name(run.tokens, 0.1) for run in runs(view, "buyer_name") if _is_name(run.tokens)]
    return _not_ours(view, (*named, *seen))


def _not_ours(view: View, names: Iterable[_Name]) -> Iterable[_Name]:
    """The names as a buyer's: our own is hardly one."""
    for name in names:
        yield _Name(name.tokens, name.score - _OWN) if _is_own(text_of(name.tokens), view) else name


def _is_name(tokens: Sequence[Token]) -> bool:
    return sum(c.isalpha() for t in tokens for c in t.text) > 2


def _other_party(view: View, buyer: str | None) -> Found[str] | None:
    """The company of an address block in the head that has no label and is not the buyer's: the envelope window."""
    own = fold(buyer or "")
    for n, line in enumerate(view.top):
        for part in line.segments:
            if (
                not is_company(part.text)
                or contains(fold(part.text), own)
                or contains(own, fold(part.text))
                or is_title(part.text)
            ):
                continue
            at = next(i for i, x in enumerate(view.lines) if x.index == line.index)
            under = block(view.lines, at, part.left - 0.3, part.left + 0.3, view.rules.get(line.page, Rules()))
            if len(under) >= 3 and any(POSTAL.search(x.text) for x in under[1:]) and not _labelled_above(view, n, part):
                return found(_bare_name(part.tokens), part.tokens, 0.6)
    return None


def _labelled_above(view: View, n: int, part: Segment) -> bool:
    return n > 0 and any(s.left < part.right and part.left < s.right and is_label(s) for s in view.top[n - 1].segments)


def _labelled_buyers(view: View, bill_to: Block | None, ship_to: Block | None) -> Iterable[tuple[tuple[Token, ...], float]]:
    for pair in view.named("buyer_name"):
        part = labelled_block(view, pair) if pair.clear else None
        name = _name_of(part) if part else None
        if name and pair.label.fields[0] in {"buyer_name", "bill_to", "buyer_contact"}:
            yield name, 1.6 if is_company(text_of(name)) else 0.3 if pair.first == "buyer_contact" else 0.8
    if bill_to and (name := _name_of(bill_to)):
        yield name, 1.1 if is_company(text_of(name)) else 0.5
    if ship_to and (name := _name_of(ship_to)) and is_company(text_of(name)):
        yield name, 0.4


def _signatures(view: View) -> Iterable[tuple[tuple[Token, ...], float]]:
    """Lines of a mail body that are a company's name and nothing else."""
    for line in view.lines:
        if (
            line.kind is PageKind.TEXT
            and len(line.tokens) <= 7
            and is_company(line.text)
            and not any(c.isdigit() for c in line.text)
        ):
            yield line.tokens, 1.0


def _letterhead(view: View) -> Iterable[tuple[tuple[Token, ...], float]]:
    """Unlabelled names in the head of the first page: the higher, the larger and the more like a company, the better."""
    labelled = {id(t) for p in view.pairs for t in (*p.tokens, *p.beside, *p.below)}
    supplier = address(view, "supplier_name")
    taken = {id(t) for words in (supplier.lines if supplier else ()) for t in words}
    for n, line in enumerate(view.top):
        for part in line.segments:
            text = part.text
            if any(id(t) in labelled or id(t) in taken for t in part.tokens) or is_title(text) or NO_ADDRESS.search(text):
                continue
            if is_country(text):
                continue
            if (label_at(part.tokens, 0) or fields_of(text, columns=True)) and not is_company(text):
                continue
            letters = sum(c.isalpha() for c in text)
            if letters < 3 or len(part.tokens) > 8 or (text.endswith((".", ":", "?")) and not is_company(text)):
                continue
            if line.kind is PageKind.TEXT and not is_company(text):
                continue
            size = min(part.height, 2.0) if line.kind is PageKind.PAPER else 1.0
            head = head_of(text)
            tokens = part.tokens[: len(head.split())]
            score = (0.9 if is_company(head) else 0.25) + 0.25 * size - 0.05 * n
            if STREET.search(head) or any(c.isdigit() for c in head):
                score -= 0.5
            if score > 0.1:
                yield tokens, score


def _is_own(text: str, view: View) -> bool:
    words = fold(text)
    return any(contains(words, own) for name in view.context.own_names if (own := fold(without_legal_form(name))))


def _bare_name(tokens: Sequence[Token]) -> str:
    return text_of(tokens).strip(" ,;")


def _name_of(part: Block) -> tuple[Token, ...] | None:
    """The company line of a block: the first with a legal form among the first three, else the first that is no number."""
    lines = [x for x in part.lines if sum(t.isalpha() for w in x for t in w.text) > 2]
    first = next((x for x in lines[:3] if is_company(text_of(x)) and not STREET.search(text_of(x))), lines[0] if lines else None)
    if first is None:
        return None
    text = text_of(first)
    if "," in text and len(part.lines) == 1:
        return first[: len(head_of(text).split())]
    if len(lines) > 1 and first is lines[1] and _runs_on(lines):
        return (*lines[0], *first)
    return first


def _runs_on(lines: Sequence[tuple[Token, ...]]) -> bool:
    """True when the first line is full: a name too long for a narrow column goes on below."""
    first, second = lines[0], lines[1]
    edge = max(t.right for line in lines for t in line)
    full = first[-1].right + _BLANK + second[0].right - second[0].left > edge
    return full and not STREET.search(text_of(first)) and not any(c.isdigit() for c in text_of(first))


def _sender(view: View) -> Found[str] | None:
    name = view.context.sender_name
    if not name or not is_company(name):
        return None
    return Found(name, 0.5, Evidence(Origin.CONTEXT, name, note="the sender of the mail"))

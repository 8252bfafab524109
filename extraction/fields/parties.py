"""Who orders and who supplies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extraction.fields.addresses import Block, address, labelled_block
from extraction.fields.names import NO_ADDRESS, POSTAL, STREET, is_company, is_title
from extraction.fields.view import View, text_of
from extraction.layout.blocks import block
from extraction.layout.evidence import found
from extraction.layout.geometry import Rules, Segment, Token
from extraction.layout.labels import contains, fields_of, fold, label_at
from extraction.layout.pairs import is_label
from models.domain.evidence import Evidence, Found, Origin, PageKind


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


def buyer_name(view: View, supplier: str | None, bill_to: Block | None, ship_to: Block | None) -> Found[str] | None:
    """The company that wrote the paper: labelled, else its letterhead, else who gets the invoice."""
    other = fold(supplier or "")
    candidates = [
        c for c in _buyer_candidates(view, bill_to, ship_to) if fold(text_of(c[0])) != other and not _is_own(text_of(c[0]), view)
    ]
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
        part = labelled_block(view, pair) if pair.clear else None
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
            if (label_at(part.tokens, 0) or fields_of(text, columns=True)) and not is_company(text):
                continue
            letters = sum(c.isalpha() for c in text)
            if letters < 3 or len(part.tokens) > 8 or (text.endswith((".", ":", "?")) and not is_company(text)):
                continue
            if line.kind is PageKind.TEXT and not is_company(text):
                continue
            size = min(part.height, 2.0) if line.kind is PageKind.PAPER else 1.0
            head = text.split(" · ")[0].split(" | ")[0].split(", ")[0]
            tokens = part.tokens[: len(head.split())]
            score = (0.9 if is_company(head) else 0.25) + 0.25 * size - 0.05 * n
            if STREET.search(head) or any(c.isdigit() for c in head):
                score -= 0.5
            if score > 0.1:
                yield tokens, score


def _is_own(text: str, view: View) -> bool:
    words = fold(text)
    return any(contains(words, own) for name in view.context.own_names if (own := fold(name)))


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
        return first[: len(text.split(",")[0].split())]
    return first


def _sender(view: View) -> Found[str] | None:
    name = view.context.sender_name
    if not name or not is_company(name):
        return None
    return Found(name, 0.5, Evidence(Origin.CONTEXT, name, note="the sender of the mail"))

"""Who orders and who supplies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extraction.fields.addresses import Block, labelled_address, labelled_block
from extraction.fields.block_names import name_of, without_office
from extraction.fields.domains import bearers, buyers_domains, is_recipients, is_writers, readers_domains
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
from extraction.fields.people import no_buyers, recipient
from extraction.fields.tagged import Run, runs
from extraction.fields.view import View, text_of
from extraction.layout.blocks import block
from extraction.layout.evidence import found
from extraction.layout.geometry import Rules, Segment, Token
from extraction.layout.labels import contains, fields_of, fold, label_at
from extraction.layout.pairs import Pair, is_label
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
_KEPT = 6                # names of each party that are weighed
_SEEN = 0.1              # what each place is worth where only the tagger sees a name
_UNDER_NAME = 0.4        # what a street and a town below it are worth for the writer's name
_DELIVERED = 0.7         # what it is worth for the buyer, and costs the supplier, to be named where the goods go
_FIRST = 0.2             # what it is worth to stand on the first line of the paper
_BOTH = 0.4              # what it is worth that a paper names both parties
_OFFERED = 0.6           # what it is worth for the supplier to have signed the mail that the order answers
_DOMAIN = 1.2            # what it is worth for the buyer that the domain of a mail's writer bears the name
_QUOTES = ">"            # before the lines of a mail that is answered
_ALIKE = 0.1             # of the height of a name's first line, by which its second may differ
_BARS = frozenset({"|", "·", "–", "-", "•"})
_DASHES = frozenset("-–—|")
_ON_BEHALF = {("for",), ("fur",), ("pour",), ("por",), ("per",), ("namens",), ("ppa",), ("pp",)}
_LONGEST = 8             # words of a name
_NUMBERED = frozenset({"no.", "no", "nr.", "nr", "n°", "nº", "#"})     # before the number of one of several
_NOBODY: frozenset[int] = frozenset()
_WELL_BELOW = 3.0        # ems between the writer's address and the reader's under it,
_BELOW = 1.5             # and from the foot of the writer's name to the reader's, where the writer's address is one line
_FEWEST_LETTERS = 4      # of a name without a label


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

    A letterhead is the buyer's on orders and the supplier's on invoices and their like; who else stands over an address in the
    head is the one it is written to. Goods go to the buyer. Our own name is the supplier's unless the tagger sees clearly that
    the paper is one we wrote as a buyer.
    """
    delivered = [fold(" ".join(text_of(line) for line in part.lines)) for part in (ship_to, bill_to) if part]
    addressed = list(_addressed(view, [part for part in (ship_to, bill_to) if part]))
    supplier_block = labelled_address(view, "supplier_name")
    wrote = [*_signatures(view), *_above(view, _letterhead(view, supplier_block), addressed)]
    is_named = supplier_block is not None and name_of(supplier_block.lines) is not None
    if is_named and kind not in SELLERS:          # the supplier is said, so an address without a label is the writer's own
        said = {id(t) for line in supplier_block.lines for t in line} if supplier_block else set()
        others = (a for a in addressed if not any(id(t) in said for t in a.tokens))
        wrote, addressed = [*wrote, *(_Name(a.tokens, a.score + _UNDER_NAME) for a in others)], []
    writer, reader = ("supplier_name", "buyer_name") if kind in SELLERS else ("buyer_name", "supplier_name")
    names = {
        "buyer_name": list(_labelled_buyers(view, bill_to, ship_to)),
        "supplier_name": list(_labelled_suppliers(view, supplier_block))}
    names[writer] += wrote
    names[reader] += addressed
    names["supplier_name"] += _answered(view)
    theirs = list(bearers(view, buyers_domains(view)))
    names["buyer_name"] += (_Name(words, _DOMAIN) for words in theirs)
    names["supplier_name"] += (_Name(words, _OFFERED) for words in bearers(view, readers_domains(view), answered=True))
    barred = no_buyers(view, ship_to) if view.lines and view.lines[0].kind is PageKind.TEXT else _NOBODY
    if all(id(words[0]) in barred for words in theirs):        # who writes is named nowhere else
        barred -= {id(t) for words in theirs for t in words}
    buyers = _rated(view, "buyer_name", _not_ours(view, names["buyer_name"]), delivered, _DELIVERED, barred)
    suppliers = _rated(view, "supplier_name", names["supplier_name"], delivered, -_DELIVERED)
    choices = [(b, s) for b in (*buyers, None) for s in (*suppliers, None) if not (b and s and _same(b, s))]
    buyer, supplier = max(choices, key=lambda c: sum(x.score for x in c if x) + _BOTH * all(c))
    return Parties(
        found(_bare_name(buyer.tokens), buyer.tokens, min(0.95, 0.45 + 0.22 * buyer.score)) if buyer else _sender(view),
        found(_bare_name(supplier.tokens), supplier.tokens, min(0.96, 0.5 + 0.25 * supplier.score)) if supplier
        else recipient(view.context) if kind not in SELLERS else None)


def _rated(
    view: View, field: str, names: Iterable[_Name], delivered: Sequence[Sequence[str]], worth: float,
    barred: frozenset[int] = _NOBODY,
) -> list[_Name]:
    """Each firm once, with what speaks for all places of its name together, the tagger at the likeliest; the name as it stands
    there. A firm that an address of the goods (`delivered`, folded) names has `worth` more. `barred` words name nobody.
    """
    scores: dict[tuple[str, ...], float] = {}
    seen: dict[tuple[str, ...], tuple[float, tuple[Token, ...]]] = {}

    def hear(name: _Name, *, whole: bool) -> None:
        tokens = _trimmed(view, _without_address(_without_title(without_office(name.tokens))), field)
        text = text_of(tokens)
        key = fold(without_legal_form(text))
        if is_no_name(text) or not key or not _is_name(tokens) or any(id(t) in barred for t in tokens):
            return
        known = None if whole else next((k for k in seen if contains(k, key)), None)
        scores[known or key] = scores.get(known or key, 0.0) + name.score
        chance = view.tags.chance(tokens, field)
        if known is None and (key not in seen or _fuller(tokens, seen[key][1], chance > seen[key][0] + 0.05)):
            seen[key] = (max(chance, seen.get(key, (0.0, ()))[0]), tokens)

    for name in names:
        hear(name, whole=True)
    for run in runs(view, field):
        if _is_name(run.tokens) and _stands_alone(run, field):
            hear(_Name(run.tokens, _SEEN), whole=False)
    for short, whole_ in sorted(_shortened(seen), key=lambda x: len(x[0])):
        scores[whole_] += scores[short]
        del seen[short]
    rated = [
        _Name(tokens, scores[key] + TAGGED * chance + worth * any(contains(where, key) for where in delivered))
        for key, (chance, tokens) in seen.items()
    ]
    return sorted((n for n in rated if n.score > _LEAST), key=lambda n: -n.score)[:_KEPT]


def _fuller(tokens: Sequence[Token], known: Sequence[Token], surer: bool) -> bool:
    """Whether a firm is better called by these words: with its legal form before without; else as the tagger is surer of."""
    mine, theirs = (is_company(text_of(words)) for words in (tokens, known))
    return mine if mine != theirs else surer


def _shortened(seen: Mapping[tuple[str, ...], tuple[float, tuple[Token, ...]]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Names that are a part of another that stands with its legal form, as on a logo, each with that one; of a name set on two
    lines the lower one has the legal form too."""
    whole = {key: tokens for key, (_, tokens) in seen.items() if is_company(text_of(tokens))}

    def is_part(key: tuple[str, ...], of: tuple[str, ...]) -> bool:
        if key == of or key not in whole:
            return key != of and contains(of, key)
        above = whole[of][: len(of) - len(key)]
        return of[-len(key) :] == key and not any(t.text[0].islower() for t in above)      # or a sentence names the firm

    part = ((key, next((w for w in whole if is_part(key, w)), None)) for key in seen)
    return [(short, long_) for short, long_ in part if long_]


def _stands_alone(run: Run, field: str) -> bool:
    """False for words of running text that look like no company: there the tagger takes a word for a supplier too easily."""
    return field == "buyer_name" or run.tokens[0].kind is not PageKind.TEXT or is_company(text_of(run.tokens))


def _trimmed(view: View, tokens: tuple[Token, ...], field: str) -> tuple[Token, ...]:
    """The part of a name's words that the tagger sees as the name, where it is sure that the rest is something else."""
    chances = [view.tags.of(t).get(field, 0.0) for t in tokens]
    inside = [n for n, t in enumerate(tokens) if chances[n] > _STRANGER or not _is_other(view, t)]
    if not inside or max(chances) < _CLEAR:
        return tokens
    end = inside[-1] + 1
    while end < len(tokens) and (is_legal_form(tokens[end].text) or _is_counted(tokens[end - 1], tokens[end])):
        end += 1
    return tokens[inside[0] : end]


def _without_title(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name before a dash and what the paper is: "Acme Ltd - Order Form"."""
    at = next((n for n, t in enumerate(tokens) if n and t.text in _DASHES and is_title(text_of(tokens[n + 1 :]))), len(tokens))
    return tokens[:at]


def _without_address(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name that begins a line on which its address follows: "Acme Ltd, 8 Mill Lane, Oldtown"."""
    text = text_of(tokens)
    head = head_of(text)
    return tokens[: len(head.split())] if any(c.isdigit() for c in text[len(head) :]) else tokens


def _is_counted(before: Token, token: Token) -> bool:
    """True for the number by which one of several is told: "School District No. 9"."""
    return before.text.casefold() in _NUMBERED and token.text.isdecimal()


def _is_other(view: View, token: Token) -> bool:
    """True for a word that is part of no name: the tagger knows it as something else, or it looks like no word of a name."""
    tags = view.tags.of(token)
    known = max((chance for tag, chance in tags.items() if tag != OTHER), default=0.0)
    return known > _CLEAR or not (token.text[0].isupper() or token.text[0] == "&")


def _same(a: _Name, b: _Name) -> bool:
    return a.key == b.key or contains(a.key, b.key) or contains(b.key, a.key)


def _labelled_suppliers(view: View, block_: Block | None) -> Iterable[_Name]:
    own = (part for line in view.all_lines for part in line.segments if "@" not in part.text and _is_own(part.text, view))
    yield from (_Name(part.tokens, _OWN if n == 0 else 0.0) for n, part in enumerate(own))
    name = name_of(block_.lines) if block_ else None
    if name:
        yield _Name(name, 1.0 if is_company(text_of(name)) else 0.6)


def _not_ours(view: View, names: Iterable[_Name]) -> Iterable[_Name]:
    """The names as a buyer's: our own is hardly one."""
    for name in names:
        yield _Name(name.tokens, name.score - _OWN) if _is_own(text_of(name.tokens), view) else name


def _is_name(tokens: Sequence[Token]) -> bool:
    return sum(c.isalpha() for t in tokens for c in t.text) > 2


def _addressed(view: View, others: Sequence[Block]) -> Iterable[_Name]:
    """Names over an address in the head without a label, as in the window of an envelope; not where the goods go."""
    taken = {id(t) for part in others for line in part.lines for t in line}
    for n, line in enumerate(view.top):
        for part in line.segments if line.kind is not PageKind.TEXT else ():
            if id(part.tokens[0]) in taken or not _may_be_name(part) or _labelled_above(view, n, part):
                continue
            at = next(i for i, x in enumerate(view.lines) if x.index == line.index)
            under = block(view.lines, at, part.left - 0.3, part.left + 0.3, view.rules.get(line.page, Rules()))
            if len(under) >= 3 and any(POSTAL.search(x.text) for x in under[1:]):
                taken |= {id(t) for x in under for t in x.tokens}
                name = name_of([x.tokens for x in under])
                if name and name[0] is part.tokens[0]:
                    yield _Name(name, 0.7 if is_company(text_of(name)) else 0.5)


def _above(view: View, names: Iterable[_Name], addressed: Sequence[_Name]) -> Iterable[_Name]:
    """The names that may be the writer's: who stands over an address below another name with its own is written to."""
    if not addressed:
        return names
    first, low = addressed[0].tokens[0], addressed[0].tokens[0].top + _WELL_BELOW
    above = ((n, part) for n, line in enumerate(view.top) if line.bottom < first.top for part in line.segments)
    head = next((part for n, part in above if _may_be_name(part) and _is_over_town(view, n, part)), None)
    if head and all(t is not first for t in head.tokens):
        low = min(low, head.bottom + _BELOW)
    second = {id(a.tokens[0]) for a in addressed if a.tokens[0].top > low}
    return (name for name in names if id(name.tokens[0]) not in second)


def _may_be_name(part: Segment) -> bool:
    text = part.text
    if sum(c.isalpha() for c in text) < _FEWEST_LETTERS:
        return False
    return not (is_label(part) or is_title(text) or is_country(text) or NO_ADDRESS.search(text) or any(c.isdigit() for c in text))


def _labelled_above(view: View, n: int, part: Segment) -> bool:
    return n > 0 and any(s.left < part.right and part.left < s.right and is_label(s) for s in view.top[n - 1].segments)


def _labelled_buyers(view: View, bill_to: Block | None, ship_to: Block | None) -> Iterable[_Name]:
    for pair in view.named("buyer_name"):
        part = labelled_block(view, pair) if pair.clear else None
        name = name_of(part.lines) if part else None
        if part and name and "bill_to" not in pair.label.fields and pair.first in {"buyer_name", "buyer_contact"}:
            yield _Name(name, _buyer_worth(pair, part, name))
    if bill_to and (name := name_of(bill_to.lines)):
        yield _Name(name, 0.9 if is_company(text_of(name)) else 0.5)
    if ship_to and (name := name_of(ship_to.lines)) and is_company(text_of(name)):
        yield _Name(name, 0.4)


def _buyer_worth(pair: Pair, part: Block, name: Sequence[Token]) -> float:
    """A "Buyer" without legal form and address is as often the person who buys; who requests or writes is one nearly always."""
    if is_company(text_of(name)):
        return 1.6
    if any(POSTAL.search(text_of(line)) for line in part.lines[1:]):
        return 0.8
    return 0.05 if pair.first == "buyer_contact" else 0.4 if "buyer_contact" in pair.label.fields else 0.8


def _signatures(view: View) -> Iterable[_Name]:
    """Lines of a mail body that are or begin with a company's name; the one a paper is signed for: "for Acme Ltd"."""
    for line in view.lines:
        first = line.segments[0].tokens
        if line.kind is PageKind.PAPER and fold(first[0].text) in _ON_BEHALF and is_company(line.segments[0].text) and (
            1 < len(first) <= _LONGEST):
            yield _Name(first[1:], 1.3)
        if line.kind is PageKind.TEXT and (name := _signed(line.tokens)):
            yield _Name(name, 1.0)


def _signed(words: Sequence[Token]) -> tuple[Token, ...] | None:
    """The company that begins a line, or follows an office on it: "Purchasing | Acme Ltd"."""
    begin = 0
    for n, token in enumerate((*words, None)):
        if token is not None and token.text not in _BARS:
            continue
        part = tuple(words[begin:n])
        name = head_of(text_of(part))
        if 0 < len(name.split()) < _LONGEST and is_company(name) and not any(c.isdigit() for c in name):
            return part[: len(name.split())]
        begin = n + 1
    return None


def _answered(view: View) -> Iterable[_Name]:
    """Firms that signed the mails that this one answers: an order often answers the supplier's offer."""
    for line in view.answered:
        if name := _signed([t for t in line.tokens if t.text.strip(_QUOTES)]):
            yield _Name(name, _OFFERED)


def _letterhead(view: View, supplier: Block | None) -> Iterable[_Name]:
    """Unlabelled names in the head of the first page: the higher, the larger and the more like a company, the better."""
    labelled = {id(t) for p in view.pairs if p.clear for t in (*p.tokens, *p.beside, *p.below)}
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
            head = head_of(text)
            if letters < 3 or not 0 < len(head.split()) <= _LONGEST or (text.endswith((".", ":", "?")) and not is_company(text)):
                continue
            if line.kind is PageKind.TEXT and not is_company(text):
                continue
            size = min(part.height, 2.0) if line.kind is PageKind.PAPER else 1.0
            tokens = part.tokens[: len(head.split())]
            score = (0.9 if is_company(head) else 0.25) + 0.25 * size - 0.05 * n + (_FIRST if n == 0 else 0.0)
            if STREET.search(head) or any(c.isdigit() for c in head):
                score -= 0.5
            if score > 0.1:
                stands_over = _UNDER_NAME if supplier and line.kind is PageKind.PAPER and _is_over_town(view, n, part) else 0.0
                yield _Name(_with_form_below(view, line.index, tokens), score + stands_over)


def _is_over_town(view: View, n: int, part: Segment) -> bool:
    """True for a name with a street and a town below it, set left, right or centred."""
    under = [s for line in view.top[n + 1 : n + 4] for s in line.segments if s.left < part.right and part.left < s.right]
    return bool(under) and not is_label(under[0]) and any(POSTAL.search(s.text) for s in under)


def _with_form_below(view: View, index: int, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name with its legal form where that stands alone right below it, or with its second line: set alike right below it,
    where the paper names the firm with both elsewhere."""
    at = next(i for i, x in enumerate(view.lines) if x.index == index)
    left = tokens[0].left
    under = block(view.lines, at + 1, left - 0.3, left + 0.3, Rules(), longest=1)
    alone = under and is_legal_form(under[0].text) and under[0].top - tokens[0].bottom < 1
    return (*tokens, *under[0].tokens) if alone or (under and _goes_on(view, tokens, under[0])) else tokens


def _goes_on(view: View, tokens: tuple[Token, ...], under: Segment) -> bool:
    height = tokens[0].bottom - tokens[0].top
    alike = abs(under.height - height) < _ALIKE * height and under.top - tokens[0].bottom < height
    if not alike or view.lines[0].kind is not PageKind.PAPER or is_label(under):
        return False
    both = (*fold(text_of(tokens)), *fold(under.tokens[0].text))
    return any(contains(fold(s.text), both) for line in view.all_lines for s in line.segments)


def _is_own(text: str, view: View) -> bool:
    words = fold(text)
    if len(words) <= _LONGEST and is_recipients(view, head_of(text)):
        return True
    return any(contains(words, own) for name in view.context.own_names if (own := fold(without_legal_form(name))))


def _bare_name(tokens: Sequence[Token]) -> str:
    return text_of(tokens).strip(" ,;|")


def _sender(view: View) -> Found[str] | None:
    name = view.context.sender_name
    if not name or not (is_company(name) or is_writers(view, name)):
        return None
    return Found(name, 0.5, Evidence(Origin.CONTEXT, name, note="the sender of the mail"))

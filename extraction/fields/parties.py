"""Who orders and who supplies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extraction.fields.addresses import Block, is_named, labelled_address, labelled_block
from extraction.fields.block_names import name_of, without_office
from extraction.fields.domains import Ends, bearers, ends
from extraction.fields.legal_forms import mended
from extraction.fields.letterhead import UNDER_NAME, Name, above, addressed, below_head, letterhead
from extraction.fields.names import (
    POSTAL,
    head_of,
    is_company,
    is_legal_form,
    is_no_name,
    is_title,
    without_legal_form,
)
from extraction.fields.people import no_buyers, recipient
from extraction.fields.sellers_form import is_sellers_form
from extraction.fields.tagged import Run, runs
from extraction.fields.view import View, text_of
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.layout.labels import contains, fold
from extraction.layout.pairs import Pair
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
_DELIVERED = 0.7         # what it is worth for the buyer, and costs the supplier, to be named where the goods go
_BOTH = 0.4              # what it is worth that a paper names both parties
_ASKED = 1.4             # what it is worth for the buyer to have filled in a seller's form
_OFFERED = 0.6           # what it is worth for the supplier to have signed the mail that the order answers
_WRITTEN_TO = 1.0        # what it is worth for the supplier to stand behind a polite word
_DOMAIN = 1.2            # what it is worth for a mail's writer that its domain bears the name
_QUOTES = ">"            # before the lines of a mail that is answered
_BARS = frozenset({"|", "·", "–", "-", "•"})
_DASHES = frozenset("-–—|")
_ON_BEHALF = {("for",), ("fur",), ("pour",), ("por",), ("per",), ("namens",), ("ppa",), ("pp",)}
_LONGEST = 8             # words of a name
_NUMBERED = frozenset({"no.", "no", "nr.", "nr", "n°", "nº", "#"})     # before the number of one of several
_ADDRESSEES = frozenset({"destinataire", "destinatario", "empfanger", "recipient"})
_POLITE = frozenset(fold(word) for word in ("Spett.le", "Spettabile", "Spett.", "Messrs", "Messrs.", "M/s", "M/s."))
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Parties:
    """Who orders and who supplies, and where goods and bill go."""

    buyer: Found[str] | None
    supplier: Found[str] | None
    ship_to: Block | None
    bill_to: Block | None


def parties(view: View, kind: DocumentType, bill_to: Block | None, ship_to: Block | None) -> Parties:
    """Buyer and supplier, chosen together: two different companies for which most speaks.

    A letterhead is the buyer's on orders and the supplier's on invoices and their like; who else stands over an address in the
    head is the one it is written to. Goods go to the buyer. Our own name is the supplier's unless the tagger sees clearly that
    the paper is one we wrote as a buyer.
    """
    mail = ends(view)
    supplier_block = _not_a_person(labelled_address(view, "supplier_name"))
    is_sellers = kind in SELLERS or (supplier_block is None and is_sellers_form(view))
    if supplier_block is None and not is_sellers and (told := _addressee(view)):
        supplier_block, ship_to = told, None if ship_to and ship_to.lines[0][0] in told.lines[0] else ship_to
    others = [part for part in (ship_to, bill_to) if part and part.is_labelled]
    windows = list(addressed(view, others))
    ship_to, bill_to = (None if _is_window(part, windows) else part for part in (ship_to, bill_to))
    delivered = [fold(" ".join(text_of(line) for line in part.lines)) for part in (ship_to, bill_to) if part]
    wrote = [*_signatures(view), *above(view, letterhead(view, supplier_block, others), windows)]
    is_named = supplier_block is not None and name_of(supplier_block.lines) is not None
    if is_named and kind not in SELLERS:          # the supplier is said, so an address without a label is the writer's own
        said = {id(t) for line in supplier_block.lines for t in line} if supplier_block else set()
        own = (a for a in windows if not any(id(t) in said for t in a.tokens))
        wrote, windows = [*wrote, *(Name(a.tokens, a.score + UNDER_NAME) for a in own)], []
    writer, reader = ("supplier_name", "buyer_name") if is_sellers else ("buyer_name", "supplier_name")
    names = {
        "buyer_name": list(_labelled_buyers(view, bill_to, ship_to, _ASKED if is_sellers and kind not in SELLERS else 0.0)),
        "supplier_name": list(_labelled_suppliers(view, supplier_block, mail))}
    names[writer] += wrote
    names[reader] += below_head(view, windows)
    names["supplier_name"] += (*_answered(view), *_polite(view))
    theirs = list(bearers(view, mail.writers)) if kind is not DocumentType.OTHER else []
    names[writer] += (Name(words, _DOMAIN) for words in theirs)
    names[reader] += (Name(words, _OFFERED) for words in bearers(view, mail.readers, answered=True))
    barred = no_buyers(view, ship_to) if view.lines and view.lines[0].kind is PageKind.TEXT else _NOBODY
    if all(id(words[0]) in barred for words in theirs):        # who writes is named nowhere else
        barred -= {id(t) for words in theirs for t in words}
    buyers = _rated(view, "buyer_name", _not_ours(view, mail, names["buyer_name"]), delivered, _DELIVERED, barred)
    suppliers = _rated(view, "supplier_name", names["supplier_name"], delivered, -_DELIVERED)
    choices = [(b, s) for b in (*buyers, None) for s in (*suppliers, None) if not (b and s and _same(b, s))]
    buyer, supplier = max(choices, key=lambda c: sum(x.score for x in c if x) + _BOTH * all(c))
    return Parties(
        _called(buyer, min(0.95, 0.45 + 0.22 * buyer.score)) if buyer else _sender(view, mail),
        _called(supplier, min(0.96, 0.5 + 0.25 * supplier.score)) if supplier
        else recipient(view.context) if kind not in SELLERS else None,
        ship_to, bill_to)


def _called(name: Name, confidence: float) -> Found[str]:
    return mended(found(_bare_name(name.tokens), name.tokens, confidence), name.tokens)


def _addressee(view: View) -> Block | None:
    """To whom a letter says it is written, by a word that on other papers says where the goods go: "Destinataire"."""
    told = (p for p in view.named("ship_to") if p.clear and p.label.text in _ADDRESSEES)
    return next((part for p in told if (part := labelled_block(view, p)) and is_named(part)), None)


def _is_window(part: Block | None, windows: Iterable[Name]) -> bool:
    """True for an address without a label that is the writer's or the reader's own."""
    return part is not None and not part.is_labelled and any(name.tokens[0] is part.lines[0][0] for name in windows)


def _rated(
    view: View, field: str, names: Iterable[Name], delivered: Sequence[Sequence[str]], worth: float,
    barred: frozenset[int] = _NOBODY,
) -> list[Name]:
    """Each firm once, with what speaks for all places of its name together, the tagger at the likeliest; the name as it stands
    there. A firm that an address of the goods (`delivered`, folded) names has `worth` more. `barred` words name nobody.
    """
    scores: dict[tuple[str, ...], float] = {}
    seen: dict[tuple[str, ...], tuple[float, tuple[Token, ...]]] = {}

    def hear(name: Name, *, whole: bool) -> None:
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
            hear(Name(run.tokens, _SEEN), whole=False)
    for short, whole_ in sorted(_shortened(seen), key=lambda x: len(x[0])):
        scores[whole_] += scores[short]
        del seen[short]
    rated = [
        Name(tokens, scores[key] + TAGGED * chance + worth * any(contains(where, key) for where in delivered))
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
    if end < len(tokens) and is_legal_form(text_of(tokens[end:])):        # "Sp. z o.o."
        end = len(tokens)
    return tokens[inside[0] : end]


def _without_title(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name before a dash and what the paper is, "Acme Ltd - Order Form", and behind a polite word, "Spett.le Acme S.p.A."."""
    tokens = tokens[1:] if len(tokens) > 1 and fold(tokens[0].text) in _POLITE else tokens
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


def _same(a: Name, b: Name) -> bool:
    return a.key == b.key or contains(a.key, b.key) or contains(b.key, a.key)


def _not_a_person(part: Block | None) -> Block | None:
    """The block, unless it names the person whose attention a paper asks for."""
    name = name_of(part.lines) if part else None
    return None if name and is_no_name(text_of(name)) else part


def _labelled_suppliers(view: View, block_: Block | None, mail: Ends) -> Iterable[Name]:
    own = (part for line in view.all_lines for part in line.segments if "@" not in part.text and _is_own(part.text, view, mail))
    yield from (Name(part.tokens, _OWN if n == 0 else 0.0) for n, part in enumerate(own))
    name = name_of(block_.lines) if block_ else None
    if name:
        yield Name(name, 1.0 if is_company(text_of(name)) else 0.6)


def _not_ours(view: View, mail: Ends, names: Iterable[Name]) -> Iterable[Name]:
    """The names as a buyer's: our own is hardly one."""
    for name in names:
        yield Name(name.tokens, name.score - _OWN) if _is_own(text_of(name.tokens), view, mail) else name


def _is_name(tokens: Sequence[Token]) -> bool:
    return sum(c.isalpha() for t in tokens for c in t.text) > 2


def _labelled_buyers(view: View, bill_to: Block | None, ship_to: Block | None, least: float) -> Iterable[Name]:
    """Who is said to order, worth `least` where the label names no person."""
    for pair in view.named("buyer_name"):
        part = labelled_block(view, pair) if pair.clear else None
        name = name_of(part.lines) if part else None
        if part and name and "bill_to" not in pair.label.fields and pair.first in {"buyer_name", "buyer_contact"}:
            yield Name(name, max(_buyer_worth(pair, part, name), least if "buyer_contact" not in pair.label.fields else 0.0))
    if bill_to and (name := name_of(bill_to.lines)):
        yield Name(name, 0.9 if is_company(text_of(name)) else 0.5)
    if ship_to and (name := name_of(ship_to.lines)) and is_company(text_of(name)):
        yield Name(name, 0.4)


def _buyer_worth(pair: Pair, part: Block, name: Sequence[Token]) -> float:
    """A "Buyer" without legal form and address is as often the person who buys; who requests or writes is one nearly always."""
    if is_company(text_of(name)):
        return 1.6
    if any(POSTAL.search(text_of(line)) for line in part.lines[1:]):
        return 0.8
    return 0.05 if pair.first == "buyer_contact" else 0.4 if "buyer_contact" in pair.label.fields else 0.8


def _signatures(view: View) -> Iterable[Name]:
    """Lines of a mail body that are or begin with a company's name; the one a paper is signed for: "for Acme Ltd"."""
    for line in view.lines:
        first = line.segments[0].tokens
        if line.kind is PageKind.PAPER and fold(first[0].text) in _ON_BEHALF and is_company(line.segments[0].text) and (
            1 < len(first) <= _LONGEST):
            yield Name(first[1:], 1.3)
        if line.kind is PageKind.TEXT and (name := _signed(line.tokens)):
            yield Name(name, 1.0)


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


def _answered(view: View) -> Iterable[Name]:
    """Firms that signed the mails that this one answers: an order often answers the supplier's offer."""
    for line in view.answered:
        if name := _signed([t for t in line.tokens if t.text.strip(_QUOTES)]):
            yield Name(name, _OFFERED)


def _polite(view: View) -> Iterable[Name]:
    """Who a line names behind a polite word: "Spett.le Acme S.p.A. - Via Roma 8"."""
    for line in view.lines:
        first = line.segments[0].tokens
        if len(first) > 1 and fold(first[0].text) in _POLITE:
            yield Name(first[: 1 + len(head_of(text_of(first[1:])).split())], _WRITTEN_TO)


def _is_own(text: str, view: View, mail: Ends) -> bool:
    words = fold(text)
    if len(words) <= _LONGEST and mail.is_reader(head_of(text)):
        return True
    return any(contains(words, own) for name in view.context.own_names if (own := fold(without_legal_form(name))))


def _bare_name(tokens: Sequence[Token]) -> str:
    return text_of(tokens).strip(" ,;|")


def _sender(view: View, mail: Ends) -> Found[str] | None:
    name = view.context.sender_name
    if not name or not (is_company(name) or mail.is_writer(name)):
        return None
    return Found(name, 0.5, Evidence(Origin.CONTEXT, name, note="the sender of the mail"))

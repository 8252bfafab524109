"""Addresses: the block a label heads, or a sentence that says where to deliver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from extraction.fields.address_ends import ends_address, is_town, without_notes
from extraction.fields.dates import DateStyle
from extraction.fields.form_block import asks_name, form_block
from extraction.fields.names import (
    NO_ADDRESS,
    POSTAL,
    STREET,
    is_company,
    is_greeting,
    is_no_name,
    is_reference,
    is_title,
    names_person,
)
from extraction.fields.said_address import announces_place, grown_addresses, said_addresses
from extraction.fields.tagged import runs, spans
from extraction.fields.view import View, rank, text_of
from extraction.layout.blocks import LEADING, block
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Rules, Segment, Token, segment
from extraction.layout.labels import fields_of
from extraction.layout.pairs import Pair, is_label, names_account
from extraction.model.tagger import OTHER
from models.domain.evidence import Found, PageKind
from models.domain.pages import WordFlag

_SENTENCE = re.compile(
    r"(?:(?:ship|deliver|send)\s+(?:it |them |this |the goods )?to|"
    r"liefern (?:sie )?(?:bitte )?an|lieferung an|livrer (?:à|au)|livraison (?:à|au)|"
    r"entregar en|env[ií](?:ar|en) a|entrega en|leveren (?:aan|op)|afleveren (?:aan|op|bij)|"
    r"consegna(?:re|te) (?:a|presso)|consegna (?:a|presso)|spedire a|"
    r"(?:dostawa|wysyłka) na adres|dostarczyć (?:na|do|pod adres)|adresse? de livraison|adres dostawy)\s*:?\s+",
    re.IGNORECASE,
)

NAMED, TAGGED = 1.5, 1.5
"""What a label of its own and the tagger's probability are worth beside the looks of a block (0 to 3)."""

_SURE = 0.5              # mean probability from which the tagger knows a block
_SAID = 0.6              # what it is worth to stand in a sentence that says where to deliver
_STRANGER = 0.15         # probability below which a line of such a block is something else
_SURELY_OTHER = 0.9      # probability from which the tagger knows a line above as none of the block
_LEAD = 25               # characters before the words that say where to deliver
_HIGHEST = 5             # lines above it that may belong to a block
_LONGEST = 12            # words of an address line
_FEWEST_WORDS = 3        # of an address without a label
_SHORT = 8               # words of a line of an address that a sentence follows
_LONGEST_WORD = 40
_CLOSE_BY = 4.0          # ems between a label and a value beside it, with another below,
_EDGE = 1.0              # which begins so far from where the label does
_RAGGED = 1.5            # ems by which the labels of a list may begin apart
_CLAUSE = re.compile(r"^\d{1,2}\.\s")


@dataclass(frozen=True, slots=True)
class Block:
    """An address: its lines, each with its words; `is_labelled` unless only the tagger saw whose it is."""

    lines: tuple[tuple[Token, ...], ...]
    clear: bool
    is_labelled: bool = True

    @property
    def name(self) -> str:
        """The first line, usually the company."""
        return text_of(self.lines[0])


def address(view: View, field: str) -> Block | None:
    """The best block for this field: under its label, where the tagger sees it, or in a sentence that says where to deliver."""
    said, standing = _said(view) if field == "ship_to" else None, _standing(view, field)
    best = said if said and (said.clear or not standing or _goes_further(said, standing)) else standing
    lines = without_notes(best.lines, view.dates) if best else ()
    return replace(best, lines=lines) if best and lines and not _is_remark(lines) else None


def _is_remark(lines: Sequence[Sequence[Token]]) -> bool:
    """True for a word on the way of delivery where an address might stand: "with Wednesday's van"."""
    text = text_of(lines[0])
    return len(lines) == 1 and text[0].islower() and not (POSTAL.search(text) or STREET.search(text) or is_company(text))


def _goes_further(said: Block, standing: Block) -> bool:
    """Whether an address of a sentence is one that a block holds a part of: a block ends with its line."""
    ours, theirs = ({id(t) for line in part.lines for t in line} for part in (said, standing))
    return bool(ours & theirs) and not ours <= theirs


def _standing(view: View, field: str) -> Block | None:
    """The best of the blocks that labels head and that the tagger sees."""
    labelled = list(_labelled_addresses(view, field))
    known = {id(t) for part, _ in labelled for line in part.lines for t in line}
    seen = ((part, 0.0) for part in _tagged_addresses(view, field) if id(part.lines[0][0]) not in known)
    suppliers = _of_suppliers(view)
    own = (
        (part, label) for part, label in ((_above_signature(part, view.dates), label) for part, label in (*labelled, *seen))
        if not _is_signed(part) and not any(id(t) in suppliers for t in part.lines[0]))
    rated = [(_quality(part) + label + TAGGED * _seen(view, part, field), part) for part, label in own]
    return _without_strangers(view, max(rated, key=lambda x: x[0])[1], field) if rated else None


def _of_suppliers(view: View) -> set[int]:
    """The words (by identity) of the blocks that a label gives to the supplier."""
    named = (p for p in view.named("supplier_name") if p.clear and p.first == "supplier_name")
    return {id(t) for pair in named if (part := labelled_block(view, pair)) for line in part.lines for t in line}


def says_where(text: str) -> bool:
    """True for a sentence that says where to deliver, and names a street or a town."""
    match = _SENTENCE.search(text)
    if match is None or match.start() >= _LEAD:
        return False
    return any(place.search(text, match.end()) for place in (POSTAL, STREET))


def labelled_address(view: View, field: str) -> Block | None:
    """The best of the blocks that labels of this field head, whatever the tagger thinks."""
    return max((part for part, _ in _labelled_addresses(view, field)), key=lambda x: (is_named(x), _quality(x)), default=None)


def is_named(part: Block) -> bool:
    """True for an address that begins with a name: "Supplier: Acme Ltd", not "Supplier's address: 9 Weir Road"."""
    first = part.name
    return is_company(first) or not (STREET.search(first) or any(c.isdigit() for c in first) or is_no_name(first))


def _labelled_addresses(view: View, field: str) -> Iterable[tuple[Block, float]]:
    """Each with what its label is worth."""
    for pair in view.named(field):
        named = pair.first != "buyer_contact" and not is_greeting(pair.segment.text)
        if (pair.clear or pair.label.end - pair.label.start > 1) and named:
            block_ = labelled_block(view, pair)
            if block_ and not _is_prose(block_) and (pair.clear or _is_address(block_)):
                worth = NAMED if pair.clear and pair.first == field else NAMED / 2
                yield block_, worth * (1 - 0.02 * min(rank(field, pair.label.text), 25))


def _is_address(part: Block) -> bool:
    """Whether what follows a label without a colon is an address, and neither the rest of a sentence nor of a longer label."""
    return any(is_town(text_of(line)) for line in part.lines) and not any(t.text.endswith(":") for t in part.lines[0][:3])


def _tagged_addresses(view: View, field: str) -> Iterable[Block]:
    """Blocks that begin where the tagger sees the field; not in one that a clear label gives to somebody else."""
    at = {line.index: n for n, line in enumerate(view.all_lines)}
    delivered = labelled_address(view, "ship_to") if field == "bill_to" else None
    taken = {id(t) for line in delivered.lines for t in line} if delivered and delivered.clear else set()
    for span in spans(view, field):
        if span.chance >= _SURE and id(span.tokens[0]) not in taken:
            first = span.runs[0]
            rules = view.rules.get(first.tokens[0].word.page, Rules())
            left = first.tokens[0].left
            whole = next(s for s in view.all_lines[at[first.line]].segments if first.tokens[0] in s.tokens)
            rest = whole.tokens[whole.tokens.index(first.tokens[0]) :]
            over = _over(view, at[first.line], first.tokens[0])
            if any(view.tags.chance(part.tokens, "supplier_name") > _SURE for part in over):
                continue                       # the rest of the supplier's own address
            under = block(view.all_lines, at[first.line] + 1, left - 1.5, left + 1.5, rules)
            close = under and under[0].top - first.tokens[0].bottom < LEADING
            part = _cleaned([*over, segment(rest, first.line), *(under if close else ())], clear=span.chance > 0.8)
            if part and _names_place(part) and not _is_prose(part):
                yield replace(part, is_labelled=False)


def _names_place(part: Block) -> bool:
    """Whether a block without a label is an address: a name or street with a town, each line once. What the rows of a sheet
    say again and again is none, nor is one number with a date."""
    texts = [text_of(line) for line in part.lines]
    words = sum(any(c.isalpha() for c in w) and len(w) > 1 for text in texts for w in text.split())
    return len(set(texts)) == len(texts) and words >= _FEWEST_WORDS and any(POSTAL.search(text) for text in texts)


def _said(view: View) -> Block | None:
    """The address that running text names as the place of delivery: the one the tagger is surest of, its own find included."""
    text = bool(view.lines) and view.lines[0].kind is PageKind.TEXT
    mine = [(words, _SAID) for words in said_addresses(view.all_lines, view.dates)]
    sure = [run.tokens for run in runs(view, "ship_to") if text and run.chance > _SURE]
    theirs = [(words, 0.0) for words in grown_addresses(view.all_lines, sure, view.dates) if words]
    below = [(part, _SAID) for part in _below_sentences(view)] if text else []
    parts = (*((Block((words,), clear=text), worth) for words, worth in (*mine, *theirs)), *below)
    rated = [(_seen(view, part, "ship_to") + worth, part) for part, worth in parts if not _is_signed(part)]
    return max(rated, key=lambda x: x[0])[1] if rated else None


def _below_sentences(view: View) -> Iterable[Block]:
    """The lines below a line of a mail that says where to deliver and ends with a colon: "please deliver to our new site:"."""
    for at, line in enumerate(view.all_lines[:-1]):
        if line.text.endswith(":") and announces_place(line.text):
            left = view.all_lines[at + 1].segments[0].left
            under = block(view.all_lines, at + 1, left, left, Rules())
            part = Block(tuple(words for x in under for words in without_notes((x.tokens,), view.dates)), clear=True)
            is_place = any(POSTAL.search(text_of(words)) for words in part.lines)
            if is_place and not under[0].text[0].isdigit() and not _is_prose(part):
                yield part


def _over(view: View, at: int, first: Token) -> list[Segment]:
    """The lines of a block above the one where the tagger first saw it, from top to bottom."""
    found: list[Segment] = []
    top, left = first.top, first.left
    for line in reversed(view.all_lines[max(0, at - _HIGHEST) : at]):
        part = next((s for s in line.segments if abs(s.left - left) < 1.5), None)
        if part is None:
            continue
        apart = line.page != first.word.page or top - part.bottom > LEADING
        strange = view.tags.chance(part.tokens, OTHER) > _SURELY_OTHER
        if apart or strange or is_label(part) or fields_of(part.text) or is_title(part.text):
            break
        found.insert(0, part)
        top = part.top
    return found


def _seen(view: View, part: Block, field: str) -> float:
    return mean(view.tags.chance(line, field) for line in part.lines)


def _without_strangers(view: View, part: Block, field: str) -> Block:
    """Without the lines below an address that the tagger takes for something else, where it knows the address."""
    chances = [view.tags.chance(line, field) for line in part.lines]
    if max(chances) < _SURE:
        return part
    last = max(n for n, (line, chance) in enumerate(zip(part.lines, chances, strict=True)) if chance > _STRANGER or _postal(line))
    return replace(part, lines=part.lines[: last + 1])


def _postal(line: Sequence[Token]) -> bool:
    text = text_of(line)
    return bool(POSTAL.search(text) or STREET.search(text) or ends_address(text))


def _is_signed(part: Block) -> bool:
    """True for a block that runs on into the writer's own address below a mail."""
    return any(WordFlag.SIGNATURE in t.word.flags for line in part.lines for t in line)


def _above_signature(part: Block, style: DateStyle) -> Block:
    """The address at the head of a block that runs on to the writer's name; the block itself where none of it is an address."""
    lines = without_notes(part.lines, style) if _is_signed(part) else ()
    return replace(part, lines=lines) if any(is_town(text_of(line)) for line in lines) else part


def _is_prose(part: Block) -> bool:
    """True for clauses (long lines, or numbered ones) and for what programs print."""
    if any(len(t.text) > _LONGEST_WORD for line in part.lines for t in line):
        return True
    return any(_is_clause(line) for line in part.lines) or (
        len(part.lines) > 1 and all(_CLAUSE.match(text_of(line)) for line in part.lines))


def _is_clause(line: Sequence[Token]) -> bool:
    return len(line) > _LONGEST and not any(c.isdigit() for c in text_of(line))


def joined(part: Block) -> Found[str]:
    """An address as one line, its parts joined by commas."""
    lines = [_balanced(text_of(words).strip(" ,.;:")) for words in part.lines]
    tokens = [t for words in part.lines for t in words]
    postal = any(POSTAL.search(x) or STREET.search(x) for x in lines)
    return found(", ".join(lines), tokens, 0.9 if part.clear and postal else 0.7 if postal else 0.5)


def labelled_block(view: View, pair: Pair) -> Block | None:
    """The address a label heads: beside it and on, or below it."""
    at = next(i for i, line in enumerate(view.lines) if line.index == pair.segment.line)
    rules = view.rules.get(view.lines[at].page, Rules())
    label = pair.tokens[0]
    if form := form_block(view.lines, pair):
        return Block(form, pair.clear)
    if pair.beside and _goes_beside(pair) and not _stands_below(view, at, pair):
        left = pair.beside[0].left
        low = label.left if pair.beside[0] in pair.segment.tokens else left
        first: list[Segment] = [segment(pair.beside, pair.segment.line)]
        said = text_of(pair.beside)
        whole = "," in said and (view.lines[at].kind is PageKind.TEXT or bool(POSTAL.search(said) and STREET.search(said)))
        under = _wrapped(view, at) if whole else _continued(view.lines, at, min(low, left) - 0.8, left + 1.5, rules, label)
        return _cleaned([*first, *under], pair.clear)
    following = min((s.left for s in view.lines[at].segments if s.left > pair.segment.right), default=float("inf")) - 0.5
    right = max(min(following, label.left + 10), label.left + 0.5)
    parts = block(view.lines, at + 1, label.left - 1.5, right, rules, until=following)
    if not parts and pair.label.start:         # a sentence that ends with the label goes on at the left
        parts = block(view.lines, at + 1, pair.segment.left - 0.5, pair.segment.left + 0.5, rules)
    if not parts or parts[0].top - pair.segment.bottom > 2.2 or parts[0].line > pair.segment.line + 3:
        return None
    return _cleaned(_beside_name(view, parts[0], rules) or parts, pair.clear)


def _beside_name(view: View, first: Segment, rules: Rules) -> tuple[Segment, ...]:
    """The lines of a block that begins beside the word "Name"; none where it begins with anything else."""
    if not asks_name(first.text):
        return ()
    at = next(i for i, line in enumerate(view.lines) if line.index == first.line)
    value = next((s for s in view.lines[at].segments if s.left > first.right), None)
    return block(view.lines, at, value.left - 0.5, value.left + 0.5, rules) if value else ()


def _wrapped(view: View, at: int) -> tuple[Segment, ...]:
    """The next line of a text whose line ends in the middle of a list."""
    under = view.lines[at + 1] if at + 1 < len(view.lines) else None
    goes_on = under and view.lines[at].text.endswith(",") and under.index == view.lines[at].index + 1
    return (under.segments[0],) if under and goes_on and not is_label(under.segments[0]) else ()


def _goes_beside(pair: Pair) -> bool:
    if pair.below and names_account(pair.label, pair.beside):
        return False
    if pair.beside[0] in pair.segment.tokens or pair.beside[0].top > pair.segment.bottom:
        return True
    gap = pair.beside[0].left - pair.segment.right
    return not pair.below or is_reference(text_of(pair.below)) or (pair.label.colon and gap < 14) or gap < _CLOSE_BY


def _stands_below(view: View, at: int, pair: Pair) -> bool:
    """True where the address stands right below its label, and another party's beside both."""
    left = pair.tokens[0].left
    if not pair.below or abs(pair.below[0].left - left) > _EDGE or pair.beside[0].left - pair.segment.right < _CLOSE_BY:
        return False
    under = block(view.lines, at + 1, left - _EDGE, left + _EDGE, Rules(), until=pair.beside[0].left - _EDGE)
    return any(POSTAL.search(part.text) for part in under)


def _continued(
    lines: Sequence[Line], at: int, left: float, right: float, rules: Rules, label: Token,
) -> tuple[Segment, ...]:
    """The lines below a value that go on with it: down to the next one that a label of its own stands before."""
    next_label = next((n for n, line in enumerate(lines[at + 1 :], at + 1) if _labels_value(line, label, left)), len(lines))
    parts = block(lines[:next_label], at + 1, left, right, rules)
    if not parts or parts[0].line != lines[at].index + 1 or parts[0].top - lines[at].bottom > 1.2 or is_label(parts[0]):
        return ()
    return parts


def _labels_value(line: Line, label: Token, left: float) -> bool:
    """True for a line of the same list: a label in the column of this one, and a value right of it."""
    before = [s for s in line.segments if label.left - _RAGGED < s.left < left - _RAGGED]
    return bool(before) and is_label(before[-1]) and line.page == label.word.page


def _balanced(text: str) -> str:
    """Without a bracket that opens or closes only here."""
    text = text.removesuffix(")") if text.count(")") > text.count("(") else text
    text = text.removeprefix("(") if text.count("(") > text.count(")") else text
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _cleaned(parts: Sequence[Segment], clear: bool) -> Block | None:
    """Without telephone, mail and contact lines, persons, and the sentence that follows an address without a line between."""
    lines = tuple(
        p.tokens for p in parts
        if not (NO_ADDRESS.search(p.text) or names_person(p.text) or (is_title(p.text) and not is_town(p.text))))
    end = next((n for n, x in enumerate(lines) if _is_clause(x) and _is_whole(lines[:n])), len(lines))
    return Block(lines[:end], clear) if lines else None


def _is_whole(lines: Sequence[Sequence[Token]]) -> bool:
    """True for lines that are an address by themselves, and none of a paper's clauses."""
    short = all(len(line) <= _SHORT and not _CLAUSE.match(text_of(line)) for line in lines)
    return short and len(lines) > 1 and _postal(lines[-1])


def _quality(part: Block) -> float:
    text = " ".join(text_of(x) for x in part.lines)
    return (
        bool(POSTAL.search(text)) + bool(STREET.search(text)) + 0.4 * is_company(text) + 0.1 * len(part.lines) + 0.3 * part.clear
    )

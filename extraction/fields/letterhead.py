"""Names without a label in the head of a paper: letterheads, and who stands in the window of an envelope. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from extraction.fields.addresses import Block
from extraction.fields.block_names import name_of, says_again
from extraction.fields.names import NO_ADDRESS, POSTAL, STREET, head_of, is_company, is_country, is_legal_form, is_title
from extraction.fields.view import View, text_of
from extraction.layout.blocks import ATTENTION, LEADING, block
from extraction.layout.geometry import Rules, Segment, Token
from extraction.layout.labels import contains, fields_of, fold, label_at
from extraction.layout.pairs import is_label
from models.domain.evidence import PageKind

UNDER_NAME = 0.4
"""What a street and a town below it are worth for the writer's name."""

_FIRST = 0.3             # what it is worth to stand on the first line of the paper
_ALIKE = 0.1             # of the height of a firm's first line, by which its second may differ
_LONGEST = 8             # words of a name
_WELL_BELOW = 3.0        # ems between the writer's address and the reader's under it,
_BELOW = 1.5             # and from the foot of the writer's name to the reader's, where the writer's address is one line
_FLUSH = 0.3             # ems by which right edges of an address may differ
_LINE = 1.0              # ems from one line to the next at least
_OF = frozenset({"of", "for", "für", "de", "des", "du", "della", "van", "voor"})
_SHORT_FORM = 4          # characters of the longest word whose full stop may end no sentence
_ARTICLE = 3             # letters of the longest label that may be an article
_FEWEST_LETTERS = 4      # of a name without a label


@dataclass(frozen=True, slots=True)
class Name:
    """A company's name that may be a party's, and how much speaks for it."""

    tokens: tuple[Token, ...]
    score: float

    @property
    def key(self) -> tuple[str, ...]:
        return fold(text_of(self.tokens))


def addressed(view: View, others: Sequence[Block]) -> Iterable[Name]:
    """Names over an address in the head without a label, as in the window of an envelope; not where the goods go."""
    taken = {id(t) for part in others for line in part.lines for t in line}
    for n, line in enumerate(view.top):
        for part in line.segments if line.kind is not PageKind.TEXT else ():
            if id(part.tokens[0]) in taken or not _may_be_name(part) or _labelled_above(view, n, part):
                continue
            at = next(i for i, x in enumerate(view.lines) if x.index == line.index)
            rules = view.rules.get(line.page, Rules())
            whole = max(block(view.lines, at, part.left - 0.3, part.left + 0.3, rules), _flush_right(view, at, part), key=len)
            under = (*whole[:1], *takewhile(_may_be_address, whole[1:]))
            if len(under) >= 3 and any(POSTAL.search(x.text) for x in under[1:]):
                taken |= {id(t) for x in under for t in x.tokens}
                name = name_of([x.tokens for x in under])
                if name and name[0] is part.tokens[0]:
                    yield Name(name, 0.7 if is_company(text_of(name)) else 0.5)


def _flush_right(view: View, at: int, part: Segment) -> tuple[Segment, ...]:
    """The segments under one another from this one on whose right edges are flush."""
    out = [part]
    for line in view.lines[at + 1 :]:
        under = next((s for s in line.segments if abs(s.right - part.right) < _FLUSH), None)
        if under is None or line.page != view.lines[at].page or under.top - out[-1].bottom > LEADING:
            break
        out.append(under)
    return tuple(out)


def above(view: View, names: Iterable[Name], windows: Sequence[Name]) -> Iterable[Name]:
    """The names that may be the writer's: who stands over an address below another name with its own is written to."""
    if not windows:
        return names
    first, low = windows[0].tokens[0], windows[0].tokens[0].top + _WELL_BELOW
    higher = [(n, part) for n, line in enumerate(view.top) if line.bottom < first.top for part in line.segments]
    if any(_is_sender_line(part) for _, part in higher):
        low = 0.0
    head = next((part for n, part in higher if _may_be_name(part) and _is_over_town(view, n, part)), None)
    if head and all(t is not first for t in head.tokens):
        low = min(low, head.bottom + _BELOW)
    second = {id(a.tokens[0]) for a in windows if a.tokens[0].top > low}
    return (name for name in names if id(name.tokens[0]) not in second)


def below_head(view: View, windows: Sequence[Name]) -> Iterable[Name]:
    """Names over addresses without that of the writer: where no other name stands above the highest, it is the head of the
    paper, and those below it are written to."""
    first = min((name.tokens[0] for name in windows), key=lambda t: t.top, default=None)
    lower = [name for name in windows if first and name.tokens[0].top > first.top + _LINE]
    over = (part for line in view.top if first and line.bottom < first.top for part in line.segments)
    return windows if not lower or any(_may_be_name(part) for part in over) else lower


def _is_sender_line(part: Segment) -> bool:
    """True for name, street and town of who writes on one line, as over the window of an envelope."""
    head = head_of(part.text)
    tail = part.text[len(head) :]
    return bool(tail and POSTAL.search(tail)) and not (any(c.isdigit() for c in head) or is_label(part) or STREET.search(head))


def _may_be_name(part: Segment) -> bool:
    text = part.text
    if sum(c.isalpha() for c in text) < _FEWEST_LETTERS:
        return False
    return not (is_label(part) or is_title(text) or is_country(text) or NO_ADDRESS.search(text) or any(c.isdigit() for c in text))


def _may_be_address(part: Segment) -> bool:
    """False for a title and for what a label begins: "Order no. 4711"."""
    label = label_at(part.tokens, 0)
    heads = label and (label.colon or label.end > 1)
    return bool(ATTENTION.match(part.text)) or not (is_title(part.text) or heads)


def _labelled_above(view: View, n: int, part: Segment) -> bool:
    """True for what stands under a label that has no value of its own beside it."""
    line = view.top[n - 1].segments if n else ()
    behind = (*line[1:], None)[: len(line)]
    is_sheet = part.tokens[0].kind is PageKind.SHEET          # where every cell is a segment, labels stand over columns
    over = (s for s, after in zip(line, behind, strict=True)
            if s.left < part.right and part.left < s.right and (after is None or is_label(after) or is_sheet))
    return any(is_label(s) and _heads(s) for s in over)


def _heads(part: Segment) -> bool:
    """True for a label that has no value on its own line: "For the attention of: Joan Example" heads no address."""
    label = label_at(part.tokens, 0)
    return label is None or all(t.text == ":" for t in part.tokens[label.end :])


def letterhead(view: View, supplier: Block | None, others: Sequence[Block]) -> Iterable[Name]:
    """Unlabelled names in the head of the first page: the higher, the larger and the more like a company, the better; none of
    the supplier's own address, nor of the `others`."""
    labelled = {id(t) for p in view.pairs if p.clear for t in (*p.tokens, *p.beside, *p.below)}
    taken = {id(t) for part in (supplier, *others) if part for words in part.lines for t in words}
    known = labelled | taken
    for n, line in enumerate(view.top):
        for part in line.segments:
            text, head = part.text, head_of(part.text)
            if any(id(t) in known for t in part.tokens) or is_title(text) or NO_ADDRESS.search(head):
                continue
            if is_country(text):
                continue
            if (_begins_with_label(part) or fields_of(text, columns=True)) and not is_company(text):
                continue
            letters = sum(c.isalpha() for c in text)
            if letters < 3 or not 0 < len(head.split()) <= _LONGEST or (_ends_sentence(text) and not is_company(text)):
                continue
            if line.kind is PageKind.TEXT and not is_company(text):
                continue
            size = min(part.height, 2.0) if line.kind is PageKind.PAPER else 1.0
            tokens = part.tokens[: len(head.split())]
            score = (0.9 if is_company(head) else 0.25) + 0.25 * size - 0.05 * n + (_FIRST if n == 0 else 0.0)
            if STREET.search(head) or any(c.isdigit() for c in head):
                score -= 0.5
            if score > 0.1:
                stands_over = UNDER_NAME if supplier and line.kind is PageKind.PAPER and _is_over_town(view, n, part) else 0.0
                yield Name(_with_form_below(view, line.index, tokens), score + stands_over)


def _begins_with_label(part: Segment) -> bool:
    """True for a label; not for a word that begins a name: "Le Four", "De Haven", "Department of Public Works"."""
    label = label_at(part.tokens, 0)
    if label is None or label.colon or label.end == len(part.tokens):
        return label is not None
    return len(label.text) > _ARTICLE and part.tokens[label.end].text not in _OF


def _ends_sentence(text: str) -> bool:
    """True for a text that ends with a full stop, a colon or a question mark; not for a short form: "Brack & Co. e. K."."""
    last = text.rpartition(" ")[2]
    return text.endswith((":", "?")) or (text.endswith(".") and "." not in last[:-1] and len(last) > _SHORT_FORM)


def _is_over_town(view: View, n: int, part: Segment) -> bool:
    """True for a name with a street and a town below it, set left, right or centred."""
    under = [s for line in view.top[n + 1 : n + 4] for s in line.segments if s.left < part.right and part.left < s.right]
    return bool(under) and not is_label(under[0]) and any(POSTAL.search(s.text) for s in under)


def _with_form_below(view: View, index: int, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name with its legal form where that stands alone right below it, or with its second line right below it,
    where the paper names the firm with both elsewhere."""
    at = next(i for i, x in enumerate(view.lines) if x.index == index)
    left = tokens[0].left
    under = block(view.lines, at + 1, left - 0.3, left + 0.3, Rules(), longest=1)
    alone = under and is_legal_form(under[0].text) and under[0].top - tokens[0].bottom < 1
    return (*tokens, *under[0].tokens) if alone or (under and _goes_on(view, tokens, under[0])) else tokens


def _goes_on(view: View, tokens: tuple[Token, ...], under: Segment) -> bool:
    height = tokens[0].bottom - tokens[0].top
    alike = abs(under.height - height) < _ALIKE * height or not is_company(text_of(tokens))
    if not alike or says_again(tokens, under.tokens) or under.top - tokens[0].bottom > height or is_label(under):
        return False
    if view.lines[0].kind is not PageKind.PAPER:
        return False
    both = (*fold(text_of(tokens)), *fold(under.tokens[0].text))
    return any(contains(fold(s.text), both) for line in view.all_lines for s in line.segments)

"""What a paper is for: its title first, then what it says, asks for and lists, and whose letterhead it bears.

Each cue adds its weight to a kind; the heaviest kind wins, and the words that spoke for it are the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp

from extraction.fields.kind_words import COMMON_TITLES, NUMBER_WORDS, Phrase, cues, titles
from extraction.fields.view import View
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import contains, fold, heard
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.reading import DocumentType

_SAYS, _LABEL, _COLUMN, _STAMP, _LETTERHEAD = 1.2, 0.5, 0.8, 2.6, 0.5       # a stamp overrules a title
_ASIDE = 0.6                  # "your order": the writer sells
_SUBJECT = 0.4                # "Order 4711" as a subject: whatever is written about the order
_BELOW = 0.3                  # a title below the goods
_IN_PASSING = 0.45            # a title's words in the middle of a sentence
_LISTS = 0.5                  # a paper with lines and nothing else that tells is an order, unsurely
_AGAIN = 0.4                  # how much the second cue of one sort adds; further ones add nothing
_HEARD = 90                   # lines that are listened to; below them stand terms
_SENTENCE = 4                 # words around a title from which on it stands in a sentence
_TOLD = 3                     # cues that are named as evidence
_OURS = (DocumentType.ORDER_CONFIRMATION, DocumentType.DELIVERY_NOTE, DocumentType.INVOICE)


@dataclass(frozen=True, slots=True)
class _Cue:
    kind: DocumentType
    sort: str
    weight: float
    tokens: tuple[Token, ...]
    words: str


def document_type(view: View, *, has_lines: bool) -> Found[DocumentType]:
    """The kind with the heaviest cues. Its evidence is the words that decided, and a note names them."""
    found_cues = list(_cues(view))
    scores = {kind: _score([c for c in found_cues if c.kind is kind]) for kind in DocumentType}
    if has_lines:
        scores[DocumentType.PURCHASE_ORDER] += _LISTS
    best, second = sorted(scores, key=lambda k: -scores[k])[:2]
    if scores[best] <= 0:
        return Found(DocumentType.OTHER, 0.6, Evidence(Origin.COMPUTED, note="no title, no lines"))
    told = _told(found_cues, best)
    if not told:
        return Found(best, 0.6, Evidence(Origin.COMPUTED, note="no title; from order lines"))
    sure = 0.5 + 0.48 * (1 - exp(-1.2 * (scores[best] - scores[second])))
    got = found(best, [t for cue in told for t in cue.tokens], sure)
    return replace(got, evidence=replace(got.evidence, note="; ".join(dict.fromkeys(map(_spoken, told)))))


def _spoken(cue: _Cue) -> str:
    return f"{cue.sort}: “{cue.words}”"


def _score(found_cues: Sequence[_Cue]) -> float:
    """The sum over the sorts of cue: the heaviest of each, and a part of the next that uses other words."""
    total = 0.0
    for sort in {c.sort for c in found_cues}:
        by_words: dict[str, float] = {}
        for cue in found_cues:
            if cue.sort == sort:
                by_words[cue.words] = max(cue.weight, by_words.get(cue.words, 0.0))
        first, *rest = sorted(by_words.values(), reverse=True)
        total += first + (0.0 if sort == "title" else _AGAIN * sum(rest[:1]))
    return total


def _told(found_cues: Sequence[_Cue], kind: DocumentType) -> tuple[_Cue, ...]:
    ranked = sorted((c for c in found_cues if c.kind is kind), key=lambda c: -c.weight)
    first = {cue.words: cue for cue in reversed(ranked)}
    return tuple(sorted(first.values(), key=lambda c: -c.weight))[:_TOLD]


def _cues(view: View) -> Iterable[_Cue]:
    yield from _titles(view)
    yield from _sayings(view)
    yield from _labels_and_stamps(view)
    yield from _columns(view)
    yield from _letterhead(view)


def _titles(view: View) -> Iterable[_Cue]:
    for phrase in heard(fold(view.context.subject or ""), titles()):
        common = " ".join(phrase) in COMMON_TITLES
        yield _Cue(titles()[phrase], "subject", (_SUBJECT if common else 0.9) + 0.1 * len(phrase), (), " ".join(phrase))
    outside = {line.index for line in view.lines}
    table = next((line.index for line in view.all_lines if line.index not in outside), None)
    for n, line in enumerate(view.top):
        is_below = table is not None and line.index > table        # heads an address there: "Delivery | Invoice"
        for part in line.segments:
            for cue in _segment_titles(part, line, n):
                yield replace(cue, weight=cue.weight * _BELOW) if is_below else cue
    if view.lines and view.lines[0].kind is PageKind.TEXT:
        for n, line in enumerate(view.lines[:40]):
            words = fold(line.text)
            for phrase in heard(words, titles()):
                if len(phrase) > 1:
                    free = len(words) <= len(phrase) + _SENTENCE and words[: len(phrase)] == phrase
                    weight = (1.0 if free else _IN_PASSING) + 0.1 * len(phrase) - 0.01 * n
                    yield _Cue(titles()[phrase], "title", weight, line.tokens, " ".join(phrase))


def _segment_titles(part: Segment, line: Line, n: int) -> Iterable[_Cue]:
    words = fold(part.text)
    for phrase in heard(words, titles()):
        starts = words[: len(phrase)] == phrase
        whole = len(words) == len(phrase)
        rest = [t for t in part.tokens if not any(c.isdigit() for c in t.text)]
        numbered = starts and len(fold(" ".join(t.text for t in rest))) <= len(phrase) + 2
        common = " ".join(phrase) in COMMON_TITLES
        passing = len(phrase) > 1 and len(words) <= 9 and not common and line.kind is not PageKind.TEXT
        if not (whole or numbered or passing):
            continue
        behind = words[len(phrase) : len(phrase) + 1]
        label = part.text.rstrip().endswith(":") or (starts and bool(NUMBER_WORDS & set(behind)))
        size = max(part.height, 0.8) if line.kind is PageKind.PAPER else 1.0
        weight = (1.6 if whole else 1.2 if numbered else 0.7) * min(size, 2.2) * (1 - 0.02 * min(n, 20))
        weight *= (0.5 if label else 1.0) * (0.7 if common else 1.0)
        yield _Cue(titles()[phrase], "title", weight + 0.15 * len(phrase), part.tokens, part.text.strip())


def _sayings(view: View) -> Iterable[_Cue]:
    is_text = bool(view.lines) and view.lines[0].kind is PageKind.TEXT
    for line in view.lines[:_HEARD]:
        words = fold(line.text)
        yield from _heard("words", "says", _SAYS, words, line.tokens)
        if is_text:
            yield from _heard("aside", "asides", _ASIDE, words, line.tokens)
    if view.context.subject:
        words = fold(view.context.subject)
        yield from _heard("subject", "says", _SAYS, words, ())
        yield from _heard("subject", "subjects", _SAYS, words, ())


def _heard(sort: str, role: str, weight: float, words: Phrase, tokens: tuple[Token, ...]) -> Iterable[_Cue]:
    for phrase in heard(words, cues(role)):
        for kind in cues(role)[phrase]:
            yield _Cue(kind, sort, weight, tokens, " ".join(phrase))


def _labels_and_stamps(view: View) -> Iterable[_Cue]:
    labels, stamps = cues("labels"), cues("stamps")
    for line in view.lines[:_HEARD]:
        for part in line.segments:
            words = fold(part.text)
            for phrase in heard(words, labels):
                if words[: len(phrase)] == phrase and len(words) <= len(phrase) + _SENTENCE:
                    for kind in labels[phrase]:
                        yield _Cue(kind, "label", _LABEL, part.tokens, " ".join(phrase))
            if words in stamps and (part.text.isupper() or part.height > 1.3):
                for kind in stamps[words]:
                    yield _Cue(kind, "stamp", _STAMP, part.tokens, part.text.strip())


def _columns(view: View) -> Iterable[_Cue]:
    known = cues("columns")
    outside = {line.index for line in view.lines}
    for line in view.all_lines:
        if line.index in outside or len(line.segments) < 3:
            continue
        for part in line.segments:
            for kind in known.get(fold(part.text), ()):
                yield _Cue(kind, "column", _COLUMN, part.tokens, part.text.strip())


def _letterhead(view: View) -> Iterable[_Cue]:
    """Our own name at the very top: we wrote it, and we write no orders to ourselves."""
    names = [name for text in view.context.own_names if (name := fold(text))]
    if not names or not view.top or view.top[0].kind is not PageKind.PAPER:
        return
    for line in view.top[:2]:
        for part in line.segments:
            if part.height > 1.2 and any(contains(fold(part.text), name) for name in names):
                for kind in _OURS:
                    yield _Cue(kind, "letterhead", _LETTERHEAD, part.tokens, part.text.strip())

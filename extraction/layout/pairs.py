"""Labels and the values they may own: beside them on the line, or below them in the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import Label, after_number, fields_of, label_at, labels_in

FAR = 32.0
"""Ems beyond which a value does not belong to a label on the same line any more."""

NEAR_BELOW = 1.6
"""Ems of white between a label and the value under it."""

_BOXES = 3               # labels of a row of boxes, at least
_PARTIES = frozenset({"buyer_name", "supplier_name", "ship_to", "bill_to"})
_ACCOUNT = re.compile(r"[(#]?[A-Z]{0,3}-?\d[\d-]*\)?")


@dataclass(frozen=True, slots=True)
class Pair:
    """One label with the words that may be its value; either may be empty.

    `clear` is True when a colon or white space sets the label apart; without it the value's shape must prove the pair.
    """

    label: Label
    segment: Segment
    clear: bool
    beside: tuple[Token, ...]
    below: tuple[Token, ...]

    @property
    def first(self) -> str:
        """The field the wording names most often."""
        return self.label.fields[0]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The label's own words."""
        return self.segment.tokens[self.label.start : self.label.end]


def pairs(lines: Sequence[Line]) -> tuple[Pair, ...]:
    """Every label of the lines with its possible values."""
    return tuple(p for i, line in enumerate(lines) for s, _ in enumerate(line.segments) for p in _segment_pairs(lines, i, s))


def is_label(segment: Segment) -> bool:
    """True when the segment begins with a label that a colon or its own end sets apart."""
    if segment.text.endswith(":"):
        return True
    label = label_at(segment.tokens, after_number(segment.tokens))
    return bool(label and (label.colon or label.end == len(segment.tokens)))


def _segment_pairs(lines: Sequence[Line], i: int, s: int) -> Iterable[Pair]:
    part = lines[i].segments[s]
    tokens = part.tokens
    labels = labels_in(tokens)
    stops = [x.start for x in labels if x.colon] + [len(tokens)]
    for label in _both_languages(labels, tokens):
        stop = min(x for x in stops if x >= label.end)
        beside = _strip_colon(tokens[label.end : stop])
        if beside and beside[0].text.startswith("/") and not label.colon:
            beside = ()  # the label goes on in a second language
        alone = not beside and stop == len(tokens)
        numbered = stop == len(tokens) and names_account(label, beside)
        clear = label.colon or ((alone or numbered) and label.start == after_number(tokens))
        below: tuple[Token, ...] = _under(lines, i, part, label) if numbered else ()
        if alone:
            beside = _right_of(lines, i, s)
            below = _under(lines, i, part, label)
        if beside or below or clear:
            yield Pair(label, part, clear, beside, below)


def names_account(label: Label, value: Sequence[Token]) -> bool:
    """True for a party's number beside the label that heads its address: "VENDOR (0007721)"."""
    return bool(set(label.fields) & _PARTIES) and len(value) == 1 and bool(_ACCOUNT.fullmatch(value[0].text))


def _both_languages(labels: Sequence[Label], tokens: Sequence[Token]) -> Iterable[Label]:
    """Two wordings of one label, "Data Doc / Doc date:", become one that spans both."""
    i = 0
    while i < len(labels):
        label = labels[i]
        if (
            i + 1 < len(labels)
            and not label.colon
            and _only_slash(tokens[label.end : labels[i + 1].start], tokens[label.end - 1])
        ):
            other = labels[i + 1]
            shared = tuple(f for f in label.fields if f in other.fields) or label.fields
            label = Label(shared, label.start, other.end, label.text, other.colon)
            i += 1
        yield label
        i += 1


def _only_slash(between: Sequence[Token], last: Token) -> bool:
    text = " ".join(t.text for t in between)
    return text == "/" or (not text and last.text.endswith("/"))


def _strip_colon(tokens: Sequence[Token]) -> tuple[Token, ...]:
    rest = tuple(tokens)
    while rest and (rest[0].text in {":", "-", "=", "–"} or not rest[0].text.strip("._…·")):
        rest = rest[1:]
    return rest


def _right_of(lines: Sequence[Line], i: int, s: int) -> tuple[Token, ...]:
    """The next segment on the line, unless it is a label itself or stands under one; a colon on its own is passed over."""
    line, at = lines[i], lines[i].segments[s]
    for part in line.segments[s + 1 :]:
        rest = _strip_colon(part.tokens)
        if not rest:
            continue
        if part.left - at.right > FAR or is_label(part) or _has_label_above(lines, i, part):
            return ()
        return _until_label(rest)
    return ()


def _has_label_above(lines: Sequence[Line], i: int, part: Segment) -> bool:
    """True when a label without a value of its own stands right over the segment."""
    if i == 0 or lines[i - 1].page != lines[i].page or part.top - lines[i - 1].bottom > NEAR_BELOW / 2:
        return False
    over = [s for s in lines[i - 1].segments if s.left < part.right and part.left < s.right]
    return (
        len(over) == 1
        and over[0] is lines[i - 1].segments[-1]
        and bool(fields_of(over[0].text))
        and abs(over[0].left - part.left) < 3
    )


def _until_label(tokens: Sequence[Token]) -> tuple[Token, ...]:
    for label in labels_in(tokens):
        if label.colon:
            return tuple(tokens[: label.start])
    return tuple(tokens)


def _under(lines: Sequence[Line], i: int, part: Segment, label: Label) -> tuple[Token, ...]:
    """The nearest segment that overlaps the label from below, unless it is a label itself."""
    left, right = part.tokens[label.start].left, part.right
    for line in lines[i + 1 : i + 4]:
        if line.page != lines[i].page or line.top - part.bottom > NEAR_BELOW:
            break
        over = [s for s in line.segments if s.left < right + 0.3 and s.right > left - 0.3]
        if over:
            best = max(over, key=lambda s: min(s.right, right) - max(s.left, left))
            if set(fields_of(best.text)) & set(label.fields):
                part = best  # the same label in a second language
                continue
            return () if is_label(best) or fields_of(best.text) else best.tokens
        if same := _same_place(lines[i], line, part):
            return same.tokens
    return ()


def _same_place(labels: Line, below: Line, part: Segment) -> Segment | None:
    """The value of a label in a row of boxes: as many values stand below as there are labels, each in the place of its own."""
    if len(labels.segments) < _BOXES or len(labels.segments) != len(below.segments) or any(map(is_label, below.segments)):
        return None
    if 2 * sum(map(is_label, labels.segments)) <= len(labels.segments):
        return None
    value = below.segments[labels.segments.index(part)]
    return value if value.left > part.left else None

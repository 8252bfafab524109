"""What an answer takes of the goods that were quoted, by the numbers of their lines: "items 1 and 3, item 2 thirty"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Token
from extraction.lines.prose.counts import Count, count_at
from extraction.lines.prose.elsewhere import is_day
from extraction.lines.prose.passages import passages, sentences
from extraction.lines.prose.speech import Speech, folded
from models.domain.reading import ReadingLine

_SURE = 0.85
_NUMBER = re.compile(r"^#?(\d{1,3})[.,;:!?)]*$")
_RANGE = re.compile(r"^(\d{1,3})[-–](\d{1,3})[.,;:!?)]*$")
_LEADS = re.compile(r"^\W*(?:[^\W\d]{2,9}\W{1,3})?(\d{1,3})\b(?![.,/]\d)")      # "> 1. Hinge", "Pos. 2: hinge"
_NEAR = 4                      # words between a line's number and how many of it are wanted
_JUST = 3                      # words before the next line's number that are about that one
_TAKES = ("command", "polite", "agreed", "modal")


@dataclass(frozen=True, slots=True)
class Answer:
    """The quoted lines that are taken, as changed, and the indexes of the text lines that say so."""

    lines: tuple[ReadingLine, ...]
    said_in: frozenset[int]
    said: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Lines that a few words name: taken, left out, or in another quantity."""

    numbers: tuple[int, ...]
    count: Count | None = None
    left_out: bool = False


def answered(new: Sequence[Line], quoted: Mapping[int, ReadingLine], speech: Speech) -> Answer | None:
    """What `new` lines take of the goods `quoted` by number; None when they name none of them, ask about them, or do not say that
    they are wanted. Who only changes or leaves out some takes the others as quoted."""
    wishes: list[_Wish] = []
    said_in: set[int] = set()
    said: list[Token] = []
    takes = False
    for passage in passages(new, speech):
        for words in sentences(passage.tokens, speech):
            here = tuple(_wishes(words, speech))
            plain = folded(words)
            takes = takes or any(speech.holds(plain, role) for role in _TAKES)
            if not here:
                continue
            if words[-1].text.endswith("?") and not any(speech.holds(plain, role) for role in ("command", "modal")):
                return None
            wishes += here
            said_in |= set(range(passage.first, passage.last + 1))
            said += words
    if not takes or not wishes or not all(n in quoted for wish in wishes for n in wish.numbers):
        return None
    lines = tuple(_wanted(wishes, quoted))
    return Answer(lines, frozenset(said_in), tuple(said)) if lines else None


def numbered_goods(goods: Sequence[tuple[str, ReadingLine]]) -> Mapping[int, ReadingLine]:
    """Quoted goods by the numbers that their text lines begin with or that were read as theirs; in printed order where those do
    not count. `goods` are (text of the line, what was read)."""
    own = [_own_number(text, line) for text, line in goods]
    numbers = [n for n in own if n is not None]
    is_told = len(numbers) == len(goods) == len(set(numbers)) and numbers == sorted(numbers)
    return {n if is_told and n is not None else at: line for at, (n, (_, line)) in enumerate(zip(own, goods, strict=True), 1)}


def _own_number(text: str, line: ReadingLine) -> int | None:
    if line.line_no and (bare := line.line_no.value.strip(" .:)#")).isdecimal():
        return int(bare)
    match = _LEADS.match(text)
    if match is None:
        return None
    is_marked = text[match.end() : match.end() + 1] in {".", ")", ":"}
    is_count = line.quantity is not None and str(line.quantity.value) == match[1] and not is_marked
    return None if is_count else int(match[1])


def _wishes(words: tuple[Token, ...], speech: Speech) -> Iterable[_Wish]:
    """What a sentence says about each line it names."""
    named = list(_named(words, speech))
    ends = [*(start for start, *_ in named[1:]), len(words)][: len(named)]
    begin = 0
    for n, ((start, behind, numbers), end) in enumerate(zip(named, ends, strict=True)):
        own = end if n == len(named) - 1 else max(behind, end - _JUST)       # "items 1 and 2, but not item 3"
        before, after = words[max(begin, start - _JUST) : start], words[behind:own]
        is_other = bool(after) and _NUMBER.match(after[-1].text) is not None        # "1 and 2 but not 3"
        left_out = speech.holds(folded(before), "not") or (speech.holds(folded(after), "not") and not is_other)
        count = _count(words, start, behind, end, speech) if len(numbers) == 1 else None
        yield _Wish(numbers, count, left_out)
        begin = behind


def _named(words: tuple[Token, ...], speech: Speech) -> Iterable[tuple[int, int, tuple[int, ...]]]:
    """Where the numbers of lines are named: the first word of that, the first behind it, and the numbers."""
    at = 0
    while at < len(words):
        size = speech.spans(words, "quoted_line", at)
        numbers, end = _numbers(words, at + size, speech) if size else ((), at)
        if numbers:
            yield at, end, numbers
        at = end if numbers else at + 1


def _numbers(words: tuple[Token, ...], at: int, speech: Speech) -> tuple[tuple[int, ...], int]:
    """The numbers of "1, 2 and 4-6" and where they end."""
    out: list[int] = []
    while at < len(words):
        joint = speech.spans(words, "and", at) if out else 0
        if at + joint >= len(words):
            break
        text = words[at + joint].text
        if between := _RANGE.match(text):
            out += range(int(between[1]), int(between[2]) + 1)
        elif match := _NUMBER.match(text):
            out.append(int(match[1]))
        else:
            break
        at += joint + 1
        if text[-1] in ".;:!?)" or (not text.endswith(",") and not speech.spans(words, "and", at)):
            break
    return tuple(out), at


def _count(words: tuple[Token, ...], start: int, behind: int, end: int, speech: Speech) -> Count | None:
    """How many are wanted of the line named by words[start:behind]: "item 2: 30 pcs", "make item 2 thirty", "8 of item 2"."""
    if start > 1 and speech.spans(words, "of", start - 1):
        for at in range(max(0, start - 1 - _NEAR), start - 1):
            if (count := count_at(words, at, speech)) and at + count.size == start - 1 and _counts(words, at, count, speech):
                return count
    for at in range(behind, min(end, behind + _NEAR)):
        if count := count_at(words, at, speech):
            return count if _counts(words, at, count, speech) else None
        if words[at].text[-1] in ",;.":
            break
    return None


def _counts(words: tuple[Token, ...], at: int, count: Count, speech: Speech) -> bool:
    is_plain = count.value is not None and not count.is_sized
    return is_plain and not speech.spans(words, "no_count", max(at - 1, 0)) and not is_day(words[at:], speech)


def _wanted(wishes: Sequence[_Wish], quoted: Mapping[int, ReadingLine]) -> Iterable[ReadingLine]:
    """The lines taken, in the order in which they were quoted."""
    is_chosen = any(not wish.left_out and wish.count is None for wish in wishes)
    for number, line in quoted.items():
        wish = next((w for w in reversed(wishes) if number in w.numbers), None)
        if wish is None and is_chosen:
            continue
        if wish is None or not (wish.left_out or wish.count):
            yield line
        elif (count := wish.count) and (value := count.value) is not None and not wish.left_out:
            unit = found(count.unit_text, count.unit, _SURE) if count.unit_text else line.uom
            yield replace(line, quantity=found(value, count.tokens, _SURE), uom=unit, amount=None)

"""The words of a row that are no numbers: its description, codes in or under it, comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.layout.geometry import Token
from extraction.layout.labels import COLUMN, label_at
from extraction.lines.bounds import CENTRED
from extraction.lines.cells import is_plain_number
from extraction.lines.codes import CODES, labelled_code, take_code
from extraction.lines.rows import Kinds, Row, RowLine, cell, is_aside
from extraction.lines.titles import kinds_of
from extraction.lines.units import is_unit
from extraction.lines.values import is_code
from models.domain.evidence import PageKind

_HOURS = re.compile(r"^\d{1,2}[:.h]\d{2}[-–]\d{1,2}[:.h]\d{2}")
_NOTHING = frozenset({"-", "–", "—", "."})


@dataclass(frozen=True, slots=True)
class Reach:
    """How far right the texts of a table reach, and how wide the widest is, in ems; `seconds` where every row has a second line
    of text under its first, which says what the item is."""

    edge: float
    widest: float
    seconds: bool = False


ONE_LINE = Reach(0.0, 0.0)
"""Of texts that stand alone, as on a card."""

_COUNTED = 3  # rows at least that a line number in their texts can be told from
_SENTENCE = 4  # words at least
_LEADS_ON = frozenset({
    "and", "or", "with", "without", "for", "of", "und", "oder", "mit", "ohne", "für", "et", "ou", "avec", "sans", "pour",
    "de", "y", "con", "sin", "para", "en", "met", "zonder", "voor", "van", "e", "senza", "per", "di", "i", "lub", "z", "do"})
"""Words that no text ends with."""
_INDENT = 2.0  # ems by which the lines of one text may begin apart
_ROOM = 9.0  # ems of white behind a text that had room for more words
_BLANK = 0.3  # ems of a blank between words


@dataclass(frozen=True, slots=True)
class Texts:
    """What the texts of one row say. `labelled` are the values of lines like "Your part no.: …" by line field."""

    description: tuple[Token, ...]
    code: tuple[Token, ...]
    labelled: Mapping[str, tuple[Token, ...]]
    comment: tuple[Token, ...]


def leading_numbers(rows: Sequence[Row], kinds: Kinds) -> tuple[Token | None, ...]:
    """The line number that begins the text of each row where no column holds it ("10 KX-4 Hinge"): numbers that rise from
    row to row by a step, which no units follow; all None where the texts begin with other words."""
    none: tuple[Token | None, ...] = (None,) * len(rows)
    if "line_no" in kinds.values() or len(rows) < _COUNTED:
        return none
    firsts = [next((words for part in row.lines if (words := _words(part, row, kinds))), ()) for row in rows]
    if not all(len(words) > 1 and words[0].text.isdecimal() and not is_unit(words[1].text) for words in firsts):
        return none
    counted = [int(words[0].text) for words in firsts]
    step = counted[1] - counted[0]
    rises = counted[0] in {1, step} and all(b - a == step > 0 for a, b in pairwise(counted))
    return tuple(words[0] for words in firsts) if rises else none


def read_texts(row: Row, kinds: Kinds, reach: Reach, known_codes: frozenset[str], number: Token | None = None) -> Texts:
    """Sort the texts of a row. `reach` is how far texts of the table reach: a line that ends well before was not wrapped, so
    what follows is a remark. `number` is the line number that begins the text, if any."""
    labelled: dict[str, tuple[Token, ...]] = {}
    comment: list[Token] = []
    lines: list[tuple[Token, ...]] = []
    above = 0
    is_inner = False                                    # below the titles of a table within the row
    for part in row.lines:
        named = _labelled(part) if part is not row.anchor else None
        if named and named[0] in (*CODES, "requested_date") and named[0] not in labelled:
            labelled[named[0]] = named[1]
        elif named or (part is not row.anchor and is_aside(part.line.tokens)):
            comment += part.line.tokens
        elif is_inner or (part is not row.anchor and _is_titles(part)):
            is_inner = is_inner or part.line.index > row.anchor.line.index
        elif words := tuple(t for t in _words(part, row, kinds) if t is not number):
            if not lines and part.line.index > row.anchor.line.index and is_sentence(words):
                comment += words                        # below a row without a text of its own
                continue
            text, remark = _until_sentence(words)
            lines.append(text)
            comment += remark
            above += part.line.index < row.anchor.line.index
    first = _first_of_last_text(lines[:above], reach)
    comment += [t for words in lines[:first] for t in words]
    lines = lines[first:]
    code: tuple[Token, ...] = ()
    if lines and not any(cell(row.anchor.cells, kinds, k) for k in CODES):
        if told := labelled_code(lines):
            labelled.setdefault(told.field, told.code)
            lines = told.rest
        else:
            code, lines = take_code(lines, known_codes)
    wrapped = max(_wrapped(lines, reach, _room(lines, row.anchor)), _beside(lines, row.anchor))
    comment += [t for words in lines[wrapped:] for t in words]
    return Texts(tuple(t for words in lines[:wrapped] for t in words), code, labelled, tuple(comment))


def text_reach(rows: Sequence[Row], kinds: Kinds) -> Reach:
    """How far the texts of a table reach, and whether all of them have a second line."""
    of_rows = [[words for part in row.lines if (words := _words(part, row, kinds))] for row in rows]
    texts = [words for own in of_rows for words in own]
    widest = max((t[-1].right - t[0].left for t in texts), default=0.0)
    seconds = len(rows) >= _COUNTED and all(len(own) > 1 and not _is_said(own[1]) for own in of_rows)
    return Reach(max((t[-1].right for t in texts), default=0.0), widest, seconds)


def _is_said(words: Sequence[Token]) -> bool:
    """True for a line that no text of an item is: a sentence, a remark, a label with its value."""
    return is_sentence(words) or is_aside(words) or any(t.text.endswith(":") for t in words)


def _first_of_last_text(lines: Sequence[tuple[Token, ...]], reach: Reach) -> int:
    """Where the text right above an anchor begins: remarks of the row before may stand over it. A code line belongs to it."""
    start = max(len(lines) - 1, 0)
    while start and (_is_full(lines[start - 1], lines[start], reach) or is_code(" ".join(t.text for t in lines[start - 1]))):
        start -= 1
    return start


def _is_full(line: Sequence[Token], following: Sequence[Token], reach: Reach) -> bool:
    """True when the first word of the next line had no room on this one. Texts that are even on the right, or centred, end at
    the same place however short they are."""
    more = _BLANK + (following[0].right - following[0].left)
    wide = line[-1].right - line[0].left + more
    return line[-1].right + more >= reach.edge - _BLANK and wide >= reach.widest - _INDENT


def _room(lines: Sequence[tuple[Token, ...]], anchor: RowLine) -> float:
    """The ems of white behind the first of these lines up to the next cell of its row; 0 where it stands in no row of cells."""
    if not lines:
        return 0.0
    last = lines[0][-1]
    behind = [t.left for t in anchor.line.tokens if t.left > last.right] if any(t is last for t in anchor.line.tokens) else []
    return min(behind) - last.right if behind else 0.0


def _wrapped(lines: Sequence[tuple[Token, ...]], reach: Reach, room: float) -> int:
    """How many of the lines are one text: each but the last is so full that the next word had no room on it, or breaks off.
    `room` is the white behind the first: where it is wide, that line was not full, however short the others are."""
    for n in range(len(lines) - 1):
        if lines[n][0].kind is PageKind.SHEET:
            return n + 1
        goes_on = _goes_on(lines[n], lines[n + 1]) or (n == 0 and reach.seconds)
        is_wide = n == 0 and room > _ROOM + lines[1][0].right - lines[1][0].left
        if not goes_on and (is_wide or is_sentence(lines[n + 1]) or not _is_full(lines[n], lines[n + 1], reach)):
            return n + 1
    return len(lines)


def is_sentence(words: Sequence[Token]) -> bool:
    """True for a line that says something about the order rather than what an item is: "Quote our number on all papers."."""
    last = words[-1].text
    if last[-1] == "." and words[0].text[0].isupper() and _HOURS.search(last):
        return True                                   # "Goods in Mon–Thu 7:00–15:30."
    letters = sum(c.isalpha() for t in words for c in t.text)
    return (
        len(words) >= _SENTENCE and words[0].text[0].isupper() and last[-1] == "." and last[:-1].isalpha() and len(last) > 3
        and 2 * letters > sum(len(t.text) for t in words))


def _until_sentence(words: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """The text of a cell that holds several printed lines, and what follows from the first sentence on."""
    breaks = [n for n in range(1, len(words)) if words[n].top >= words[n - 1].bottom]
    for start, end in pairwise((*breaks, len(words))):
        if is_sentence(words[start:end]) and not _goes_on(words[:start], words[start:end]):
            return words[:start], words[start:]
    return words, ()


def _beside(lines: Sequence[tuple[Token, ...]], anchor: RowLine) -> int:
    """How many lines stand beside the numbers of their row, from above: numbers are centred beside the whole text only."""
    top, bottom = anchor.line.top, anchor.line.bottom
    if not lines or lines[0][0].top >= top:
        return 0
    return sum(min(w[0].bottom, bottom) - max(w[0].top, top) > CENTRED for w in lines)


def _goes_on(line: Sequence[Token], following: Sequence[Token]) -> bool:
    """True when the next line, right under this one, goes on in the middle of a phrase: behind a comma, an open bracket or a
    word that joins two. A lower-case word below proves nothing: remarks begin with them too."""
    if abs(following[0].left - line[0].left) > _BLANK:
        return False
    text = " ".join(t.text for t in line)
    return text[-1] in ",&+(" or text.count("(") > text.count(")") or line[-1].text in _LEADS_ON


def _words(part: RowLine, row: Row, kinds: Kinds) -> tuple[Token, ...]:
    """The text of one line of the row; under the anchor, words under a code or untitled column count too."""
    words = cell(part.cells, kinds, "description")
    if part is row.anchor:
        return () if _says_revision(words) else _without_numbers(words, part)
    has_code = any(kinds.get(c) in CODES and is_code(" ".join(t.text for t in ts)) for c, ts in part.cells.items())
    if words and has_code:
        return words
    column = {id(t): kinds.get(c) for c, ts in part.cells.items() for t in ts}
    texty = {None, "description", "line_no", *CODES}
    no_text_column = "description" not in kinds.values()
    parts = [s for s in part.line.segments if no_text_column or column.get(id(s.tokens[0])) in texty]
    telling = any(c.isalpha() for s in parts for c in s.text) or any(len(s.text) > 3 for s in parts)
    return tuple(t for s in parts for t in s.tokens) if telling else ()      # else the number of an empty row


def _says_revision(words: Sequence[Token]) -> bool:
    """True for a text that says no more than a revision: "Rev: C"."""
    label = label_at(words, 0, columns=True) if words else None
    return bool(label and f"{COLUMN}revision" in label.fields and len([t for t in words[label.end :] if t.text != ":"]) <= 1)


def _without_numbers(words: tuple[Token, ...], part: RowLine) -> tuple[Token, ...]:
    """The words without the values of columns nobody named, which stand apart behind them: the days of a week."""
    begins = {id(s.tokens[0]) for s in part.line.segments}
    end = len(words)
    while end > 1 and id(words[end - 1]) in begins and (is_plain_number(words[end - 1].text) or words[end - 1].text in _NOTHING):
        end -= 1
    return words[:end] if len(words) - end > 1 else words


def _is_titles(part: RowLine) -> bool:
    """True for the titles of a table within the row, of its deliveries: "Rel.   Due Date   Quantity"."""
    titles = [bool(kinds_of(s.tokens)) for s in part.line.segments]
    return len(titles) > 1 and 3 * sum(titles) >= 2 * len(titles) and not any(c.isdigit() for c in part.line.text)


def _labelled(part: RowLine) -> tuple[str, tuple[Token, ...]] | None:
    """The field and value of a line "label: value"; "comment" when the label names no field of a line."""
    tokens = part.line.tokens
    label = label_at(tokens, 0, columns=True) or label_at(tokens, 0)
    if not label:
        return None
    value = tuple(t for t in tokens[label.end :] if t.text != ":")
    kinds = [f.removeprefix(COLUMN) for f in label.fields]
    is_code_alone = len(value) == 1 and set(kinds) & set(CODES) and is_code(value[0].text) and value[0].text[-1].isdigit()
    if not label.colon and not is_code_alone:         # "Item RP-16100"
        return None
    kind = next((k for k in kinds if k in (*CODES, "requested_date")), "comment")
    return (kind, value) if value else None

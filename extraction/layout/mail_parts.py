"""What is new in a mail body, what is quoted, what is signature: every word keeps its place and gets its flag. Pure.

A mail that only passes another on says what the other says, so the inner one is what is new; whose mail it was is told beside
the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby

from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.layout.mail_words import (
    ADDRESS,
    AFTERTHOUGHT,
    CLOSING,
    CONTACT,
    FORWARDED,
    NAME_WROTE,
    ORIGINAL,
    SMALL_PRINT,
    WROTE,
    is_forward,
    is_reply,
    label_of,
)
from models.domain.evidence import PageKind
from models.domain.messages import Envelope
from models.domain.pages import Page, Word, WordFlag

_LONGEST = 5_000               # lines; what has more is a list and no mail
_LOOKED_AT = 400               # characters of a line that are looked at
_NESTING = 20                  # mails passed on in mails passed on
_LETTERS = 50                  # of one body that are told
_SHORT_NOTE = 25               # words above a mail that was passed on; with more the mail below is what was answered
_HEADER_LINES = 12             # a quoted header is not longer, with its wrapped lines
_CONTACT_LINES = 15            # a contact block without a closing above stands in the last lines
_QUANTITY = re.compile(
    r"(?:^|\s)\d+(?:[.,]\d+)?\s*(?:x|×|pcs?|pieces?|ea|each|units?|boxes|box|cartons?|stk|stück|st|karton|paar|pi[eè]ces?|"
    r"unidades?|uds?|cajas?|stuks?|dozen|pezzi|pz|scatole|szt|sztuk|opak)\b\.?(?!\S*@)", re.IGNORECASE)
_HAS_FIGURE = re.compile(r"[\d@]")
_RULED = re.compile(r"^[-_=*~]{5,}$")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_WRAPPED_ADDRESSES = re.compile(r"@.*[;,>]\s*$")
_QUOTED = frozenset({WordFlag.QUOTED})
_SIGNATURE = frozenset({WordFlag.SIGNATURE})


@dataclass(slots=True)
class _Row:
    """One line of the body as people read it, without the signs of quoting in front."""

    words: list[tuple[int, int]]           # (page, index of the word)
    text: str
    depth: int                             # how often it is quoted
    flags: set[WordFlag] = field(default_factory=set)


def mark_mail(pages: Sequence[Page], subject: str | None) -> tuple[tuple[Page, ...], tuple[Envelope, ...]]:
    """The pages with QUOTED and SIGNATURE on the words they hold for, and the mails quoted or passed on, the latest first.

    Pages of other kinds than TEXT stay as they are. `subject` is the mail's own; it tells an answer from a forward.
    """
    texts = [(number, page) for number, page in enumerate(pages) if page.kind is PageKind.TEXT]
    if sum(len({word.box[1] for word in page.words}) for _, page in texts) > _LONGEST:
        return tuple(pages), ()
    rows = [row for number, page in texts for row in _rows(number, page)]
    if not rows:
        return tuple(pages), ()
    marker = _Marker()
    marker.section(rows, subject, min(row.depth for row in rows))
    flags = {place: row.flags for row in rows for place in row.words}
    marked = tuple(
        replace(page, words=tuple(_flagged(word, flags.get((number, n))) for n, word in enumerate(page.words)))
        for number, page in enumerate(pages))
    return marked, tuple(dict.fromkeys(marker.letters))[:_LETTERS]


def _flagged(word: Word, flags: set[WordFlag] | None) -> Word:
    """A row's flags replace the quoting that its format saw; the signs of quoting themselves stay quoted."""
    if flags is None or (not word.text.strip("> ") and word.text):
        return word
    kept = (word.flags - _QUOTED) | flags
    return word if kept == word.flags else replace(word, flags=kept)


def _rows(number: int, page: Page) -> Iterable[_Row]:
    ordered = sorted(range(len(page.words)), key=lambda n: (page.words[n].box[1], page.words[n].box[0]))
    for _, indexes in groupby(ordered, key=lambda n: page.words[n].box[1]):
        row = list(indexes)
        seen = [page.words[n] for n in row if page.words[n].seen]
        text = " ".join(w.text for w in seen)[:_LOOKED_AT]
        bare = text.lstrip("> ")
        depth = text[:len(text) - len(bare)].count(">")
        if not depth and seen and all(WordFlag.QUOTED in w.flags for w in seen):
            depth = 1                                       # a block quote has no signs in front
        yield _Row([(number, n) for n in row], bare, depth)


@dataclass(slots=True)
class _Marker:
    """Goes down a body once; each mail found in it is a section of its own."""

    letters: list[Envelope] = field(default_factory=list)

    def section(self, rows: Sequence[_Row], subject: str | None, base: int, nesting: int = 0) -> None:
        """Flag the rows of one mail: what its writer wrote stays, what was quoted deeper than `base` is quoted."""
        new: list[_Row] = []
        answers = is_reply(subject)
        for n, row in enumerate(rows):
            if row.flags:
                continue                                    # the second line of a wrapped attribution
            if FORWARDED.match(row.text) and nesting < _NESTING and not (row.depth > base and answers):
                self._passed_on(rows, n, n + 1, nesting)
                break
            if row.depth > base:
                row.flags |= _QUOTED
                continue
            is_marked = ORIGINAL.match(row.text) is not None
            if is_marked or _is_block(rows, n, is_top=not new):
                if nesting < _NESTING and (is_forward(subject) or (not answers and _count(new) < _SHORT_NOTE)):
                    self._passed_on(rows, n, n + is_marked, nesting)
                else:
                    self._history(rows[n:])
                break
            if (size := _attribution(rows, n)):
                self._note(" ".join(r.text for r in rows[n:n + size]))
                _flag(rows[n:n + size], _QUOTED)
                answers = True
                if not any(r.depth > base for r in rows[n + size:]):
                    self._history(rows[n + size:])
                    break
            else:
                new.append(row)
        while new and _RULED.match(new[-1].text) and new[-1] is not rows[-1]:
            new.pop().flags |= _QUOTED                      # the line that a program drew above the quote
        _sign(new)

    def _passed_on(self, rows: Sequence[_Row], start: int, header: int, nesting: int) -> None:
        """rows[start] says that what follows was passed on: its header is quoted, its text is what is new."""
        end, letter = _block(rows, header)
        _flag(rows[start:end], _QUOTED)
        if letter is not None:
            self.letters.append(letter)
        if end < len(rows):
            self.section(rows[end:], letter.subject if letter else None, rows[end].depth, nesting + 1)

    def _history(self, rows: Sequence[_Row]) -> None:
        """Everything from here on was written before; whose mails they were is noted, and each one's signature."""
        letters: list[tuple[int, int]] = []             # where the header of each begins and ends
        at = 0
        while at < len(rows):
            end, letter = _block(rows, at) if _is_block(rows, at, is_top=at == 0) else (at, None)
            if letter is not None:
                self.letters.append(letter)
                letters.append((at, end))
            at = max(end, at + 1)
        begins, ends = [start for start, _ in letters], [end for _, end in letters]
        for first, last in zip([0, *ends], [*begins, len(rows)], strict=True):
            _sign(rows[first:last])
        _flag(rows, _QUOTED)

    def _note(self, attribution: str) -> None:
        address = ADDRESS.search(attribution)
        if address:
            self.letters.append(Envelope(sender_address=address[0].lower(), sent_at=_moment(attribution)))


def _flag(rows: Iterable[_Row], flags: frozenset[WordFlag]) -> None:
    for row in rows:
        row.flags |= flags


def _count(rows: Iterable[_Row]) -> int:
    """Words a person wrote, without what follows the closing."""
    count = 0
    for row in rows:
        if count and CLOSING.match(row.text):
            break
        count += len(row.text.split())
    return count


def _attribution(rows: Sequence[_Row], n: int) -> int:
    """How many rows the line "On … wrote:" takes here: 0, 1, or 2 and 3 where it was wrapped."""
    if NAME_WROTE.match(rows[n].text) and _HAS_FIGURE.search(rows[n].text):
        return 1
    for size in (1, 2, 3):
        text = " ".join(r.text for r in rows[n:n + size])
        if n + size <= len(rows) and WROTE.match(text) and _HAS_FIGURE.search(text):
            return size
    return 0


def _is_block(rows: Sequence[_Row], n: int, *, is_top: bool) -> bool:
    """True when the header of another mail begins here. A letter may have such lines itself, so it must show an address, or
    below other text a time of day."""
    label = label_of(rows[n].text)
    if label is None or label[0] in ("to", "other"):
        return False
    kinds: set[str] = set()
    shown = ""
    for row in rows[n:n + _HEADER_LINES]:
        label = label_of(row.text)
        if label is None or label[0] in kinds - {"other"}:
            break
        kinds.add(label[0])
        shown += " " + label[1]
    if "from" not in kinds:
        return False
    return (len(kinds) >= 2 and "@" in shown) or (len(kinds) >= 3 and not is_top and _CLOCK.search(shown) is not None)


def _block(rows: Sequence[_Row], n: int) -> tuple[int, Envelope | None]:
    """Where the header that begins at `n` ends, and what it says; (n, None) when there is none."""
    fields: dict[str, str] = {}
    at, last = n, ""
    while at < min(len(rows), n + _HEADER_LINES):
        label = label_of(rows[at].text)
        is_wrapped = label is None and last in ("to", "other") and _WRAPPED_ADDRESSES.search(rows[at].text)
        if not is_wrapped:
            if label is None or (label[0] in fields and label[0] != "other"):
                break
            fields.setdefault(*label)
            last = label[0]
        at += 1
    return (at, _letter(fields)) if "from" in fields else (n, None)


def _letter(fields: dict[str, str]) -> Envelope:
    sender = fields["from"]
    address = ADDRESS.search(sender)
    name = re.split(r"[<\[(]", sender)[0].strip(" \"'*")
    return Envelope(
        subject=fields.get("subject") or None, sender_name=name if name and "@" not in name else None,
        sender_address=address[0].lower() if address else None, sent_at=_moment(fields.get("date", "")))


def _moment(text: str) -> datetime | None:
    """The day a quoted mail was sent, at midnight UTC: programs leave zone and order of the numbers open."""
    found = next(iter(find_dates(text, DateStyle(DateOrder.DAY))), None)
    return datetime(found.value.year, found.value.month, found.value.day, tzinfo=UTC) if found else None


def _sign(rows: Sequence[_Row]) -> None:
    """Flag the closing, what stands below it, and small print; an afterthought or ordered goods below are the letter again."""
    is_below = False
    for n, row in enumerate(rows):
        if (n and CLOSING.match(row.text)) or SMALL_PRINT.search(row.text):
            is_below = True
        elif is_below and (AFTERTHOUGHT.match(row.text) or _QUANTITY.search(row.text)):
            is_below = False
        if is_below:
            row.flags |= _SIGNATURE
    if rows and not is_below:
        _flag(_contacts(rows[-_CONTACT_LINES:]), _SIGNATURE)


def _contacts(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The contact block at the end of a letter that has no closing: from its first telling line on, if there are two."""
    telling = [n for n, row in enumerate(rows) if CONTACT.search(row.text)]
    if len(telling) < 2 or any(_QUANTITY.search(row.text) for row in rows[telling[0]:]):
        return ()
    return rows[telling[0]:]

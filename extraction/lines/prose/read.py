"""Text lines → what they order. A line of a list is read whole; a sentence is cut where another counted thing begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extraction.fields.addresses import says_where
from extraction.fields.dates import find_dates, parse_date
from extraction.fields.names import POSTAL, STREET
from extraction.fields.payment import terms_in
from extraction.fields.said_address import announces_place
from extraction.fields.view import text_of
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import label_at
from extraction.lines.build import Styles
from extraction.lines.prose.changes import changed_line
from extraction.lines.prose.counts import count_at
from extraction.lines.prose.items import Setting, item
from extraction.lines.prose.passages import Passage, numbered, parts, passages, sentences
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.spread import is_slashed, spread
from extraction.lines.prose.stacked import read_stacked
from extraction.lines.prose.words import spoken_in
from extraction.lines.rows import DELIVERIES
from models.domain.reading import ReadingLine

_LINE_NO = re.compile(r"^\d{1,3}[:.)]+$")
_NO_GOODS = frozenset({"ship_to", "bill_to", "payment_terms", "delivery_terms", "vat_id", "carrier"})
_DENIAL = 3                    # words at the front of a list's line that may say that it is not wanted
_SIGN_OFF = 3                  # words at the end of a sentence that may hold its "not"
_TIGHT = 1.1                   # ems between two lines without a blank one between them
_APART = 3.5                   # ems between two lines of one list
_TOLD_BY = 200                 # lines whose words tell the language


@dataclass(frozen=True, slots=True)
class Said:
    """A line that orders something, and the text lines `first`..`last` (indexes) it stands on.

    `alone`: the text lines say nothing but this; else it stands in a sentence with other things.
    """

    first: int
    last: int
    line: ReadingLine
    alone: bool


def read_prose(lines: Sequence[Line], styles: Styles, *, added_only: bool = False) -> tuple[Said, ...]:
    """What the lines of a text order. `added_only`: only sentences that add to an order standing elsewhere ("also 5 KX-4")."""
    stacks = () if added_only else read_stacked(lines, styles)
    out = [Said(stack.first, stack.last, line, alone=True) for stack in stacks for line in stack.lines]
    lines = [x for x in lines if not any(stack.first <= x.index <= stack.last for stack in stacks)]
    speech = speech_of(lines, styles)
    texts = passages(lines, speech)
    running = numbered(texts)
    listed, below = False, 0.0                 # inside a list: after a line that ends in a colon, or after one of its lines
    place = _places(texts)
    for n, passage in enumerate(texts):
        if n in place:
            continue
        listed = listed and passage.top - below < _APART
        bullet = passage.has_bullet or n in running
        found = tuple(_read(passage, speech, listed=listed, bullet=bullet, added_only=added_only))
        out += [Said(passage.first, passage.last, line, alone) for line, alone in found]
        goes_on = listed and (bool(found) or passage.top - below < _TIGHT)
        listed, below = passage.tokens[-1].text.endswith(":") or goes_on or any(a for _, a in found), passage.top
    return tuple(out)


def _places(texts: Sequence[Passage]) -> frozenset[int]:
    """Which passages are an address: those right below one that says where to deliver and ends with a colon, "Ship to:"."""
    found: set[int] = set()
    for n, passage in enumerate(texts):
        if not (passage.tokens[-1].text.endswith(":") and _announces(passage.tokens)):
            continue
        under: list[int] = []
        for m in range(n + 1, len(texts)):
            if texts[m].top - texts[m - 1].top > _TIGHT:
                break
            under.append(m)
        towns = [m for m in under if POSTAL.search(text_of(texts[m].tokens))]
        found |= {m for m in under if towns and m <= towns[-1]}
    return frozenset(found)


def _announces(words: Sequence[Token]) -> bool:
    label = label_at(words, 0)
    return announces_place(text_of(words)) or bool(label and {"ship_to", "bill_to"} & set(label.fields[:1]))


def speech_of(lines: Sequence[Line], styles: Styles) -> Speech:
    """How a text speaks."""
    return Speech(styles, spoken_language(lines))


def spoken_language(lines: Sequence[Line]) -> str | None:
    """ISO 639-1 of the language a text is written in, by its common words; None when they do not tell."""
    return spoken_in(word for line in lines[:_TOLD_BY] for word in folded(line.tokens))


def _read(
    passage: Passage, speech: Speech, *, listed: bool, bullet: bool, added_only: bool
) -> Iterable[tuple[ReadingLine, bool]]:
    """The lines of a passage, each with whether it is all that the passage says."""
    if not _line_number(passage.tokens, speech) and _is_labelled(passage.tokens, speech):
        return
    if says_where(text := text_of(passage.tokens)) or (text.endswith(":") and "@" in text):
        return                                      # where to deliver; "ann@example.com wrote on 3 May:"
    if _is_about_delivery(passage.tokens, speech) or 2 * len(terms_in(passage.tokens, says_so=False)) > len(passage.tokens):
        return                                      # "30 day account"
    words = passage.tokens[1:] if bullet else passage.tokens
    numbered_words, words = words, words[_line_number(words, speech) :]
    plain = folded(words)
    asked = speech.holds(plain, "command")
    by_number = len(numbered_words) > len(words)
    if (by_number or not asked) and not added_only and (changed := changed_line(numbered_words, speech)):
        yield changed, True
        return
    is_list = not (asked or added_only or _is_denied(plain[:_DENIAL], (), speech))
    if is_list and (whole := _whole(words, speech, Setting(bullet, listed))):
        yield from ((line, True) for line in whole)
        return
    for sentence in sentences(words, speech):
        yield from ((line, False) for line in _sentence(sentence, speech, bullet or listed, added_only=added_only))


def _line_number(words: Sequence[Token], speech: Speech) -> int:
    """How many words at the front number the line: "Pos 1:", "No. 2:"."""
    size = speech.spans(words, "line_ref") or speech.spans(words, "count_label") or speech.spans(words, "code_label")
    return size + 1 if size and size + 2 < len(words) and _LINE_NO.match(words[size].text) else 0


def _is_labelled(tokens: Sequence[Token], speech: Speech) -> bool:
    """True for a labelled value: "PO number: 450012", "Delivery: 3 May"."""
    label = label_at(tokens, 0)
    if not label or not label.colon:
        return False
    value = tokens[label.end :]
    if _NO_GOODS & set(label.fields[:1]):
        return True
    return len(value) < 2 or bool(find_dates(" ".join(t.text for t in value), speech.styles.date))


def _is_about_delivery(words: Sequence[Token], speech: Speech) -> bool:
    """True for words that say when and where: "Delivery by 3 May to Mill Lane 7 (open from 9 to 14 h)"."""
    text = text_of(words)
    is_led = words[0].text.strip(":-–").casefold() in DELIVERIES and not speech.holds(folded(words), "command")
    return is_led and bool(find_dates(text, speech.styles.date)) and any(place.search(text) for place in (POSTAL, STREET))


def _whole(words: tuple[Token, ...], speech: Speech, setting: Setting) -> tuple[ReadingLine, ...]:
    """The line of a list; several where each part counts something in units."""
    if len(words) < 2 or _is_date(words, speech) or words[-1].text.endswith("?"):
        return ()
    if several := spread(words, speech, setting):
        return several
    pieces = parts(words, speech, loose=False)
    found = [item(piece, speech, setting if n == 0 else replace(setting, bullet=False)) for n, piece in enumerate(pieces)]
    if all(found):
        return tuple(line for line in found if line)
    one = item(words, speech, setting) if len(pieces) > 1 else None
    return (one,) if one else ()


def _sentence(words: tuple[Token, ...], speech: Speech, listed: bool, *, added_only: bool) -> Iterable[ReadingLine]:
    """What one sentence orders."""
    plain = folded(words)
    at = next((n for n, t in enumerate(words) if is_slashed(t.text) or count_at(words, n, speech)), None)
    if at is None or (added_only and not speech.holds(plain, "also")):
        return
    if changed := changed_line(words, speech):
        yield changed
        return
    before = folded(words[:at])
    asked = speech.holds(plain, "command")
    if _is_denied(before, plain[-_SIGN_OFF:], speech) or _is_question(words, plain, before, speech):
        return
    if not asked and speech.holds(plain, "past"):
        return
    if not (asked or listed or _is_list(words, at, speech)):
        yield from _told_by_goods(words[at:], speech)
        return
    goods = words[max(_behind_command(words[:at], speech), int(_is_lead(words, at))) :]
    while (size := _courtesy(goods, speech)) and size < len(goods) and count_at(goods, 0, speech) is None:
        goods = goods[size:]
    setting = Setting(asked=asked or listed, line=False)
    if several := spread(goods, speech, setting):
        yield from several
        return
    for piece in parts(goods, speech, loose=True):
        if line := item(piece, speech, setting):
            yield line


def _told_by_goods(goods: tuple[Token, ...], speech: Speech) -> tuple[ReadingLine, ...]:
    """The lines of a sentence whose verb we do not know, "pop 200 O-rings and two pcs KX-4 on the lorry": that several things
    are counted in it, each in units or by its code, is proof enough."""
    found = [item(piece, speech, Setting(asked=True, line=False)) for piece in parts(goods, speech, loose=True)]
    lines = tuple(line for line in found if line)
    certain = [line for line in lines if line.uom or line.supplier_sku or line.buyer_sku]
    return lines if len(lines) == len(found) > 1 and certain else ()


def _is_list(words: tuple[Token, ...], at: int, speech: Speech) -> bool:
    """True when a sentence without a command names goods in units, as notes do: "20 boxes of gloves, 3 rolls of tape"."""
    count = count_at(words, at, speech)
    roles = ("the", "and", "also", "more")
    leads = _is_lead(words, at) or all(any(speech.spans(words[:at], role, n) for role in roles) for n in range(at))
    return leads and count is not None and count.is_strong


def _courtesy(goods: tuple[Token, ...], speech: Speech) -> int:
    """How many words at the front say to whom or how, not what: "us", "urgently", "also"."""
    return max(speech.spans(goods, role) for role in ("pronoun", "urgent", "verb", "also"))


def _is_lead(words: Sequence[Token], at: int) -> bool:
    """True when one word with a comma leads to the goods: "Finally, three boxes of gloves"."""
    return at == 1 and words[0].text.endswith(",")


def _is_denied(before: Sequence[str], end: Sequence[str], speech: Speech) -> bool:
    """True when the words before the goods, or the last of the sentence, say that they are not wanted or are old news."""
    return speech.holds(before, "not") or speech.holds(before, "past") or speech.holds(end, "not")


def _is_question(words: Sequence[Token], plain: Sequence[str], before: Sequence[str], speech: Speech) -> bool:
    """True for a question about goods; "could you send us 20?" is none."""
    asks = words[-1].text.endswith("?") and not speech.holds(before, "command")
    return asks or bool(speech.begins(plain, "question"))


def _behind_command(before: Sequence[Token], speech: Speech) -> int:
    """Where the goods begin: behind the last command. "Our order" is none."""
    return max((
        n + size for n in range(len(before))
        if (size := speech.spans(before, "command", n)) and not (n and speech.spans(before[n - 1 : n], "noun_lead"))), default=0)


def _is_date(words: Sequence[Token], speech: Speech) -> bool:
    """True for words that begin with a date: that is no quantity."""
    match = parse_date(" ".join(t.text for t in words[:3]), speech.styles.date)
    if match is None or match.start > 0:
        return False
    return any(abs(match.end - len(" ".join(t.text for t in words[:n]))) <= 1 for n in (1, 2, 3))

"""What stands before the goods of a text line, and which lines are about other things: numbers of lines, headings, labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.fields.dates import find_dates, parse_date
from extraction.fields.names import POSTAL, STREET
from extraction.fields.numbers import currency_in
from extraction.fields.view import text_of
from extraction.layout.geometry import Token
from extraction.layout.labels import label_at
from extraction.lines.prose.codes import SET_APART
from extraction.lines.prose.counts import Count, count_at
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.rows import DELIVERIES

_LINE_NO = re.compile(r"^#?\d{1,3}[:.)/]*$")
_LONGEST_HEADING = 8           # words before the colon of "Please find our order below:"
_NO_GOODS = frozenset({"ship_to", "bill_to", "payment_terms", "delivery_terms", "vat_id", "carrier"})


def line_number(words: Sequence[Token], speech: Speech) -> int:
    """How many words at the front number the line: "Pos 1:", "No. 2:", "line 3 -", "#4", and "5 -" before a count."""
    size = speech.spans(words, "line_ref") or speech.spans(words, "code_label")
    if size + 2 >= len(words) or not _LINE_NO.match(words[size].text):
        return 0
    end = size + 1 + (words[size + 1].text in SET_APART)
    is_marked = end > size + 1 or not words[size].text[-1].isdigit() or words[size].text[0] == "#"
    if size and words[size].text[-1] in ":.)":
        return end
    counts = [count for n in range(end, len(words)) if (count := count_at(words, n, speech))]
    if size:
        return end if counts and speech.spans(words, "line_ref") else 0
    first = count_at(words, end, speech)
    return end if is_marked and first is not None and first.is_strong else 0


def heading(words: Sequence[Token], speech: Speech) -> int:
    """How many words at the front name an order that follows on the same line: "Our order:", "We need the following:"."""
    for n, word in enumerate(words[:_LONGEST_HEADING]):
        if any(c.isdigit() for c in word.text):
            return 0
        if word.text.endswith(":"):
            plain = folded(words[: n + 1])
            is_told = speech.holds(plain, "command") or speech.holds(plain, "heading")
            count = count_at(words, n + 1, speech) if is_told else None
            if count is None or (not count.is_strong and is_loose(word, words[n + 1 + count.size :], count)):
                return 0
            return n + 1
    return 0


def is_loose(before: Token, behind: Sequence[Token], count: Count) -> bool:
    """True for a bare number that counts nothing: "124, 03186 Town", "417-2206", "€ 626,10", "12.50 € net", "(970) 555"."""
    is_whole = count.value is not None and count.value == count.value.to_integral_value() and count.other is None
    is_money = currency_in(before.text) or (behind and currency_in(behind[0].text))
    return count.tokens[-1].text[-1] in ",.;:)" or not is_whole or bool(is_money)


def is_labelled(tokens: Sequence[Token], speech: Speech) -> bool:
    """True for a labelled value: "PO number: 450012", "Delivery: 3 May"."""
    label = label_at(tokens, 0)
    if not label or not label.colon:
        return False
    value = tokens[label.end :]
    if _NO_GOODS & set(label.fields[:1]):
        return True
    return len(value) < 2 or bool(find_dates(" ".join(t.text for t in value), speech.styles.date))


def is_about_delivery(words: Sequence[Token], speech: Speech) -> bool:
    """True for words that say when and where: "Delivery by 3 May to Mill Lane 7 (open from 9 to 14 h)"."""
    text = text_of(words)
    is_led = words[0].text.strip(":-–").casefold() in DELIVERIES and not speech.holds(folded(words), "command")
    return is_led and bool(find_dates(text, speech.styles.date)) and any(place.search(text) for place in (POSTAL, STREET))


def unjoined(words: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """The words without those that only lead from one thing to the next: "then 10 packs", "oh and a dozen"."""
    at = 0
    while at < len(words) and not count_at(words, at, speech):
        size = max(speech.spans(words, role, at) for role in ("and", "also", "next"))
        if not size:
            return words
        at += size
    return words[at:] if at < len(words) else words


def is_date(words: Sequence[Token], speech: Speech) -> bool:
    """True for words that begin with a date: that is no quantity."""
    match = parse_date(" ".join(t.text for t in words[:3]), speech.styles.date)
    if match is None or match.start > 0:
        return False
    return any(abs(match.end - len(" ".join(t.text for t in words[:n]))) <= 1 for n in (1, 2, 3))

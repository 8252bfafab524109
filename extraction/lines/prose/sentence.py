"""What one sentence orders: where its goods begin, and whether it asks for them at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extraction.fields.addresses import says_where
from extraction.fields.view import text_of
from extraction.layout.geometry import Token
from extraction.layout.labels import label_at
from extraction.lines.prose.changes import changed_line
from extraction.lines.prose.codes import AROUND, SET_APART
from extraction.lines.prose.counts import count_at
from extraction.lines.prose.elsewhere import is_day
from extraction.lines.prose.items import item
from extraction.lines.prose.leads import is_labelled, is_loose
from extraction.lines.prose.naming import names_goods
from extraction.lines.prose.passages import parts
from extraction.lines.prose.speech import Setting, Speech, folded
from extraction.lines.prose.spread import is_slashed, spread
from extraction.lines.values import is_code
from models.domain.reading import ReadingLine

_TURN = 5                      # words from a command behind the goods to how many: "please send us another 20"
_SIGN_OFF = 3                  # words at the end of a sentence that may hold its "not"


def read_sentence(words: tuple[Token, ...], speech: Speech, listed: bool, *, added_only: bool) -> Iterable[ReadingLine]:
    """What one sentence orders."""
    plain = folded(words)
    if says_where(text_of(words)) or is_labelled(words, speech):
        return
    at = next((n for n, t in enumerate(words) if is_slashed(t.text) or count_at(words, n, speech)), None)
    if at is None or (added_only and not speech.holds(plain, "also")):
        return
    if changed := changed_line(words, speech):
        yield changed
        return
    before = folded(words[:at])
    asked = speech.holds(plain, "command") or speech.holds(before, "modal")
    if is_denied(_uncommanded(words[:at], speech), plain[-_SIGN_OFF:], speech) or _is_question(words, plain, before, speech):
        return
    if not asked and speech.holds(plain, "past"):
        return
    if not (asked or listed or _is_list(words, at, speech)):
        yield from _told_by_goods(words[at:], speech)
        return
    if asked and (turned := _turned(words, speech)):
        if line := item(turned, speech, Setting(asked=True)):
            yield line
        return
    goods = words[max(_behind_command(words[:at], speech), int(_is_lead(words, at))) :]
    while (size := _courtesy(goods, speech)) and size < len(goods) and count_at(goods, 0, speech) is None:
        goods = goods[size:]
    setting = Setting(asked=asked or listed, line=False)
    if several := spread(goods, speech, setting):
        yield from several
        return
    for piece in parts(goods, speech, loose=True):
        line = item(_from_count(piece, speech), speech, setting)
        if line and (line.quantity or not words[-1].text.endswith(":")):       # "we are short of a few bits:" only leads to them
            yield line


def _told_by_goods(goods: tuple[Token, ...], speech: Speech) -> tuple[ReadingLine, ...]:
    """The lines of a sentence whose verb we do not know, "pop 200 O-rings and two pcs KX-4 on the lorry": that several things
    are counted in it, each in units or by its code, is proof enough."""
    pieces = parts(goods, speech, loose=True)
    found = [item(_from_count(piece, speech), speech, Setting(asked=True, line=False)) for piece in pieces]
    lines = tuple(line for line in found if line)
    certain = [line for line in lines if line.uom or line.supplier_sku or line.buyer_sku]
    if speech.eager and len(lines) == len(found) == 1 and goods and (count := count_at(goods, 0, speech)):
        return lines if count.is_strong and not count.is_measured and (lines[0].supplier_sku or lines[0].buyer_sku) else ()
    return lines if len(lines) == len(found) > 1 and certain else ()


def _turned(words: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """A sentence whose goods stand before what is asked, "KX-4 hinge - please send 5 boxes", as count and goods; else none."""
    at = next((n for n in range(len(words)) if speech.spans(words, "command", n)), 0)
    first = next((n for n in range(at, len(words)) if count_at(words, n, speech)), 0)
    count = count_at(words, first, speech) if first else None
    if not at or count is None or count.is_sized or first - at > _TURN:
        return ()
    behind = words[first + count.size :]
    if names_goods(behind) and not any(speech.spans(behind, role) for role in ("tail", "polite", "urgent", "when")):
        return ()
    front = words[speech.spans(words, "of") : at]
    is_apart = bool(front) and (front[-1].text in SET_APART or front[-1].text[-1] in ":,")
    coded = any(is_code(bare := t.text.strip(AROUND)) and sum(map(str.isdigit, bare)) > 1 for t in front)
    if not names_goods(front) or not (is_apart or coded) or label_at(front, 0):
        return ()
    return (*words[first : first + count.size], *front)


def _from_count(words: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """A part of a sentence from its count on, where goods follow that: "arrange delivery of 5 boxes of gloves"."""
    at = next((n for n in range(len(words)) if count_at(words, n, speech)), 0)
    count = count_at(words, at, speech)
    if not at or count is None or count.is_sized or any(c.isdigit() for t in words[:at] for c in t.text):
        return words
    if any(speech.spans(words[at - 1 : at], role) for role in ("count_label", "no_count", "code_label")):
        return words
    behind = words[at + count.size :]
    if not count.is_strong and (is_loose(words[at - 1], behind, count) or is_day(words[at:], speech)):
        return words
    tail = next((n for n in range(len(behind)) if speech.spans(behind, "tail", n)), len(behind))
    behind = behind[:tail]
    if any((c := count_at(behind, n, speech)) and c.is_strong and n + c.size >= len(behind) for n in range(len(behind))):
        return words                                 # "the gloves 300 blue, 20 boxes"
    return words[at:] if names_goods(behind) else words


def _is_list(words: tuple[Token, ...], at: int, speech: Speech) -> bool:
    """True when a sentence without a command names goods in units, as notes do: "20 boxes of gloves, 3 rolls of tape"."""
    count = count_at(words, at, speech)
    roles = ("the", "and", "also", "more", "next")
    leads = _is_lead(words, at) or all(any(speech.spans(words[:at], role, n) for role in roles) for n in range(at))
    is_added = any(speech.spans(words[:at], "also", n) for n in range(at))
    return leads and count is not None and (count.is_strong or (is_added and bool(count.unit) and not count.is_sized))


def _courtesy(goods: tuple[Token, ...], speech: Speech) -> int:
    """How many words at the front say to whom or how, not what: "us", "urgently", "also"."""
    return max(speech.spans(goods, role) for role in ("pronoun", "urgent", "verb", "also"))


def _is_lead(words: Sequence[Token], at: int) -> bool:
    """True when one word with a comma leads to the goods: "Finally, three boxes of gloves"."""
    return at == 1 and words[0].text.endswith(",")


def is_denied(before: Sequence[str], end: Sequence[str], speech: Speech) -> bool:
    """True when the words before the goods, or the last of the sentence, say that they are not wanted or are old news."""
    return speech.holds(before, "not") or speech.holds(before, "past") or speech.holds(end, "not")


def _is_question(words: Sequence[Token], plain: Sequence[str], before: Sequence[str], speech: Speech) -> bool:
    """True for a question about goods; "could you send us 20?" is none."""
    asks = words[-1].text.endswith("?") and not speech.holds(before, "command") and not speech.holds(before, "modal")
    return asks or bool(speech.begins(plain, "question"))


def _behind_command(before: Sequence[Token], speech: Speech) -> int:
    """Where the goods begin: behind the last command. "Our order" is none."""
    return max((
        n + size for n in range(len(before))
        if (size := speech.spans(before, "command", n))
        and not (size == 1 and n and speech.spans(before[n - 1 : n], "noun_lead"))), default=0)


def _uncommanded(before: Sequence[Token], speech: Speech) -> tuple[str, ...]:
    """The folded words without commands of several words: the verb of "graag ontvangen wij" is no old news."""
    out: list[str] = []
    n = 0
    while n < len(before):
        size = speech.spans(before, "command", n)
        if size < 2:
            size = 1
            out += folded(before[n : n + 1])
        n += size
    return tuple(out)

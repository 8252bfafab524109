"""Plain text fields: delivery terms, account numbers, contact, revision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from extraction.fields.addresses import labelled_block
from extraction.fields.dates import find_dates
from extraction.fields.tagged import spans
from extraction.fields.view import View, text_of, values
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.layout.pairs import Pair
from models.domain.evidence import Found

_SEEN = 0.6               # mean probability from which the tagger's words are a value
_NUMBER = re.compile(r"^[\w./-]*\d[\w./-]*$")


def delivery_terms(view: View) -> Found[str] | None:
    """Incoterm or way of delivery, as printed."""
    return _best(view, "delivery_terms", "delivery_terms", lambda t: not find_dates(t, view.dates))


def carrier(view: View) -> Found[str] | None:
    """Who is to bring the goods."""
    return _best(view, "carrier", "carrier", lambda t: not find_dates(t, view.dates) and any(c.isalpha() for c in t), words=6)


def customer_account(view: View) -> Found[str] | None:
    """Our number for the buyer."""
    return _best(view, "customer_account", "customer_account", lambda t: bool(_NUMBER.match(t.split()[0])), words=1)


def vat_id(view: View) -> Found[str] | None:
    """The first tax number of the paper."""
    return _best(view, "vat_id", "vat_id", lambda t: sum(c.isdigit() for c in t) >= 7, words=4)


def contact(view: View) -> Found[str] | None:
    """The person to ask, by name."""
    return _best(
        view, "buyer_contact", "contact", lambda t: not any(c.isdigit() or c == "@" for c in t) and len(t.split()) <= 5)


def revision(view: View) -> Found[str] | None:
    """The number of the change."""
    return _best(view, "revision", "revision", lambda t: len(t.split()[0]) <= 4 and not find_dates(t, view.dates), words=1)


def notes(view: View) -> Found[str] | None:
    """What is said under a heading like "Special instructions", lines joined by blanks; the longest of several."""
    blocks = (b for p in view.named("notes") if p.clear and p.first == "notes" and (b := labelled_block(view, p)))
    best = max(blocks, key=lambda b: sum(map(len, b.lines)), default=None)
    tokens = tuple(t for line in best.lines for t in line) if best else ()
    return found(text_of(tokens), tokens, 0.7) if len(tokens) > 1 else None


def _best(view: View, label: str, field: str, fits: Callable[[str], bool], words: int = 20) -> Found[str] | None:
    """The value under the field's label, or where the tagger sees it; where both do, the words that the tagger sees."""
    labelled = _labelled(view, label, fits, words)
    seen = _tagged(view, field)
    if seen is None or not fits(seen.value):
        return labelled
    return seen if labelled is None or seen.value in labelled.value else labelled


def _tagged(view: View, field: str) -> Found[str] | None:
    """The words that the tagger sees as the field, up to the end of their sentence."""
    seen = tagged(view, field)
    if seen is None:
        return None
    tokens = _sentence(seen[0])
    marks = " ,;:." if len(tokens) < len(seen[0]) else " ,;:"
    return found(text_of(tokens).strip(marks), tokens, round(0.95 * seen[1], 4))


def tagged(view: View, field: str) -> tuple[tuple[Token, ...], float] | None:
    """The words that the tagger sees as the field, on one line or more, with its probability."""
    best = max(spans(view, field), key=lambda s: (s.chance, len(s.tokens)), default=None)
    if best is None or best.chance < _SEEN or not any(c.isalnum() for c in text_of(best.tokens)):
        return None
    return _unclaimed(view, field, best.tokens), best.chance


def _unclaimed(view: View, field: str, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words up to those beside a label of another field, as in the next row of a small table."""
    label = "buyer_contact" if field == "contact" else field
    others = {id(t) for p in view.pairs if p.clear and label not in p.label.fields for t in p.beside}
    end = next((n for n, t in enumerate(tokens) if id(t) in others), len(tokens))
    return tokens[: end or len(tokens)]


def _sentence(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words up to where another sentence begins."""
    for n, (a, b) in enumerate(pairwise(tokens), 1):
        if a.text.endswith(".") and len(a.text) > 3 and "." not in a.text[:-1] and b.text[0].isupper():
            return tokens[:n]
    return tokens


def labelled_values(view: View, field: str) -> Iterable[tuple[Pair, tuple[Token, ...], float]]:
    """The words that labels of the field own, with how likely each place is."""
    for pair in view.named(field):
        if not pair.clear and (pair.first != field or (pair.label.end - pair.label.start < 2 and pair.label.start > 0)):
            continue
        yield from ((pair, tuple(words), weight) for words, weight in values(pair))


def _labelled(view: View, field: str, fits: Callable[[str], bool], words: int) -> Found[str] | None:
    """The value of the field's clearest label."""
    unsure: Found[str] | None = None
    for pair, tokens, weight in labelled_values(view, field):
        value = _sentence(tokens[:words])
        text = text_of(value).strip(" ,;.") if len(value) < len(tokens) else text_of(value).strip(" ,;")
        if not text or not fits(text):
            continue
        if pair.first == field:
            return found(text, value, round(0.93 * weight, 4))
        if pair.clear and unsure is None and any(c.isalnum() for c in text):
            unsure = found(text, value, round(0.6 * weight, 4))
    return unsure

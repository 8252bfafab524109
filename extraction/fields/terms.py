"""Plain text fields: payment and delivery terms, account numbers, contact, revision."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.fields.addresses import labelled_block
from extraction.fields.dates import find_dates
from extraction.fields.tagged import spans
from extraction.fields.view import View, text_of, values
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.layout.pairs import Pair, is_label
from models.domain.evidence import Found, PageKind

_TERMS = re.compile(
    r"\bnet(?:to)?\s*\d{1,3}\b|\b\d{1,3}\s*(?:days?|tage|jours|días|dias|dagen|dgn|giorni|gg|dni)\b|\bCOD\b|prepa(?:id|yment)|skonto|"
    r"sofort|immediate|due on receipt|vorkasse|comptant|contado|rimessa|przelew|virement|transferencia|bonifico|\b\d{1,2}\s?%",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b\d{1,3} days (?:eom|end of month|from (?:date of )?invoice)\b|"
    r"\bnet(?:to)?\s*\d{1,3}(?:\s*days)?(?!\w)|\b\d{1,3}\s*(?:days net|tage netto|jours fin de mois|jours net|dagen netto|dni)\b",
    re.IGNORECASE,
)
_AS_ALWAYS = re.compile(
    r"^(?:wie (?:immer|gehabt|bisher|üblich|vereinbart)|as (?:always|usual|before|agreed)|comme (?:d'habitude|toujours|convenu)|"
    r"como (?:siempre|de costumbre)|zoals (?:altijd|gebruikelijk)|come (?:sempre|al solito)|jak (?:zawsze|zwykle))[\s,:]+(?=\S)",
    re.IGNORECASE)
_ABBREVIATED = 3         # characters of the longest word with a full stop that ends no sentence
_SHORT = 5               # words of terms at most that the tagger may see the end of only,
_CLEAR = 0.8             # where their label is clear
_EDGE, _CLOSE, _FEW = 0.4, 0.8, 4      # ems to the side and below, and words, of the rest of a wrapped value
_CLAUSE = 16             # words of a paper's small print
_SEEN = 0.6               # mean probability from which the tagger's words are a value
_NUMBER = re.compile(r"^[\w./-]*\d[\w./-]*$")


def payment_terms(view: View) -> Found[str] | None:
    """The labelled terms, as printed; in running text "net 30" and its like."""
    seen = _bare(_tagged(view, "payment_terms"))
    best = _bare(_labelled(view, "payment_terms", lambda t: bool(_TERMS.search(t)), loose=True))
    if seen and best and best.value.endswith(seen.value) and len(best.value.split()) <= _SHORT and best.confidence > _CLEAR:
        return best                          # "transfer 30 days"
    if seen and best and best.value.startswith(seen.value):
        return best                          # the tagger may stop short of "… end of month"
    if seen and (best is None or seen.confidence > best.confidence - 0.2):
        return seen
    if best:
        return best
    for part in (s for line in view.lines if line.kind is not PageKind.SHEET for s in line.segments):
        match = _PROSE.search(part.text)
        if match and (len(part.tokens) < _CLAUSE or part.tokens[0].kind is PageKind.TEXT):
            before = len(part.text[: match.start()].split())
            tokens = part.tokens[before : before + len(match[0].split())]
            return found(match[0], tokens or part.tokens, 0.6)
    return None


def _bare(terms: Found[str] | None) -> Found[str] | None:
    """The terms without "as always" in front of them, and without the full stop that ends their sentence."""
    if terms is None:
        return None
    value = _AS_ALWAYS.sub("", terms.value)
    last = value.rpartition(" ")[2]
    ended = last.endswith(".") and "." not in last[:-1] and len(last) > _ABBREVIATED
    return replace(terms, value=value[:-1] if ended else value)


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
    labelled = _labelled(view, label, fits, loose=False, words=words)
    seen = _tagged(view, field)
    if seen is None or not fits(seen.value):
        return labelled
    return seen if labelled is None or seen.value in labelled.value else labelled


def _tagged(view: View, field: str) -> Found[str] | None:
    """The words that the tagger sees as the field, on one line or more."""
    best = max(spans(view, field), key=lambda s: (s.chance, len(s.tokens)), default=None)
    if best is None or best.chance < _SEEN or not any(c.isalnum() for c in text_of(best.tokens)):
        return None
    tokens = _sentence(_unclaimed(view, field, best.tokens))
    marks = " ,;:." if len(tokens) < len(best.tokens) else " ,;:"
    return found(text_of(tokens).strip(marks), tokens, round(0.95 * best.chance, 4))


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


def _wrapped(view: View, pair: Pair, value: Sequence[Token]) -> tuple[Token, ...]:
    """The rest of a value that had no room beside its label: a short line right below both, which goes on in small letters."""
    if not value or value[-1] is not pair.segment.tokens[-1] or value[0].kind is not PageKind.PAPER:
        return ()
    below = (s for s in view.segments if s.line in range(pair.segment.line + 1, pair.segment.line + 3))
    under = next((s for s in below if abs(s.left - pair.segment.left) < _EDGE and s.top - pair.segment.bottom < _CLOSE), None)
    if under is None or not under.text[0].islower() or is_label(under) or len(under.tokens) > _FEW:
        return ()
    return under.tokens


def _labelled(view: View, field: str, fits: Callable[[str], bool], *, loose: bool, words: int = 20) -> Found[str] | None:
    """The value of the field's clearest label; `loose` takes one that does not fit its shape too, at less confidence."""
    unsure: Found[str] | None = None
    for pair in view.named(field):
        if not pair.clear and pair.label.end - pair.label.start < 2 and pair.label.start > 0:
            continue
        for tokens, weight in values(pair):
            value = _sentence(tuple(tokens)[:words])
            if loose and len(value) == len(tokens):
                value = (*value, *_wrapped(view, pair, value))
            text = text_of(value).strip(" ,;.") if len(value) < len(tokens) else text_of(value).strip(" ,;")
            if not text or (not pair.clear and pair.first != field):
                continue
            if fits(text) and pair.first == field:
                return found(text, value, round(0.93 * weight, 4))
            if (loose or fits(text)) and pair.clear and unsure is None and any(c.isalnum() for c in text):
                unsure = found(text, value, round(0.6 * weight, 4))
    return unsure

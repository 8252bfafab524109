"""A notice in words, in the customer's language. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from models.domain.money import minor_digits
from models.domain.outbox import NoticeKind
from models.errors import InputError
from oms.letters.ready import Attachment, Letter, ReadyMail
from oms.letters.words import Words, fill

PHRASES: Mapping[str, Mapping[str, str]] = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
"""Fixed phrases by language (ISO 639-1) and name."""


NAMES = frozenset({
    "po_number", "order_no", "shipment", "carrier", "tracking", "invoice", "credit_memo", "return", "total", "due", "until",
    "reason"})
"""What a house's own words may name in braces."""


class UnknownName(InputError):
    """A house's own words name something a notice does not know."""

    code = "unknown_name"


@dataclass(frozen=True, slots=True)
class Goods:
    """So much of an item, in base units. `uom`: UN/ECE Rec 20; `expected`: the day it is thought to be there."""

    sku: str
    description: str
    quantity: Decimal
    uom: str
    expected: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice has to say. `names`: texts for the phrases; `goods` what it is about, `rest` what is still to come."""

    kind: NoticeKind
    letter: Letter
    currency: str
    names: Mapping[str, str]
    goods: tuple[Goods, ...] = ()
    rest: tuple[Goods, ...] = ()
    total: Decimal | None = None
    due: date | None = None
    until: date | None = None              # the last day of a quote
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A house's own subject and first sentence for one kind."""

    subject: str
    text: str


def compose(facts: Facts, *, company_name: str, own: OwnWords | None = None) -> ReadyMail:
    """The mail; English where the customer's language is none of ours."""
    language = facts.letter.language if facts.letter.language in PHRASES else "en"
    assert language
    words = Words(language, facts.currency, PHRASES[language])
    names = {**dict.fromkeys(NAMES, ""), **facts.names, "due": words.day(facts.due), "until": words.day(facts.until)}
    if facts.total is not None:
        names["total"] = words.money(facts.total, minor_digits(facts.currency))
    own = own or OwnWords(words.say[f"{facts.kind}_subject"], words.say[facts.kind])
    parts = [words.say["greeting"], fill(own.text, names), _listed(facts.goods, words)]
    if names["tracking"] or names["carrier"]:
        parts.append(fill(words.say["tracking"], {n: names[n] or "–" for n in ("carrier", "tracking")}))
    if facts.rest:
        parts.append(f"{words.say['rest']}\n{_listed(facts.rest, words)}")
    if facts.due:
        parts.append(fill(words.say["due"], names))
    parts += [words.say["closing"], company_name]
    return ReadyMail(
        letter=facts.letter, kind=facts.kind, language=language, subject=fill(own.subject, names),
        text="\n\n".join(part for part in parts if part) + "\n", attachments=facts.attachments)


def check_words(own: OwnWords) -> None:
    """Raise UnknownName when a text names what no notice knows, or says nothing."""
    if not own.subject.strip() or not own.text.strip():
        raise UnknownName("A letter needs a subject and a text.", code="empty_words")
    known = {**dict.fromkeys(NAMES, "")}
    for text in (own.subject, own.text):
        left = fill(text, known)
        if "{" in left or "}" in left:
            raise UnknownName(f"There is a name in braces that letters do not know. They know {', '.join(sorted(NAMES))}.")


def _listed(goods: tuple[Goods, ...], words: Words) -> str:
    return "\n".join(f"- {words.amount(g.quantity, g.uom)}  {g.sku}  {g.description}{_when(g, words)}" for g in goods)


def _when(goods: Goods, words: Words) -> str:
    return f" ({fill(words.say['expected'], {'day': words.day(goods.expected)})})" if goods.expected else ""

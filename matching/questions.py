"""Open doubts as questions that a customer can answer in a word: numbered, with lettered choices, in their language. Pure.

A doubt's own sentence is for the order desk: it names tolerances, limits and probabilities. What the customer reads is made here.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from matching.units import unit_word
from matching.wording import money, number
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.questions import AnswerKind, AskedMail, Meaning, Option, Question

MOST_OPTIONS = 8
MOST_QUESTIONS = 20
LONGEST_SENTENCE = 500
LONGEST_TEXT = 4_000
ENGLISH = "en"
PHRASES: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("question_phrases.json").read_text(encoding="utf-8"))
"""Fixed phrases by language (ISO 639-1) and name."""

_ABOUT: Mapping[DoubtCode, str] = {
    **dict.fromkeys((
        DoubtCode.UNKNOWN_ITEM, DoubtCode.ITEM_UNSURE, DoubtCode.ITEM_CONFLICT, DoubtCode.ITEM_INACTIVE,
        DoubtCode.ITEM_SUPERSEDED, DoubtCode.CODES_DISAGREE), "item"),
    **dict.fromkeys((
        DoubtCode.QUANTITY_MISSING, DoubtCode.QUANTITY_UNSURE, DoubtCode.UNUSUAL_QUANTITY, DoubtCode.ORDER_MULTIPLE,
        DoubtCode.BELOW_ORDER_QUANTITY, DoubtCode.AMOUNT_MISMATCH, DoubtCode.CATCH_WEIGHT), "quantity"),
    **dict.fromkeys((DoubtCode.PRICE_DEVIATION, DoubtCode.PRICE_MISSING, DoubtCode.PRICE_AMBIGUOUS), "unit_price"),
    **dict.fromkeys((DoubtCode.DATE_UNSURE, DoubtCode.DATE_TOO_EARLY), "requested_date"),
    **dict.fromkeys((DoubtCode.MISSING_PO_NUMBER, DoubtCode.PO_NUMBER_UNSURE), "po_number"),
    **dict.fromkeys((DoubtCode.DUPLICATE_PO, DoubtCode.SAME_GOODS_AGAIN), "again"),
    DoubtCode.UNIT_UNSURE: "uom", DoubtCode.SHIP_TO_UNKNOWN: "ship_to", DoubtCode.CURRENCY_MISMATCH: "currency",
    DoubtCode.REPEATED_LINE: "state", DoubtCode.NO_LINES: "no_lines",
}
"""What a customer can tell, by the doubt's code. FIELD_UNSURE asks about its field; the rest is the house's affair."""

_KINDS: Mapping[str, AnswerKind] = {
    "quantity": AnswerKind.NUMBER, "unit_price": AnswerKind.NUMBER, "requested_date": AnswerKind.DATE,
    "po_number": AnswerKind.CODE, "again": AnswerKind.FREE, "no_lines": AnswerKind.FREE,
}
_FIELDS = frozenset({"item", "quantity", "uom", "unit_price", "requested_date", "po_number", "ship_to", "currency"})


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person changed the drafted mail: the sentences to ask by number (one that is missing is not asked), and the texts."""

    subject: str
    opening: str
    closing: str
    sentences: Mapping[int, str]


def can_be_asked(doubts: Iterable[Doubt]) -> bool:
    """True when a customer could answer one of them."""
    return any(_about(doubt) for doubt in doubts)


def draft_mail(draft: Draft, doubts: Sequence[Doubt], *, recipient: str, language: str | None, subject: str | None) -> AskedMail:
    """The mail that asks about every doubt a customer can settle. `subject` is that of the customer's mail, to stay in its
    thread; `language` falls back to English."""
    spoken = language if language in PHRASES else ENGLISH
    say = PHRASES[spoken or ENGLISH]
    po = draft.po_number.value if draft.po_number else ""
    asked = _once(doubts)[:MOST_QUESTIONS]
    questions = tuple(_question(n, doubt, draft, say) for n, doubt in enumerate(asked, 1))
    ours = _fill(say["subject"], po=po).strip()
    return AskedMail(
        recipient=recipient, language=spoken or ENGLISH, subject=_answering(subject) or ours,
        opening=f"{say['greeting']}\n\n{_fill(say['intro'], po=po)}", closing=say["closing"], questions=questions)


def edited(mail: AskedMail, wish: Wish) -> AskedMail:
    """The mail as a person wants it; numbers are given anew, letters and what follows from them stay."""
    kept = [replace(q, sentence=wish.sentences[q.number].strip()[:LONGEST_SENTENCE]) for q in mail.questions
            if wish.sentences.get(q.number, "").strip()]
    return replace(
        mail, subject=" ".join(wish.subject.split())[:200] or mail.subject, opening=wish.opening.strip()[:LONGEST_TEXT],
        closing=wish.closing.strip()[:LONGEST_TEXT],
        questions=tuple(replace(q, number=n) for n, q in enumerate(kept, 1)))


def text_of_mail(mail: AskedMail, *, company_name: str) -> str:
    """The mail as plain text: "1. Which item …" and below it "   a) …"."""
    say = PHRASES[mail.language]
    blocks = ["\n".join([f"{q.number}. {q.sentence}", *(f"   {o.letter}) {o.label}" for o in q.options)]) for q in mail.questions]
    return "\n\n".join(filter(None, (mail.opening, *blocks, say["how"], mail.closing, company_name))) + "\n"


def _about(doubt: Doubt) -> str | None:
    if doubt.code is DoubtCode.FIELD_UNSURE and doubt.path:
        name = doubt.path.rpartition(".")[2]
        return name if name in _FIELDS else None
    return _ABOUT.get(doubt.code)


def _once(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Those a customer can settle, each field once."""
    found: dict[str, Doubt] = {}
    for doubt in doubts:
        if about := _about(doubt):
            found.setdefault(doubt.path or about, doubt)
    return list(found.values())


def _question(at: int, doubt: Doubt, draft: Draft, say: Mapping[str, str]) -> Question:
    about = _about(doubt) or ""
    line = _line_of(doubt, draft)
    options = tuple(
        replace(option, letter=letter)
        for letter, option in zip(string.ascii_lowercase[:MOST_OPTIONS], _options(about, doubt, line, draft, say), strict=False))
    name = about if about != "requested_date" or line is None else "line_date"
    sentence = _fill(say[name], line=_name(line), said=_said(line), po=draft.po_number.value if draft.po_number else "")
    kind = _KINDS.get(about, AnswerKind.OPTION)
    if not options and kind is AnswerKind.OPTION:
        kind = AnswerKind.FREE
    is_told = kind is AnswerKind.FREE or doubt.path is None
    return Question(at, sentence, None if is_told else doubt.path, kind, options)


def _options(about: str, doubt: Doubt, line: DraftLine | None, draft: Draft, say: Mapping[str, str]) -> Iterator[Option]:
    if about == "again":
        yield Option("", say["yes_again"], meaning=Meaning.YES)
        yield Option("", say["no_again"], meaning=Meaning.NO)
        return
    for choice in doubt.choices:
        path = choice.path or doubt.path
        if path and path.endswith(".state"):
            is_out = choice.value == "rejected"
            label, meaning = say["leave_out" if is_out else "both"], Meaning.NO if is_out else Meaning.YES
            yield Option("", label, choice.value, path, meaning if about == "state" else Meaning.NEITHER)
        else:
            yield Option("", _label(about, choice, line, draft, say), choice.value, path)


def _label(about: str, choice: Choice, line: DraftLine | None, draft: Draft, say: Mapping[str, str]) -> str:
    match about:
        case "unit_price":
            return _price(choice, line, draft, say)
        case "uom":
            return unit_word(choice.value, Decimal(1))
        case "item" | "ship_to":
            return choice.label
        case _:
            return choice.value


def _price(choice: Choice, line: DraftLine | None, draft: Draft, say: Mapping[str, str]) -> str:
    try:
        value = Decimal(choice.value)
    except InvalidOperation:
        return choice.value
    shown = f"{money(value)} {draft.currency.value if draft.currency else ''}".rstrip()
    if line is not None and line.list_price == value:
        return _fill(say["our_price"], price=shown)
    if line is not None and line.unit_price is not None and line.unit_price.value == value:
        return _fill(say["your_price"], price=shown)
    return shown


def _line_of(doubt: Doubt, draft: Draft) -> DraftLine | None:
    parts = (doubt.path or "").split(".")
    return next((line for line in draft.lines if line.key == parts[1]), None) if parts[0] == "lines" else None


def _name(line: DraftLine | None) -> str:
    return "" if line is None else line.line_no.value if line.line_no else line.key


def _said(line: DraftLine | None) -> str:
    """A line in the words of the order: number, description, quantity."""
    if line is None:
        return ""
    codes = (line.buyer_sku, line.supplier_sku, line.gtin, line.mpn)
    words = [next((c.value for c in codes if c), ""), line.description.value if line.description else ""]
    if line.quantity is not None:
        printed = line.uom.evidence.text.strip() if line.uom else ""
        words.append(f"{number(line.quantity.value)} {printed if 0 < len(printed) <= 12 else ''}".strip())
    return ", ".join(" ".join(w.split())[:80] for w in words if w)


def _answering(subject: str | None) -> str:
    plain = " ".join((subject or "").split())
    return "" if not plain else plain if plain.lower().startswith("re:") else f"Re: {plain}"


def _fill(phrase: str, **names: str) -> str:
    """Put names into a phrase; not `str.format`: the values come from strangers. Empty brackets go."""
    for name, value in names.items():
        phrase = phrase.replace("{" + name + "}", " ".join(value.split()))
    return " ".join(phrase.replace("()", "").split()).replace(" :", ":").replace(" .", ".")

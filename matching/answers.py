"""What a customer answered: "1b 2 yes 3: Leeds", "1) B", answers between quoted questions. Pure.

What is not certain is not taken: a wrong reading of an answer would be a wrong order, an unread one is only a doubt that stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matching.applied import parse_number
from matching.corrections import parse_date
from models.domain.questions import Answer, AnswerKind, Meaning, Option, Question, ReplyLine
from models.errors import InputError


def _fold(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _folded(words: str) -> frozenset[str]:
    return frozenset(_fold(word) for word in words.split())


YES = _folded("yes yep ja jawohl oui si sí tak sim da ok okay correct richtig korrekt stimmt correcto certo exact")
"""How people agree, folded."""
NO = _folded("no nope nein nee non não nie ne niet falsch wrong")
_POLITE = _folded(
    "please thanks thank you kindly bitte danke merci svp por favor gracias grazie prosze dziekuje the option answer is "
    "antwort variante reponse")
_NEGATES = NO | _folded("not nicht kein keine pas ni without ohne neither weder but aber sauf pero except außer")
_WORD = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")
_MARK = re.compile(
    r"(?:(?<=^)|(?<=[\s,;(/]))(?:(?:q|question|frage|punkt|point|zu|ad|nr|no|n°|#)\.?\s*)?"
    r"(?P<number>\d{1,2})"
    r"(?:\s*(?P<sign>[.):=])(?=$|\s|[^\d\s]|\d+(?:[.,]\d+)?\s*(?:$|[,;]))|"
    r"(?=\s*(?P<word>[^\W\d_]+)))", re.IGNORECASE)
_STANDS_ALONE = re.compile(
    r"[^\W\d_](?!\w)|\s*[^\W\d_]\s*(?:$|[,;.)/]|\d|(?:[^\W\d_]+\.?\s*)\d{1,2}\s*[.):=]|please\b|bitte\b)", re.IGNORECASE)
"""Behind a number: a letter glued to it, or one with nothing, an end or the next answer after it."""
_QUOTED = re.compile(r"^[\s>|]*(\d{1,2})[.)]\s+(.{3,})$")
_MEASURE = re.compile(r"^(?P<number>\d[\d.,' ]*)$")
_CODE = re.compile(r"^[A-Za-z0-9][\w./-]{1,60}$")
_GREETING = re.compile(r"^(?:hello|hi|dear|hallo|guten|sehr geehrte|liebe|bonjour|buenos|estimad|hola)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """Words that stand for an answer to a question, and the line they are on."""

    number: int
    text: str
    line: int


def parse_answers(lines: Sequence[ReplyLine], questions: Sequence[Question]) -> tuple[Answer, ...]:
    """What each question was answered, by number. A question answered twice in different ways keeps both words and no value."""
    by_number = {q.number: q for q in questions}
    found: dict[int, list[Answer]] = {}
    for said in _said(lines, by_number):
        question = by_number[said.number]
        option = interpret(question, said.text)
        found.setdefault(said.number, []).append(Answer(said.number, said.text, said.line, *(option or (None, None))))
    return tuple(_one(answers) for _, answers in sorted(found.items()))


def interpret(question: Question, text: str) -> tuple[str, str] | None:
    """(path, value) that follow for certain from an answer; None when a person must read it."""
    words = _words(text)
    while words and words[-1] in _POLITE:
        words.pop()
    while words and words[0] in _POLITE:
        words.pop(0)
    if not words:
        return None
    option = _lettered(question, words, text) or _yes_or_no(question, words) or _named(question, words)
    if option is not None:
        return (option.path, option.value) if option.path and option.value is not None else None
    value = _typed(question, text.strip(" \t.!;"))
    return (question.path, value) if question.path and value is not None else None


def _one(answers: Sequence[Answer]) -> Answer:
    taken = {(a.path, a.value) for a in answers}
    if len(taken) == 1:
        return answers[0]
    both = " / ".join(dict.fromkeys(a.said for a in answers))
    return Answer(answers[0].number, both, answers[0].line)


# --- which words belong to which question ---------------------------------------------------------------------------------


def _said(lines: Sequence[ReplyLine], questions: Mapping[int, Question]) -> Iterator[_Said]:
    above: int | None = None        # the question quoted just above, or a number that stands alone
    marked = False
    for n, line in enumerate(lines):
        text = line.text.strip()
        if line.is_quoted:
            quoted = _QUOTED.match(text)
            if quoted and (number := int(quoted[1])) in questions and _is_sentence(quoted[2], questions[number]):
                above = number
            continue
        if not text:
            continue
        marks = list(_marks(text, questions))
        if marks:
            marked, above = True, None
            for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)], strict=True):
                words = text[mark.end():end].strip(" \t,;/")
                if words:
                    yield _Said(int(mark["number"]), words, n)
                else:
                    above = int(mark["number"])
        elif above is not None:
            yield _Said(above, text, n)
            marked, above = True, None
    if not marked and len(questions) == 1:
        yield from _only(lines, next(iter(questions.values())))


def _only(lines: Sequence[ReplyLine], question: Question) -> Iterator[_Said]:
    """To a single question people answer without its number."""
    for n, line in enumerate(lines):
        text = line.text.strip()
        if text and not line.is_quoted and not _GREETING.match(text):
            yield _Said(question.number, text, n)
            return


def _marks(text: str, questions: Mapping[int, Question]) -> Iterator[re.Match[str]]:
    """Where the answers in a line begin: "1b", "2 yes", "3:", "4)"."""
    seen: set[int] = set()
    for mark in _MARK.finditer(text):
        number = int(mark["number"])
        if number not in questions or number in seen:
            continue
        if mark["sign"] is None and not _is_short_answer(mark["word"] or "", questions[number], text[mark.end():]):
            continue
        seen.add(number)
        yield mark


def _is_short_answer(word: str, question: Question, rest: str) -> bool:
    """Whether a word right behind a number answers it: "2 yes", "1b"; "3 boxes" does not."""
    folded = _fold(word)
    if folded in YES | NO:
        return True
    return len(folded) == 1 and bool(question.options) and _STANDS_ALONE.match(rest) is not None


def _is_sentence(quoted: str, question: Question) -> bool:
    """Mail programs wrap what they quote, so its beginning is enough."""
    ours, theirs = _words(question.sentence), _words(quoted)
    least = min(4, len(ours))
    return len(theirs) >= least and ours[:len(theirs)][:least] == theirs[:least]


# --- what the words mean --------------------------------------------------------------------------------------------------


def _lettered(question: Question, words: Sequence[str], text: str) -> Option | None:
    spoken = list(words)
    if len(spoken) > 1 and spoken[0] in YES | NO and not _has_meanings(question):
        spoken.pop(0)
    by_letter = {o.letter: o for o in question.options}
    if not spoken or spoken[0] not in by_letter:
        return None
    option, rest = by_letter[spoken[0]], spoken[1:]
    if not rest:
        return option
    signed = re.match(r"^\W*[^\W\d_]\s*[):.=-]", text.strip()) is not None
    fits = set(rest) <= set(_words(option.label)) | _POLITE | YES
    return option if fits and (signed or len(rest) > 1 or rest[0] in _POLITE) else None


def _yes_or_no(question: Question, words: Sequence[str]) -> Option | None:
    is_yes, is_no = bool(set(words) & YES), bool(set(words) & NO)
    if is_yes == is_no or set(words) - YES - NO - _POLITE:
        return None
    meant = [o for o in question.options if o.meaning is (Meaning.YES if is_yes else Meaning.NO)]
    if meant:
        return meant[0] if len(meant) == 1 else None
    return question.options[0] if is_yes and len(question.options) == 1 else None


def _named(question: Question, words: Sequence[str]) -> Option | None:
    """The option that was copied, else the one whose label holds every word said."""
    if copied := [o for o in question.options if list(words) == _words(o.label)]:
        return copied[0]
    if set(words) & _NEGATES or not any(len(w) > 1 for w in words):
        return None
    if question.kind is AnswerKind.NUMBER:
        return None                                     # "20" stands in "20.50" and in "M8 x 20" as well
    fitting = [o for o in question.options if set(words) <= set(_words(o.label))]
    return fitting[0] if len(fitting) == 1 else None


def _has_meanings(question: Question) -> bool:
    return any(o.meaning is not Meaning.NEITHER for o in question.options)


def _typed(question: Question, text: str) -> str | None:
    try:
        match question.kind:
            case AnswerKind.NUMBER:
                found = _MEASURE.match(text)
                return f"{parse_number(found['number'].strip()):f}" if found else None
            case AnswerKind.DATE:
                return parse_date(text).isoformat()
            case AnswerKind.CODE:
                return text if _CODE.match(text) and any(c.isdigit() for c in text) else None
            case _:
                return None
    except InputError:
        return None


def _words(text: str) -> list[str]:
    return [_fold(w) for w in _WORD.findall(text)]

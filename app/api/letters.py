"""The REST API of letters to customers: what they say, in every language, and the house's own words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.outbox import NoticeKind
from oms.notices.compose import NAMES, OwnWords
from oms.notices.words import EVERYBODY, drop_words, save_words, words_in_force

router = APIRouter(tags=["letters"])
Customer = Annotated[str, Query(max_length=64, description="A customer's number; empty: what everybody gets.")]


class WordsIn(BaseModel):
    """A subject and a first sentence. Names in braces are filled in: {po_number}, {order_no}, …"""

    subject: str = Field(max_length=200)
    text: str = Field(max_length=4_000)


class LetterOut(WordsIn):
    """What a letter says. `is_own`: the house saved these words; else they are ours. `is_sent`: the house sends this kind."""

    kind: NoticeKind
    language: str
    customer: str
    is_own: bool
    is_sent: bool
    names: list[str]


@router.get("/letters", responses=READ_REFUSALS, dependencies=[allow("letters:read")])
def letters(
    request: Request, language: Annotated[str, Query(pattern="^[a-z]{2}$")] = "en", customer: Customer = EVERYBODY
) -> list[LetterOut]:
    """Every kind of letter in one language, as it is worded for a customer or for everybody."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        found = words_in_force(db, language, customer)
    return [
        LetterOut(
            kind=kind, language=language, customer=customer, is_own=is_own, is_sent=kind in rooms.settings.notices,
            subject=words.subject, text=words.text, names=sorted(NAMES))
        for kind, (words, is_own) in found.items()]


@router.put("/letters/{kind}/{language}", status_code=204, responses=REFUSALS)
def save(
    request: Request, kind: NoticeKind, language: str, wanted: WordsIn, client: Annotated[Client, allow("letters:write")],
    customer: Customer = EVERYBODY,
) -> None:
    """Say it in these words from now on. Doing it again changes nothing."""
    with rooms_of(request).db.write() as db:
        save_words(
            db, kind, language, OwnWords(wanted.subject, wanted.text), actor=client.actor, customer_no=customer)


@router.delete("/letters/{kind}/{language}", status_code=204, responses=READ_REFUSALS)
def drop(
    request: Request, kind: NoticeKind, language: str, client: Annotated[Client, allow("letters:write")],
    customer: Customer = EVERYBODY,
) -> None:
    """Go back to our words."""
    with rooms_of(request).db.write() as db:
        drop_words(db, kind, language, actor=client.actor, customer_no=customer)

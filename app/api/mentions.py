"""The REST API of mentions: comments that name the token's user, until they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import LARGEST_ID
from app.api.problems import READ_REFUSALS, REFUSALS
from matching.mentions import Mention, Mentions

router = APIRouter(tags=["cases"])


@dataclass(frozen=True, slots=True)
class MentionPage:
    """Mentions that are not read, the newest first. `total`: how many there are in all."""

    total: int
    mentions: list[Mention]


class ReadIn(BaseModel):
    """The id of the newest comment that was seen; what came after it stays unread."""

    newest: Annotated[int, Field(ge=1, le=LARGEST_ID)]


def _page(request: Request, user_id: int, limit: int, offset: int = 0) -> MentionPage:
    with rooms_of(request).db.read() as db:
        mentions = Mentions(db)
        return MentionPage(mentions.count(user_id), mentions.unread(user_id, limit=limit, offset=offset))


@router.get("/mentions", responses=READ_REFUSALS)
def unread(
    request: Request, client: Annotated[Client, allow("cases:read")], limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> MentionPage:
    """The comments that mention the token's user and are not read yet."""
    return _page(request, client.user_id, limit, offset)


@router.post("/mentions/read", responses=REFUSALS)
def read(request: Request, wanted: ReadIn, client: Annotated[Client, allow("cases:write")]) -> MentionPage:
    """Mark mentions as read; answers what is left. Doing it again changes nothing."""
    with rooms_of(request).db.write() as db:
        Mentions(db).read_up_to(client.user_id, wanted.newest)
    return _page(request, client.user_id, 50)

"""Live updates for open pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import StreamingResponse

from review_ui.access import Watcher
from review_ui.errors import PageRoute
from review_ui.events import stream
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
LastId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)]


@router.get("/events")
async def events(request: Request, user: Watcher, last: LastId = None) -> StreamingResponse:
    """Which cases changed, as it happens. It does not keep a session alive."""
    after, services = int(last) if last and last.isdecimal() else None, services_of(request)

    async def is_gone() -> bool:
        return services.is_stopping() or await request.is_disconnected()

    return StreamingResponse(
        stream(services.db, after, is_gone, user_id=user.user_id), media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"})

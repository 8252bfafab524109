"""Limits on request bodies, counted while they arrive: size, silence and total time. uvicorn has none of its own."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IDLE_S = 30.0
TOTAL_S = 120.0


class BodyLimits:
    """ASGI middleware. Reading a body that is too large raises 413, one that comes too slowly 408; at once, not at the end."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `receive` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        begun, size, is_whole = time.monotonic(), 0, False

        async def counted() -> Message:
            nonlocal size, is_whole
            if is_whole:                       # from here on `receive` only waits for the client to go away
                return await receive()
            if not declared.isdigit() or int(declared) > self._max_bytes:
                raise self._too_large()
            message = await self._in_time(receive, begun)
            size += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if size > self._max_bytes:
                raise self._too_large()
            return message

        await self._app(scope, counted, send)

    async def _in_time(self, receive: Receive, begun: float) -> Message:
        left = min(IDLE_S, TOTAL_S - (time.monotonic() - begun))
        try:
            return await asyncio.wait_for(receive(), max(left, 0.01))
        except TimeoutError:
            raise HTTPException(408, "The request came too slowly; send it again over a better line.") from None

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"The request is larger than {self._max_bytes // 2**20} MB; send fewer or smaller files.")

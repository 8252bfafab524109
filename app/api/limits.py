"""Limits on request bodies, counted while they arrive: size, silence and total time. uvicorn has none of its own."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem

IDLE_S = 30.0
TOTAL_S = 120.0


class BodyLimits:
    """ASGI middleware. A body that is too large gets 413; one that comes too slowly gets 408; both at once, not at the end."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._max_bytes:
            await self._refuse(413, "file_too_large", scope, receive, send)
            return
        begun, size, answered = time.monotonic(), 0, False

        async def counted() -> Message:
            nonlocal size
            left = min(IDLE_S, TOTAL_S - (time.monotonic() - begun))
            message = await asyncio.wait_for(receive(), max(left, 0.01)) if not answered else await receive()
            size += len(message.get("body", b""))
            if size > self._max_bytes:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except (_TooLarge, TimeoutError) as e:
            if answered:
                raise
            status, code = (413, "file_too_large") if isinstance(e, _TooLarge) else (408, "too_slow")
            await self._refuse(status, code, scope, receive, send)

    async def _refuse(self, status: int, code: str, scope: Scope, receive: Receive, send: Send) -> None:
        sentence = {
            413: f"The request is larger than {self._max_bytes // 2**20} MB; send fewer or smaller files.",
            408: "The request came too slowly; send it again over a better line.",
        }[status]
        await problem(status, code, sentence)(scope, receive, send)


class _TooLarge(Exception):
    """More bytes than allowed."""

"""Asking the application for a page as a browser does, without a socket between."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from fastapi import FastAPI


def get_page(app: FastAPI, address: str, cookie: str) -> int:
    """Ask for a page, signed in by a session's cookie; returns the bytes it answered. Raises RuntimeError for no page."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", f"ordermill_session={cookie}".encode())]}
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    async def ask() -> None:
        await app(scope, receive, send)

    asyncio.run(ask())
    if answered[0]["status"] != 200:
        raise RuntimeError(f"{address} was answered with {answered[0]['status']}")
    return sum(len(message.get("body", b"")) for message in answered)

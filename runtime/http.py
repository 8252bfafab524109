"""Calls to servers of others: to the one address that was set and no other, under one deadline, with a bounded answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from models.errors import TransientError


class Unreachable(TransientError):
    """The server did not give a proper answer. `code`: `refused`, `timeout`, `status`, `redirect`, `too_large`, `encoded`.

    `status` is the HTTP status when there was one. The sentence names neither the address nor what was sent.
    """

    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(sentence, code=code)
        self.status = status


def post_json(
    url: str, body: Any, *, headers: Mapping[str, str], timeout: float, most_bytes: int, takes_gzip: bool = False
) -> bytes:
    """The answer to one POST of JSON. Raises Unreachable.

    `timeout` is in seconds and covers everything from the first connect to the last byte, so a server that drips cannot hold us.
    No redirect is followed, no proxy and no credentials of the environment are used. A packed answer is refused unless
    `takes_gzip` invites it, which is for servers that are trusted with our memory; `most_bytes` counts it unpacked.
    """
    encoding = "gzip" if takes_gzip else "identity"
    sent = {**headers, "Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": encoding}
    return _to_the_end(_within(timeout, _post(url, json.dumps(body).encode(), sent, timeout, most_bytes)))


def _to_the_end(work: Coroutine[Any, Any, bytes]) -> bytes:
    """The answer of `work`, run in a thread of its own: in the caller's an event loop may be running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _within(timeout: float, work: Any) -> bytes:
    try:
        async with asyncio.timeout(timeout):
            answer: bytes = await work
            return answer
    except TimeoutError as e:
        raise Unreachable(f"it did not answer within {timeout:g} s", code="timeout") from e
    except httpx.HTTPError as e:
        raise Unreachable(f"no connection ({type(e).__name__})") from e


async def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float, most_bytes: int) -> bytes:
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=timeout) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        if response.is_redirect:
            raise Unreachable("it sent us elsewhere, and we do not follow", code="redirect", status=response.status_code)
        if response.status_code != httpx.codes.OK:
            raise Unreachable(f"it answered with status {response.status_code}", code="status", status=response.status_code)
        if response.headers.get("Content-Encoding", "identity") not in {"identity", headers["Accept-Encoding"]}:
            raise Unreachable("its answer is packed, which we did not ask for", code="encoded")
        answer = bytearray()
        async for chunk in response.aiter_bytes():
            answer += chunk
            if len(answer) > most_bytes:
                raise Unreachable(f"its answer is longer than {most_bytes // 1024} kB", code="too_large")
        return bytes(answer)

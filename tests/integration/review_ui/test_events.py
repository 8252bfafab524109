"""Live updates: which cases changed, told from where the browser last was, over each kind of database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from fastapi import FastAPI
from starlette.testclient import TestClient

from review_ui.events import cases_since, newest, stream
from review_ui.web import furnish
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, session_of
from tests.support.desk_cases import add_pdf_case
from tests.support.desk_documents import ROWS


async def collect(events: AsyncIterator[str]) -> list[str]:
    return [event async for event in events]


def streamed(desk: Desk, last: int | None, *, rounds: int = 2, leaves_after: int = 100) -> list[str]:
    asked = iter(range(1_000))

    async def is_gone() -> bool:
        return next(asked) >= leaves_after

    work = collect(stream(desk.db, last, is_gone, user_id=2, every=0.01, longest=0.01 * rounds))
    with ThreadPoolExecutor(1) as thread:              # a browser driven before in this process leaves its loop running
        return thread.submit(asyncio.run, work).result()


def test_a_change_is_told_once_with_its_case_and_nothing_of_what_it_says(desk: Desk, case_id: int, visit: Visit) -> None:
    before = newest(desk.db)
    visit("carl").post(f"/cases/{case_id}/claim")
    told = [text for text in streamed(desk, before) if text.startswith("id:")]
    assert len(told) == 1 and told[0].startswith(f"id: {newest(desk.db)}\nevent: changed\n")
    assert json.loads(told[0].split("data: ")[1]) == {"cases": [case_id], "mentions": 0}
    assert "Carl" not in told[0] and "PO-" not in told[0]


def test_a_browser_that_comes_back_misses_nothing(desk: Desk, case_id: int, visit: Visit) -> None:
    last = newest(desk.db)
    other = add_pdf_case(desk, "PO-4712", ROWS[:2])
    assert cases_since(desk.db, last) == (newest(desk.db), [other])
    assert cases_since(desk.db, newest(desk.db)) == (newest(desk.db), [])
    assert [t for t in streamed(desk, None) if t.startswith("id:")] == []


def test_a_stream_ends_when_the_browser_is_gone_and_says_that_it_lives(desk: Desk) -> None:
    assert streamed(desk, None, rounds=50, leaves_after=0) == ["retry: 3000\n\n"]
    assert ": still here\n\n" in streamed(desk, None, rounds=20)


def test_the_stream_is_for_people_who_are_signed_in(visitor: TestClient) -> None:
    assert visitor.get("/events").status_code == 303


def test_a_server_that_stops_ends_its_streams_at_once(desk: Desk) -> None:
    app = FastAPI()
    furnish(app, replace(desk.services, is_stopping=lambda: True))
    client = TestClient(app, base_url="http://desk.test")
    client.cookies.set("ordermill_session", session_of(desk, "vera"))
    assert client.get("/events").text == "retry: 3000\n\n"

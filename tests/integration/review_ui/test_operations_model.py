"""Operations see whether a language model is asked, and which."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.db import Database
from runtime.settings import Settings
from tests.integration.review_ui.conftest import come_in
from tests.support.desk import make_desk


@pytest.mark.parametrize(("more", "shown"), [
    ({}, "None is asked"), ({"llm_url": "http://127.0.0.1:9/v1", "llm_model": "tiny-8b", "llm_key": "s3cret"}, "tiny-8b")])
def test_the_page_names_the_model(sqlite_database: Database, tmp_path: Path, more: dict[str, str], shown: str) -> None:
    desk = make_desk(tmp_path, db=sqlite_database, settings=Settings(_env_file=None, data=tmp_path, **more))
    page = come_in(desk, "vera").get("/operations").text
    assert shown in page and "s3cret" not in page

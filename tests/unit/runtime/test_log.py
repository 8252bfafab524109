"""What reaches the log: names and reasons, no secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from runtime.log import configure_logging, get_logger


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**before)
    logging.root.handlers[:], logging.root.level = handlers, level


@pytest.mark.parametrize("as_json", [False, True])
def test_a_defect_is_logged_with_its_place_and_without_the_values_it_met(
    as_json: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging(as_json=as_json)
    read_from_the_mail = "hunter2-and-the-whole-letter"
    try:
        raise KeyError(len(read_from_the_mail))
    except KeyError:
        get_logger("test").exception("it.broke", api_key=read_from_the_mail)
    said = capfd.readouterr().err
    assert "it.broke" in said and "KeyError" in said and "test_log.py" in said
    assert "hunter2" not in said

"""Structured logs: an event name plus fields, bound per job; ids and reasons, never document text or secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = ("password", "secret", "token", "authorization", "cookie", "api_key")


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _SECRET):
            event[key] = "***"
    return event


def configure_logging(*, level: str = "INFO", as_json: bool = False) -> None:
    """Send all logs, ours and the libraries', to stderr: as JSON lines, or readable on a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    # Plain tracebacks: the fancy ones, chosen where `rich` is installed, print the values of all local variables.
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer] if as_json else [*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True)


def get_logger(name: str) -> Any:
    """A logger whose methods take an event name and fields: log.info("line.matched", line_id=3, sku="…")."""
    return structlog.get_logger(room=name)

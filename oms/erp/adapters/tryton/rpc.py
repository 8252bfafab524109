"""Tryton's JSON-RPC: log in once, call methods of models, know its errors apart.

Protocol: `trytond.protocols.jsonrpc` and `.dispatcher` of series 8.2. Decimals, dates and times (UTC) travel as objects
with `__class__`. Errors come with HTTP 200: `["UserError", [message, description, domain]]`, `["UserWarning", [name, message,
description]]`, `["ConcurrencyException", message]`, or, for a fault of the server, `[message, traceback]`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from oms.erp.errors import ErpAway, ErpMisconfigured, ErpRefused
from oms.outbox.sender import ReceiverWarns, Warned
from runtime.http import Unreachable, post_json

_MOST_BYTES = 64 * 2**20
_HTTP_UNAUTHORIZED, _HTTP_FORBIDDEN, _HTTP_NOT_FOUND = 401, 403, 404


@dataclass(frozen=True, slots=True)
class TrytonAccess:
    """Where the server is and who we are there. `url` without the database; `timeout` in seconds."""

    url: str
    database: str
    user: str
    password: str = field(repr=False)
    timeout: float


_CONFIRMED: ContextVar[frozenset[Warned]] = ContextVar("confirmed", default=frozenset())


@contextmanager
def confirming(confirmed: Iterable[Mapping[str, str]]) -> Iterator[None]:
    """Inside, warnings that people confirmed, in these very words, are confirmed to Tryton when it raises them; no others."""
    before = _CONFIRMED.set(frozenset(Warned(x["name"], x["words"]) for x in confirmed))
    try:
        yield
    finally:
        _CONFIRMED.reset(before)


class Rpc:
    """One user's calls. Logs in when first needed, and again when the session has ended."""

    def __init__(self, access: TrytonAccess) -> None:
        self._access = access
        self._session: str | None = None
        self._preferences: dict[str, Any] = {}

    def call(self, method: str, *arguments: Any, context: Mapping[str, Any] | None = None) -> Any:
        """The result of `model.NAME.METHOD`. Raises ErpAway, ErpMisconfigured, ErpRefused, ReceiverWarns."""
        confirmed = set(_CONFIRMED.get())
        while True:
            try:
                return self._call(method, arguments, context)
            except ReceiverWarns as e:
                if e.warned not in confirmed:
                    raise
                confirmed.remove(e.warned)                 # once: Tryton forgets a confirmation when the call it was for is done
                self._call("model.res.user.warning.skip", (e.warned.name,), None)

    def _call(self, method: str, arguments: Sequence[Any], context: Mapping[str, Any] | None) -> Any:
        for is_last in (False, True):
            session = self._session or self._log_in()
            full = {**self._preferences, **(context or {})}
            try:
                return self._post(method, [*arguments, full], {"Authorization": f"Session {session}"})
            except Unreachable as e:
                if e.status != _HTTP_UNAUTHORIZED or is_last:
                    raise self._away(e) from e
                self._session = None                       # it timed out or the server forgot it
        raise AssertionError("unreachable")

    def version(self) -> str:
        """The server's series, such as "8.2". Needs no login."""
        return str(self._guarded(lambda: self._post("common.server.version", [], {}, at="/rpc/")))

    def _log_in(self) -> str:
        a = self._access
        try:
            answer = self._post("common.db.login", [a.user, {"password": a.password}], {})
        except Unreachable as e:
            if e.status == _HTTP_UNAUTHORIZED:
                raise ErpMisconfigured(
                    f"Tryton does not accept the password of user {a.user}. Set ORDERMILL_ERP_USER and ORDERMILL_ERP_PASSWORD, "
                    "then resend what waits.", code="erp_login_refused") from e
            raise self._away(e) from e
        user_id, token = answer[0], answer[1]
        self._session = base64.b64encode(f"{a.user}:{user_id}:{token}".encode()).decode()
        headers = {"Authorization": f"Session {self._session}"}
        self._preferences = self._guarded(
            lambda: self._post("model.res.user.get_preferences", [True, {}], headers))
        return self._session

    def _guarded(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Unreachable as e:
            raise self._away(e) from e

    def _away(self, e: Unreachable) -> ErpAway | ErpMisconfigured:
        if e.status in {_HTTP_NOT_FOUND, _HTTP_FORBIDDEN} or e.code == "redirect":
            return ErpMisconfigured(
                f"There is no Tryton database {self._access.database} that we may use at ORDERMILL_ERP_URL ({e.sentence}). Set "
                "ORDERMILL_ERP_URL and ORDERMILL_ERP_DATABASE, then resend what waits.", code="erp_not_found")
        return ErpAway(f"Tryton cannot be reached: {e.sentence}. It is tried again by itself.")

    def _post(self, method: str, arguments: list[Any], headers: Mapping[str, str], *, at: str | None = None) -> Any:
        body = {"id": 1, "method": method, "params": _encode(arguments)}
        url = self._access.url.rstrip("/") + (at or f"/{self._access.database}/rpc/")
        answer = post_json(url, body, headers=headers, timeout=self._access.timeout, most_bytes=_MOST_BYTES, takes_gzip=True)
        try:
            said = json.loads(answer, object_hook=_decode)
            if "error" not in said:
                return said.get("result")
        except (ValueError, TypeError, KeyError) as e:
            raise ErpMisconfigured(
                "What answers at ORDERMILL_ERP_URL is no Tryton server. Set it to the server's address, without the database.",
                code="erp_not_found") from e
        raise _refusal(said["error"])


def _refusal(error: Any) -> ErpRefused | ReceiverWarns | ErpAway:
    """The error in the ERP's own words."""
    match error:
        case ["UserWarning", [name, message, *more]]:
            words = _words(message, *more)
            return ReceiverWarns(
                f"Tryton warns: {words} Confirm that it shall go on all the same, or mend in Tryton what it names, then resend.",
                Warned(name, words))
        case ["UserError", [message, *more]]:
            words = _words(message, *more[:1])
            return ErpRefused(f"Tryton refuses: {words} Mend what it names, then resend.")
        case ["ConcurrencyException", *_]:
            return ErpAway("Somebody else changed the same record in Tryton. It is tried again by itself.", code="erp_busy")
        case [message, *_]:
            words = _words(str(message)[:500])
            return ErpAway(f"Tryton had an error of its own: {words} It is tried again by itself.", code="erp_fault")
    return ErpAway("Tryton had an error of its own. It is tried again by itself.", code="erp_fault")


def _words(*parts: Any) -> str:
    text = " ".join(" ".join(str(part).split()) for part in parts if part)
    return text if text.endswith((".", "!", "?")) else text + "."


def _encode(value: Any) -> Any:
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case datetime():
            return {
                "__class__": "datetime", "year": value.year, "month": value.month, "day": value.day, "hour": value.hour,
                "minute": value.minute, "second": value.second, "microsecond": value.microsecond}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case Mapping():
            return {key: _encode(one) for key, one in value.items()}
        case list() | tuple():
            return [_encode(one) for one in value]
    return value


def _decode(found: dict[str, Any]) -> Any:
    match found.get("__class__"):
        case "Decimal":
            return Decimal(found["decimal"])
        case "date":
            return date(found["year"], found["month"], found["day"])
        case "datetime":
            day = date(found["year"], found["month"], found["day"])
            at = time(found["hour"], found["minute"], found["second"], found["microsecond"], tzinfo=UTC)
            return datetime.combine(day, at)
    return found

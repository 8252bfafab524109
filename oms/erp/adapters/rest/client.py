"""Calls to the one server that was set: OAuth 2 client credentials, no redirect followed, an answer of bounded size and time."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from oms.erp.errors import ErpAway, ErpMisconfigured, ErpRefused

_MOST_BYTES = 8 * 2**20
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class RestAccess:
    """Where the server is and who we are there. `token_url` empty: `user` and `password` are sent as they are (Basic)."""

    url: str
    token_url: str
    user: str
    password: str = field(repr=False)
    scope: str
    timeout: float


class RestClient:
    """One connection to the server. Logs in when first needed, and again when the token is not accepted any more."""

    def __init__(self, access: RestAccess) -> None:
        self._access = access
        # Neither proxies nor credentials of the environment, and httpx follows no redirect unless told to.
        if access.token_url:
            self._client: httpx.Client = OAuth2Client(
                access.user, access.password, scope=access.scope or None, timeout=access.timeout, trust_env=False)
        else:
            self._client = httpx.Client(auth=(access.user, access.password), timeout=access.timeout, trust_env=False)

    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The answer's JSON, None when it has none. Raises ErpAway (it may have arrived), ErpMisconfigured, ErpRefused."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **({"Idempotency-Key": key} if key else {})}
        for is_last in (False, True):
            self.log_in()
            status, answer = self._send(method, self._access.url.rstrip("/") + path, body, headers)
            if status != httpx.codes.UNAUTHORIZED or is_last or not self._access.token_url:
                break
            self._client.token = None                      # type: ignore[attr-defined]
        return self._judged(status, answer)

    def log_in(self) -> None:
        """Get a token unless there is a good one. Raises ErpMisconfigured, ErpAway; nothing of an order was sent then."""
        token = getattr(self._client, "token", None)
        if not self._access.token_url or (token and token.get("expires_at", float("inf")) > time.time() + 30):
            return
        try:
            self._client.fetch_token(self._access.token_url, grant_type="client_credentials")  # type: ignore[attr-defined]
        except OAuthError as e:
            raise ErpMisconfigured(
                f"The ERP gives no token: {e.description or e.error}. Set ORDERMILL_ERP_USER, ORDERMILL_ERP_PASSWORD and "
                "ORDERMILL_ERP_SCOPE, then resend what waits.", code="erp_login_refused") from e
        except (httpx.HTTPError, ValueError) as e:
            raise ErpAway(f"The ERP's token server cannot be reached ({type(e).__name__}). It is tried again by itself.") from e

    def _send(self, method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        ends, answer = time.monotonic() + self._access.timeout, bytearray()
        try:
            with self._client.stream(method, url, json=body, headers=headers) as response:
                for chunk in response.iter_raw():
                    answer += chunk
                    if len(answer) > _MOST_BYTES or time.monotonic() > ends:
                        raise ErpAway("The ERP's answer is too long or too slow. It is asked again by itself.")
                return response.status_code, bytes(answer)
        except httpx.HTTPError as e:
            raise ErpAway(f"The ERP cannot be reached ({type(e).__name__}). It is tried again by itself.") from e

    def _judged(self, status: int, answer: bytes) -> Any:
        words = " ".join(answer.decode(errors="replace").split())[:400]
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN} or 300 <= status < 400:
            raise ErpMisconfigured(
                f"The ERP does not let us in (status {status}): {words or 'no reason given'}. Check ORDERMILL_ERP_URL, user, "
                "password and rights, then resend what waits.", code="erp_login_refused")
        if status >= 500 or status in _BUSY:
            raise ErpAway(f"The ERP answered with status {status}: {words}. It is tried again by itself.")
        if status >= 400:
            raise ErpRefused(
                f"The ERP refuses (status {status}): {words or 'no reason given'}. Mend what it names, then resend.",
                code="erp_not_found" if status == httpx.codes.NOT_FOUND else None)
        try:
            return json.loads(answer) if answer.strip() else None
        except ValueError as e:
            raise ErpAway("The ERP's answer is no JSON. It is asked again by itself.") from e

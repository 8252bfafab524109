"""The outbox's sender for `Channel.WEBHOOK`: one signed POST to an address that was checked right before.

A receiver knows a repeat by its `webhook-id`, so an unknown outcome is simply sent again: `find` never knows anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select, update
from standardwebhooks import Webhook

from models.errors import InputError, TransientError
from models.tables.erp import WebhookRow
from oms.outbox.sender import Delivered, OutcomeUnknown, Outgoing
from runtime.addresses import resolve
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.faults import fault_point
from runtime.seal import Seal

TIMEOUT_S = 15
GIVE_UP_AFTER = timedelta(days=3)
_GONE = 410


class WebhookGivenUp(InputError):
    """The receiver did not take an event for three days."""

    code = "webhook_given_up"


class WebhookOff(InputError):
    """The webhook was switched off, or removed, before this could be sent."""

    code = "webhook_off"


class WebhookSender:
    """Posts events. `allow_private` lets receivers stand in the house's own network."""

    can_ask = True
    blocked: str | None = None

    def __init__(self, database: Database, seal: Seal, *, allow_private: bool, clock: Clock = now) -> None:
        self.database = database
        self.seal = seal
        self.allow_private = allow_private
        self.clock = clock

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        """Post one event. Raises TransientError, InputError or OutcomeUnknown."""
        with self.database.read() as db:
            hook = db.execute(
                select(WebhookRow.url, WebhookRow.sealed_secret, WebhookRow.is_active)
                .where(WebhookRow.id == message.webhook_id)).one_or_none()
        if hook is None or not hook.is_active:
            raise WebhookOff("The webhook is switched off. Switch it on, then replay what it missed.")
        if self.clock() - message.created_at > GIVE_UP_AFTER:
            raise WebhookGivenUp("The receiver did not take this for three days. Mend it, then replay what it missed.")
        status = self._post(hook.url, self._headers(message, self.seal.open(hook.sealed_secret)), message.payload, about_to_send)
        fault_point("webhook.posted")
        if status == _GONE:
            self._switch_off(message)
        if not 200 <= status < 300:
            raise TransientError(f"The receiver answered with status {status}; it is tried again.", code="webhook_refused")
        return Delivered(event_id(message.key))

    def find(self, key: str) -> Delivered | None:
        """Nobody can tell; sending again is harmless."""
        return None

    def _headers(self, message: Outgoing, secret: str) -> dict[str, str]:
        mid, at = event_id(message.key), self.clock()
        return {
            "Content-Type": "application/json", "User-Agent": "Ordermill", "webhook-id": mid,
            "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": Webhook(secret).sign(mid, at, message.payload)}

    def _post(self, url: str, headers: dict[str, str], body: str, about_to_send: Callable[[], None]) -> int:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = resolve(host, port, allow_private=self.allow_private)
        # The connection goes to the address that was checked; name and certificate are still those of the host.
        pinned = httpx.URL(url).copy_with(host=address)
        about_to_send()
        try:
            with (
                httpx.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client,
                client.stream(
                    "POST", pinned, content=body.encode(), headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
                    extensions={"sni_hostname": host}) as response,
            ):
                return response.status_code          # what it says is not read: it may be endless
        except httpx.ConnectError as e:
            raise TransientError(f"The receiver cannot be reached ({type(e).__name__}).", code="webhook_unreachable") from e
        except httpx.HTTPError as e:
            raise OutcomeUnknown(f"The receiver did not answer ({type(e).__name__}).") from e

    def _switch_off(self, message: Outgoing) -> None:
        sentence = "The receiver says it is gone for good (410), so this webhook was switched off."
        with self.database.write() as db:
            db.execute(update(WebhookRow).where(WebhookRow.id == message.webhook_id).values(
                is_active=False, code="webhook_gone", sentence=sentence))
        raise WebhookOff(f"{sentence} Enter its new address, switch it on, then replay what it missed.")


def event_id(key: str) -> str:
    """The `webhook-id` of an outbox key: the same in every try and every replay ("wh:3:120:r1" → "evt_3_120")."""
    _, webhook_id, seq, *_ = key.split(":")
    return f"evt_{webhook_id}_{seq}"

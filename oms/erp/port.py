"""What Ordermill asks of an ERP: take a message once, and say later whether it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from oms.outbox.sender import Delivered, Outgoing
from runtime.faults import fault_point


class ErpPort(Protocol):
    """One ERP system. Adapters live in `oms.erp.adapters`."""

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Hand over a message; returns the ERP's id for it. The same key again must change nothing and return the same id.

        Raises TransientError when nothing was taken over and a later try may succeed, InputError when the ERP refuses for good,
        OutcomeUnknown when it may have been taken over.
        """

    def find(self, key: str) -> str | None:
        """The ERP's id for this key, or None when it never took it. Raises TransientError when it cannot be asked."""


class ErpSender:
    """The outbox's sender for `Channel.ERP`."""

    can_ask = True
    blocked: str | None = None

    def __init__(self, port: ErpPort) -> None:
        self.port = port

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        """Submit under the message's key."""
        about_to_send()
        external_id = self.port.submit(message.content, key=message.key)
        fault_point("erp.delivered")
        return Delivered(external_id)

    def find(self, key: str) -> Delivered | None:
        """Ask the ERP whether it has the message."""
        external_id = self.port.find(key)
        return Delivered(external_id) if external_id is not None else None

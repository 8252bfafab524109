"""What the dispatcher asks of whoever carries a message out of the house."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from models.domain.outbox import Channel
from models.errors import InputError, TransientError


@dataclass(frozen=True, slots=True)
class Warned:
    """What a receiver asks before it takes a message: how it names the question, and its own words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One claimed message. `key` is the same in every try; `tries` counts this one; `confirmed`: what people answered yes to."""

    id: int
    channel: Channel
    kind: str
    key: str
    payload: str                     # JSON
    order_id: int | None
    case_id: int | None
    tries: int
    created_at: datetime
    webhook_id: int | None = None
    confirmed: tuple[Warned, ...] = ()

    @property
    def content(self) -> Any:
        """The payload, decoded."""
        return json.loads(self.payload)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it; `external_id` is what it calls it."""

    external_id: str


class OutcomeUnknown(TransientError):
    """The message left, and no answer came: it may have arrived."""

    code = "outcome_unknown"


class ReceiverWarns(InputError):
    """The receiver takes the message once a person has confirmed what it asks. Nobody confirms on behalf of a person."""

    code = "erp_warning"                     # of all receivers only ERPs ask

    def __init__(self, sentence: str, warned: Warned) -> None:
        super().__init__(sentence)
        self.warned = warned


class Sender(Protocol):
    """Carries the messages of one channel."""

    can_ask: bool
    """True when `find` can tell whether a message arrived. A message that cannot be asked about is never resent by itself."""

    @property
    def blocked(self) -> str | None:
        """A sentence naming the setting that is missing, or None when messages can be sent."""

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        """Deliver. Must call `about_to_send` once, right before the step from which on the receiver may have the message.

        Raises TransientError (certainly not delivered, try later), InputError (refused for good) or OutcomeUnknown.
        """

    def find(self, key: str) -> Delivered | None:
        """Whether the receiver has the message of this key. Raises TransientError when it cannot be asked now."""

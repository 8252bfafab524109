"""The dispatcher: carries due messages out, one try at a time, and notes how each ended.

A message leaves only after the database knows that it may have left, so no crash can send it twice: what may have arrived is
asked for before any retry, or, where the receiver cannot be asked (mail), shown to a person as "maybe sent".
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Event

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.errors import ConflictError, InputError, TransientError
from oms.outbox.sender import Delivered, OutcomeUnknown, Outgoing, ReceiverWarns, Sender
from oms.outbox.store import MAYBE_SENT, Outbox, Outcome
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.faults import fault_point
from runtime.log import get_logger

LONGEST_WAIT = timedelta(minutes=15)
MAX_TRIES = 600
"""About four days of tries, most of them a quarter of an hour apart."""
POLL_S = 1.0

log = get_logger("outbox")


class LeaseLost(ConflictError):
    """Another worker took the message over before it left; this one must not send it."""

    code = "lease_lost"


def backoff(tries: int, luck: float) -> timedelta:
    """How long to wait after `tries` failed tries: 5 s doubling up to 15 minutes, of which `luck` (0.0–1.0) decides the half."""
    longest = min(timedelta(seconds=5 * 2 ** min(tries - 1, 10)), LONGEST_WAIT)
    return longest * (0.5 + luck / 2)


class Dispatcher:
    """Sends what is due. Any number may run, in threads or processes, each with its own `holder` name."""

    def __init__(self, db: Database, senders: Mapping[Channel, Sender], holder: str, *, clock: Clock = now) -> None:
        self.db = db
        self.senders = senders
        self.holder = holder
        self.clock = clock

    def run(self, stop: Event) -> None:
        """Send until `stop` is set, looking for work every second."""
        while not stop.is_set():
            try:
                worked = self.drain(stop)
            except Exception:                       # the database is away: what was begun is settled when its lease ends
                log.exception("outbox.drain_failed", holder=self.holder)
                worked = 0
            if not worked:
                stop.wait(POLL_S)

    def drain(self, stop: Event | None = None) -> int:
        """Try every message that is due now once, and what becomes due by that; returns how many tries were made."""
        self._explain_blocked()
        tries = 0
        while ids := self._due():
            made = sum(self._dispatch(i) for i in ids if not (stop and stop.is_set()))
            tries += made
            if not made:
                break
        return tries

    def _due(self) -> list[int]:
        ready = [channel for channel, sender in self.senders.items() if sender.blocked is None]
        with self.db.read() as db:
            return Outbox(db).due(ready, self._askable(), self.clock())

    def take_over(self, holder: str) -> int:
        """Free what a dead worker held, without waiting for its leases to end; returns how many messages that were."""
        with self.db.write() as db:
            return Outbox(db).end_leases(holder, self.clock())

    def _explain_blocked(self) -> None:
        for channel, sender in self.senders.items():
            with self.db.read() as db:
                unexplained = sender.blocked is not None and Outbox(db).has_unexplained(channel)
            if sender.blocked is not None and unexplained:
                with self.db.write() as db:
                    Outbox(db).explain_blocked(channel, sender.blocked)

    def _askable(self) -> list[Channel]:
        return [channel for channel, sender in self.senders.items() if sender.can_ask]

    def _dispatch(self, message_id: int) -> bool:
        """One try of one message; False when another worker has it."""
        with self.db.write() as db:
            message = Outbox(db).claim(message_id, self.holder, self._askable(), self.clock())
        if message is None:
            return False
        fault_point("outbox.claimed")
        outcome = self._try(message)
        with self.db.write() as db:
            noted = Outbox(db).settle(message, self.holder, outcome)
        fault_point("outbox.noted")
        log.info("outbox.tried", key=message.key, tries=message.tries, state=outcome.state, code=outcome.code, noted=noted)
        return True

    def _try(self, message: Outgoing) -> Outcome:
        sender, left = self.senders[message.channel], Event()
        try:
            found = self._ask(sender, message)
            return self._sent(found or sender.send(message, lambda: self._leave(message, sender, left)))
        except OutcomeUnknown as e:
            return self._unknown(message, sender, e)
        except ReceiverWarns as e:
            return Outcome(OutboxState.FAILED, self.clock(), e.code, e.sentence, warned=e.warned)
        except InputError as e:
            return Outcome(OutboxState.FAILED, self.clock(), e.code, e.sentence)
        except (TransientError, LeaseLost) as e:
            return self._again(message, e.code, e.sentence)
        except Exception as e:
            log.exception("outbox.sender_failed", key=message.key)
            sentence = f"Sending failed unexpectedly ({type(e).__name__}); see the log."
            if left.is_set():
                return self._unknown(message, sender, OutcomeUnknown(sentence))
            return self._again(message, "defect", sentence)

    def _ask(self, sender: Sender, message: Outgoing) -> Delivered | None:
        """Before any retry: has an earlier try arrived?"""
        if not sender.can_ask or message.tries == 1:
            return None
        try:
            return sender.find(message.key)
        except TransientError as e:
            raise OutcomeUnknown(e.sentence, code=e.code) from e

    def _leave(self, message: Outgoing, sender: Sender, left: Event) -> None:
        with self.db.write() as db:
            if not Outbox(db).leave(message, self.holder, _maybe(sender), self.clock()):
                raise LeaseLost(f"Another worker took over message {message.key}.")
        left.set()

    def _sent(self, delivered: Delivered) -> Outcome:
        at = self.clock()
        return Outcome(OutboxState.SENT, at, external_id=delivered.external_id, sent_at=at)

    def _again(self, message: Outgoing, code: str, sentence: str) -> Outcome:
        if message.tries >= MAX_TRIES:
            return Outcome(OutboxState.FAILED, self.clock(), "tried_too_often", f"Tried {message.tries} times. {sentence}")
        return Outcome(OutboxState.PENDING, self._later(message), code, sentence)

    def _unknown(self, message: Outgoing, sender: Sender, why: OutcomeUnknown) -> Outcome:
        code = why.code if sender.can_ask else MAYBE_SENT
        return Outcome(OutboxState.UNKNOWN, self._later(message), code, f"{why.sentence} {_maybe(sender)}")

    def _later(self, message: Outgoing) -> datetime:
        return self.clock() + backoff(message.tries, random.random())


def _maybe(sender: Sender) -> str:
    if sender.can_ask:
        return "The receiver is asked whether it has the message before it is sent again."
    return "It may have arrived. Ask the receiver, then resend it or give it up."

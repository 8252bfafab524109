"""What leaves the house: written with its cause, carried out by a dispatcher, never twice."""

from oms.outbox.dispatch import Dispatcher
from oms.outbox.sender import Delivered, OutcomeUnknown, Outgoing, Sender
from oms.outbox.store import Message, Outbox

__all__ = ["Delivered", "Dispatcher", "Message", "Outbox", "OutcomeUnknown", "Outgoing", "Sender"]

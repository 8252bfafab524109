"""The second opinion on a document: questions made behind the wall, asked over the network, replies weighed behind the wall.

Whatever the model or the way to it does, the readings that there are stay; at worst they bear a problem that says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.llm.client import LanguageModel
from extraction.llm.entry import Inquiry, Opinions, Reply
from extraction.llm.frame import Question
from extraction.llm.needs import needs
from models.domain.pages import Parsed, Problem
from models.domain.reading import Reading
from models.errors import InputError
from runtime.codec import pack, unpack
from runtime.http import Unreachable
from runtime.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Asks `model` about what has a confidence below `threshold`, showing it at most `max_characters` of a document."""

    model: LanguageModel
    sandbox: Sandbox
    threshold: float
    max_characters: int

    def on(self, parsed: Parsed, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The readings with what the model suggests. Never raises for what the model, the network or the document does."""
        if not any(needs(reading, self.threshold) for reading in readings):
            return readings
        options = Opinions(self.threshold, self.max_characters, secrets.token_hex(8))
        inquiry = Inquiry(replace(parsed, images=()), readings)
        try:
            made = self.sandbox.run("extraction.llm.entry:questions", pack(inquiry), pack(options))
            replies, missed = self._replies(unpack(tuple[Question, ...], made))
            if replies:
                heard = self.sandbox.run("extraction.llm.entry:weigh", pack(replace(inquiry, replies=replies)), pack(options))
                readings = unpack(tuple[Reading, ...], heard)
        except (InputError, ValueError):
            return _unheard(readings, "its answer could not be weighed")
        return _unheard(readings, missed) if missed else readings

    def _replies(self, questions: Sequence[Question]) -> tuple[tuple[Reply, ...], str | None]:
        """What the model says to as many questions as a document may cost, and why it said no more if it failed."""
        replies: list[Reply] = []
        for question in questions[: self.model.endpoint.per_document]:
            try:
                reply = self.model.ask(question)
            except Unreachable as e:
                return tuple(replies), e.sentence
            if reply is None:
                break
            replies.append(Reply(question.reading, reply))
        return tuple(replies), None


def _unheard(readings: Sequence[Reading], why: str) -> tuple[Reading, ...]:
    sentence = f"The language model could not be asked about everything: {why}. What is unsure is asked about as usual."
    told = Problem("language_model_unavailable", sentence)
    return tuple(replace(reading, problems=(*reading.problems, told)) for reading in readings)

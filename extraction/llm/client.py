"""An OpenAI-compatible server as a language model: one question, one reply, within its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from extraction.llm.budget import Budget
from extraction.llm.frame import Question
from runtime.http import Unreachable, post_json
from runtime.log import get_logger

log = get_logger("llm")
_MOST_BYTES = 2**20                      # of one answer with its envelope
_NO_SCHEMA = frozenset({400, 404, 415, 422, 501})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to ask. `key` may be empty; `timeout` is in seconds for one question."""

    url: str                             # up to and with /v1
    key: str
    model: str
    timeout: float
    max_tokens: int
    per_document: int


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Completion(msgspec.Struct):
    choices: tuple[_Choice, ...]


class LanguageModel:
    """Asks one server. Safe to share between threads. Neither key nor document text is ever logged."""

    def __init__(self, endpoint: Endpoint, budget: Budget) -> None:
        self.endpoint = endpoint
        self.budget = budget
        self._takes_schema = True        # until the server says otherwise

    def ask(self, question: Question) -> str | None:
        """The reply, word for word; None when the budget is used up. Raises Unreachable when there is no proper one."""
        if not self.budget.take():
            return None
        try:
            reply = self._complete(question)
        except Unreachable as e:
            self.budget.note(failed=True)
            log.warning("llm.failed", reason=e.code, status=e.status)
            raise
        self.budget.note(failed=False)
        log.info("llm.answered", characters=len(reply))
        return reply

    def _complete(self, question: Question) -> str:
        """Servers that do not know schemas are asked once more without, and from then on so."""
        with_schema = self._takes_schema
        try:
            return self._post(_body(self.endpoint, question, with_schema=with_schema))
        except Unreachable as e:
            if not with_schema or e.status not in _NO_SCHEMA:
                raise
        reply = self._post(_body(self.endpoint, question, with_schema=False))
        self._takes_schema = False
        return reply

    def _post(self, body: dict[str, Any]) -> str:
        at = self.endpoint
        headers = {"Authorization": f"Bearer {at.key}"} if at.key else {}
        answer = post_json(
            f"{at.url.rstrip('/')}/chat/completions", body, headers=headers, timeout=at.timeout, most_bytes=_MOST_BYTES)
        try:
            return msgspec.json.decode(answer, type=_Completion).choices[0].message.content
        except (msgspec.ValidationError, msgspec.DecodeError, IndexError, RecursionError) as e:
            raise Unreachable("its answer is none of an OpenAI-compatible server", code="status") from e


def _body(at: Endpoint, question: Question, *, with_schema: bool) -> dict[str, Any]:
    messages = [{"role": "system", "content": question.system}, {"role": "user", "content": question.user}]
    body: dict[str, Any] = {
        "model": at.model, "messages": messages, "temperature": 0, "max_tokens": at.max_tokens, "stream": False}
    if with_schema:
        schema = {"name": "order", "strict": True, "schema": question.schema}
        return {**body, "response_format": {"type": "json_schema", "json_schema": schema}}
    told = f"{question.system}\nThe JSON schema: {msgspec.json.encode(question.schema).decode()}"
    messages[0]["content"] = told
    return body

"""Any ERP with a REST interface as an ErpPort: which calls, and what fields are called there, is data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oms.erp import payload
from oms.erp.adapters.rest.client import RestAccess, RestClient
from oms.erp.adapters.rest.mapping import FIND, Mapped, at, fill, filled_path
from oms.erp.compare import There
from oms.erp.compare_credits import NoteThere
from oms.erp.errors import ErpAway, ErpRefused
from oms.erp.port import NEEDS, Capability, Noun, Pulled, cannot_pull
from oms.outbox.sender import OutcomeUnknown


class RestErp:
    """An ErpPort over one server. It can do what its mapping has calls for."""

    system = "rest"

    def __init__(self, access: RestAccess, mapped: Mapped) -> None:
        self.capabilities = frozenset(
            NEEDS.get(kind, Capability.PUSH_CHANGE) for kind in mapped.operations if kind != FIND)
        self._mapped = mapped
        self._client = RestClient(access)
        self._url = access.url

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Make the call of the message's kind; an order is looked up by its key first. See `ErpPort.submit`."""
        kind = message["kind"]
        if kind == payload.CREATED and (there := self.find(key)) is not None:
            return there
        method, path, body = self._request(message, key)
        self._client.log_in()
        try:
            answer = self._client.call(method, path, body, key=key)
        except ErpAway as e:
            raise OutcomeUnknown(e.sentence, code=e.code) from e
        found = at(answer, self._mapped.operations[kind].id)
        return str(found) if found is not None else key

    def find(self, key: str) -> str | None:
        """The ERP's id of what carries this key."""
        asked = self._mapped.operations[FIND]
        try:
            answer = self._client.call(asked.method, filled_path(asked.path, {"key": key}))
        except ErpRefused as e:
            if e.code == "erp_not_found":
                return None
            raise
        found = at(answer, asked.list) if asked.list else answer
        first = found[0] if isinstance(found, list) and found else None if isinstance(found, list) else found
        there = at(first, asked.id) if first is not None else None
        return str(there) if there is not None else None

    def preview(self, message: Mapping[str, Any], *, key: str) -> str:
        """The call as it would be made."""
        method, path, body = self._request(message, key)
        return f"{method} {self._url.rstrip('/')}{path}\n{json.dumps(body, ensure_ascii=False, indent=2)}"

    def check(self) -> str:
        """Log in and look for a key that nobody has. Raises ErpMisconfigured, ErpAway, ErpRefused."""
        self.find("ordermill-check")
        return f"The ERP at {self._url} answers; it is told of {', '.join(sorted(set(self._mapped.operations) - {FIND}))}."

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """The mapping has no pulls. Raises ErpRefused."""
        raise cannot_pull(self.system, noun)

    def sales(self, since: datetime) -> Sequence[There]:
        """The mapping has no lists. Raises ErpRefused."""
        raise cannot_pull(self.system, "sales")

    def credits(self, since: datetime) -> Sequence[NoteThere]:
        """The mapping has no lists. Raises ErpRefused."""
        raise cannot_pull(self.system, "credits")

    def _request(self, message: Mapping[str, Any], key: str) -> tuple[str, str, Any]:
        wanted = self._mapped.operations.get(message["kind"])
        if wanted is None:
            raise ErpRefused(
                f"The mapping has no call for “{message['kind']}”. Add it, or do it by hand in the ERP and give the message up.",
                code="erp_cannot_do")
        full = {**message, "key": key}
        body = fill(wanted.body, full, self._mapped.tables) if wanted.body is not None else None
        return wanted.method, filled_path(wanted.path, full), body

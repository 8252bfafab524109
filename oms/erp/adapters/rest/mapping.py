"""What the fields of a message are called over there: a JSON document, read once and checked. Pure.

    {"sales_order.created": {"method": "POST", "path": "/orders", "id": "data.id", "body": {
        "externalId": "$.key", "customer": "$.customer_no", "total": "$.total|number",
        "lines": {"$each": "lines", "$as": {"sku": "$.sku", "qty": "$.quantity|number", "unit": "$.uom|units"}}}},
     "find": {"path": "/orders?externalId={key}", "list": "items", "id": "id"},
     "tables": {"units": {"H87": "PCE"}}}

A text "$.name" is the message's value, inside `$as` the line's; "|number" makes it a JSON number, "|TABLE" translates it. In a
path, {name} is put in with everything escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from oms.erp.errors import ErpMisconfigured, ErpRefused

FIND = "find"
_NAME = re.compile(r"\{(\w+)\}")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_PARTS = frozenset({"method", "path", "body", "id", "list"})
_WHAT = "The mapping in ORDERMILL_ERP_MAPPING"


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `id` and `list`: dotted paths in the answer; `body` None: none is sent."""

    method: str
    path: str
    body: Any
    id: str
    list: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A whole mapping: calls by kind of message, `find` among them, and tables that translate values."""

    operations: Mapping[str, Operation]
    tables: Mapping[str, Mapping[str, str]]


def parse_mapping(content: bytes) -> Mapped:
    """Raises ErpMisconfigured, which says what is wrong with it."""
    try:
        said = json.loads(content)
    except ValueError as e:
        raise ErpMisconfigured(f"{_WHAT} is no JSON: {e}.", code="erp_mapping_bad") from e
    if not isinstance(said, dict) or FIND not in said:
        raise _bad("needs an entry “find”: without it, a lost answer could enter an order twice")
    tables = said.pop("tables", {})
    return Mapped({kind: _operation(kind, one) for kind, one in said.items()}, tables)


def fill(
    body: Any, message: Mapping[str, Any], tables: Mapping[str, Mapping[str, str]], outer: Mapping[str, Any] | None = None
) -> Any:
    """The body with the message's values in it. Raises ErpMisconfigured for a name or table there is not, ErpRefused for a value
    that the table does not know."""
    if isinstance(body, dict) and "$each" in body:
        return [fill(body.get("$as"), line, tables, message) for line in message.get(body["$each"]) or []]
    if isinstance(body, dict):
        return {name: fill(one, message, tables, outer) for name, one in body.items()}
    if isinstance(body, list):
        return [fill(one, message, tables, outer) for one in body]
    if isinstance(body, str) and body.startswith("$."):
        name, _, turn = body[2:].partition("|")
        return _turned(_value(name, {**(outer or {}), **message}), turn, tables)
    return body


def filled_path(path: str, message: Mapping[str, Any]) -> str:
    """The path with names put in, each escaped whole, so that no value can lead elsewhere."""
    return _NAME.sub(lambda found: quote(str(_value(found[1], message)), safe=""), path)


def at(answer: Any, path: str) -> Any:
    """What stands at a dotted path ("data.0.id"); None where there is nothing."""
    for part in filter(None, path.split(".")):
        if isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        elif isinstance(answer, dict):
            answer = answer.get(part)
        else:
            return None
    return answer


def _operation(kind: str, said: Any) -> Operation:
    if not isinstance(said, dict) or "path" not in said or not said.keys() <= _PARTS:
        raise _bad(f"needs for “{kind}” a path, and may have {', '.join(sorted(_PARTS))}")
    method = str(said.get("method", "GET" if kind == FIND else "POST")).upper()
    if method not in _METHODS or not str(said["path"]).startswith("/"):
        raise _bad(f"has for “{kind}” the method {method} and the path {said['path']}; a path begins with /")
    return Operation(method, said["path"], said.get("body"), str(said.get("id", "id")), str(said.get("list", "")))


def _value(name: str, message: Mapping[str, Any]) -> Any:
    if name not in message:
        raise _bad(f"asks for “{name}”, which a message does not have; it has {', '.join(sorted(message))}")
    return message[name]


def _turned(value: Any, turn: str, tables: Mapping[str, Mapping[str, str]]) -> Any:
    if not turn or value is None:
        return value
    if turn == "number":
        try:
            number = Decimal(str(value))
        except InvalidOperation as e:
            raise _bad(f"wants a number where the message has “{value}”") from e
        return int(number) if number == number.to_integral_value() else float(number)
    if turn not in tables:
        raise _bad(f"names the table “{turn}”, which it does not have")
    if str(value) not in tables[turn]:
        raise ErpRefused(
            f"The table “{turn}” of the ERP's mapping has no word for “{value}”. Add it, then resend.", code="erp_value_unmapped")
    return tables[turn][str(value)]


def _bad(what: str) -> ErpMisconfigured:
    return ErpMisconfigured(f"{_WHAT} {what}. Mend it, then resend what waits.", code="erp_mapping_bad")

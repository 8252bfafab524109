"""Domain dataclasses to JSON or MessagePack and back, with types checked on the way in (msgspec)."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from models.errors import DefectError

T = TypeVar("T")


def to_json(value: Any) -> str:
    """Encode a domain value for a text column; Decimals and dates as strings, keys in field order."""
    return msgspec.json.encode(value).decode()


def from_json(kind: type[T], text: str | bytes) -> T:
    """Decode what `to_json` made. Raises DefectError when the stored text does not fit the type."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise DefectError(f"Stored JSON does not fit {kind.__name__}: {e}") from e


def pack(value: Any) -> bytes:
    """Encode for a pipe or a blob (MessagePack; bytes stay bytes)."""
    return msgspec.msgpack.encode(value)


def unpack(kind: type[T], data: bytes) -> T:
    """Decode what `pack` made. Raises ValueError: what comes out of a sandbox is not believed to fit."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise ValueError(f"does not fit {kind.__name__}: {e}") from e

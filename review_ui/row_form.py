"""A change of rows as the case page's script sends it: one JSON object with its `kind`."""

from __future__ import annotations

import json
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from matching.row_change import RowChange, Typed
from models.errors import InputError

LONGEST = 1_000_000
_CHANGES: dict[str, TypeAdapter[RowChange]] = {change.__name__.lower(): TypeAdapter(change) for change in get_args(Typed)}


def parse_change(text: str) -> RowChange:
    """The change: a JSON object of its fields, and `kind`, its name ("move"). Raises InputError for a text that is none."""
    if len(text) > LONGEST:
        raise InputError("That is too much at once; do it in several steps.", code="too_many_rows")
    try:
        fields = json.loads(text)
        return _CHANGES[fields.pop("kind")].validate_python(fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError):
        raise InputError("The change could not be understood. Reload the page and do it again.", code="bad_change") from None

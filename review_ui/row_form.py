"""A change of rows as the case page's script sends it: one JSON object with its `kind`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from matching.row_change import Typed
from models.errors import InputError

LONGEST = 1_000_000
_CHANGE: TypeAdapter[Typed] = TypeAdapter(Annotated[Typed, Field(discriminator="kind")])


def parse_change(text: str) -> Typed:
    """The change. Raises InputError for a text that is none."""
    if len(text) > LONGEST:
        raise InputError("That is too much at once; do it in several steps.", code="too_many_rows")
    try:
        return _CHANGE.validate_json(text)
    except ValidationError:
        raise InputError("The change could not be understood. Reload the page and do it again.", code="bad_change") from None

"""A form whose fields follow from data: every text field as it was typed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from models.errors import InputError

LONGEST = 5_000


async def _typed(request: Request) -> dict[str, str]:
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if any(len(value) > LONGEST for value in form.values()):
        raise InputError(f"A field is longer than {LONGEST} characters; shorten it.", code="too_long")
    return form


TypedForm = Annotated[dict[str, str], Depends(_typed)]


def chosen(form: dict[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    """Those of the form's fields that are columns."""
    return {name: form[name] for name in columns if name in form}

"""Forms as they were typed: whose fields follow from data, and numbers as the language of the person's pages writes them."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Request

from models.errors import InputError
from review_ui.formats import plain_number, typed_number
from review_ui.pages import language_of

LONGEST = 5_000


async def _typed(request: Request) -> dict[str, str]:
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if any(len(value) > LONGEST for value in form.values()):
        raise InputError(f"A field is longer than {LONGEST} characters; shorten it.", code="too_long")
    return form


TypedForm = Annotated[dict[str, str], Depends(_typed)]


def number_of(request: Request, text: str) -> Decimal:
    """The number in a field. Raises InputError."""
    return typed_number(text, _language(request))


def number_or_none(request: Request, text: str) -> Decimal | None:
    """The same; None for an empty field."""
    return number_of(request, text) if text.strip() else None


def plain(request: Request, form: dict[str, str], numbers: Collection[str]) -> dict[str, str]:
    """The form with these fields as plain decimals, for whoever reads them in the words of an import file."""
    return {name: plain_number(text, _language(request)) if name in numbers else text for name, text in form.items()}


def _language(request: Request) -> str:
    return language_of(request, getattr(request.state, "user", None))


def chosen(form: dict[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    """Those of the form's fields that are columns."""
    return {name: form[name] for name in columns if name in form}

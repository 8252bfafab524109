"""Bearer tokens with scopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as DependsMarker
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.bootstrap import Rooms
from models.errors import Forbidden, InputError
from runtime import accounts
from runtime.accounts import Client
from runtime.clock import now

__all__ = ["Client", "Unauthorized", "allow", "require", "rooms_of"]

bearer = HTTPBearer(auto_error=False, description="An API token made with `ordermill token add`.")


class Unauthorized(InputError):
    """No token, or one that is unknown, expired or revoked."""

    code = "unauthorized"


def rooms_of(request: Request) -> Rooms:
    """The rooms this application runs in."""
    rooms: Rooms = request.app.state.rooms
    return rooms


def allow(scope: str) -> DependsMarker:
    """What a route that needs a scope depends on; gives the client."""
    check = require(scope)

    def dependency(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Client:
        return check(request, credentials)

    return DependsMarker(dependency)


def require(scope: str) -> Callable[..., Client]:
    """A dependency that lets in only tokens with this scope."""

    def check(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Client:
        with rooms_of(request).db.read() as db:
            found = accounts.find_token(db, credentials.credentials, now()) if credentials else None
        if found is None:
            raise Unauthorized("Send a valid token in the Authorization header: Bearer om_…")
        if scope not in found.scopes:
            raise Forbidden(f"This token may not do that; it lacks the scope {scope}.")
        return found

    return check

"""Administration: who may come in, as what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.states import PEOPLE_ROLES, Role
from models.errors import ConflictError
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of
from runtime import users
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, *, login: str = "", password: str = "") -> Response:
    services = services_of(request)
    with services.db.read() as db:
        found = users.list_users(db, services.clock())
    return render(request, template, users=found, roles=PEOPLE_ROLES, new_login=login, new_password=password)


def _refuse_self(user: SignedIn, user_id: int) -> None:
    if user.user_id == user_id:
        raise ConflictError("This is your own account; another administrator must do that.", code="own_account")


@router.get("/admin/users")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _show(request, "admin/users.html")


@router.post("/admin/users")
def add(
    request: Request, user: Admin, login: Annotated[str, Form()], role: Annotated[Role, Form()],
    name: Annotated[str, Form()] = "", email: Annotated[str, Form()] = "",
) -> Response:
    """Add a user; the first password is shown once."""
    with services_of(request).db.write() as db:
        password = users.add(db, login=login, name=name, email=email, role=role, actor=user.name)
    return _show(request, "admin/_users.html", login=login, password=password)


@router.post("/admin/users/{user_id}/role")
def set_role(request: Request, user: Admin, user_id: int, role: Annotated[Role, Form()]) -> Response:
    """Give a user another role."""
    _refuse_self(user, user_id)
    with services_of(request).db.write() as db:
        users.set_role(db, user_id, role, user.name)
    return _show(request, "admin/_users.html")


@router.post("/admin/users/{user_id}/deactivate")
def deactivate(request: Request, user: Admin, user_id: int) -> Response:
    """Keep a user out; their sessions end at once."""
    _refuse_self(user, user_id)
    with services_of(request).db.write() as db:
        users.set_active(db, user_id, False, user.name)
    return _show(request, "admin/_users.html")


@router.post("/admin/users/{user_id}/activate")
def activate(request: Request, user: Admin, user_id: int) -> Response:
    """Let a user in again."""
    with services_of(request).db.write() as db:
        users.set_active(db, user_id, True, user.name)
    return _show(request, "admin/_users.html")


@router.post("/admin/users/{user_id}/password")
def reset_password(request: Request, user: Admin, user_id: int) -> Response:
    """A new password, shown once."""
    _refuse_self(user, user_id)
    with services_of(request).db.write() as db:
        password = users.reset_password(db, user_id, user.name)
        login = next(u.login for u in users.list_users(db, services_of(request).clock()) if u.id == user_id)
    return _show(request, "admin/_users.html", login=login, password=password)


@router.post("/admin/users/{user_id}/factor")
def reset_factor(request: Request, user: Admin, user_id: int) -> Response:
    """Take a lost second factor away."""
    _refuse_self(user, user_id)
    with services_of(request).db.write() as db:
        users.reset_second_factor(db, user_id, user.name)
    return _show(request, "admin/_users.html")

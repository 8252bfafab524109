"""The keys as a person wants them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.keymap import ACTIONS, BadKey, moved_keys
from review_ui.pages import render
from review_ui.state import services_of
from runtime.accounts import set_preference

router = APIRouter(route_class=PageRoute)


@router.get("/account/keys")
def show(request: Request, _user: Viewer, saved: bool = False) -> Response:
    """The table of keys, to be changed."""
    return render(request, "account/keys.html", saved=saved, typed={}, sentence="", code="", defaults=ACTIONS)


@router.post("/account/keys")
async def save(request: Request, user: Viewer) -> Response:
    """Keep the table; a key that cannot be, or that two actions would share, is refused and nothing is kept."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        moved = {} if "reset" in form else moved_keys(form)
    except BadKey as e:
        return render(
            request, "account/keys.html", status=422, saved=False, typed=form, sentence=e.sentence, code=e.code, defaults=ACTIONS)

    def keep() -> None:
        with services_of(request).db.write() as db:
            set_preference(db, user.user_id, "keys", moved)

    await run_in_threadpool(keep)
    return RedirectResponse("/account/keys?saved=true", 303)

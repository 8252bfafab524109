"""Views of lists, kept and forgotten."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import delete, func, select

from models.errors import InputError
from models.tables.desk import SavedViewRow
from review_ui.access import Clerk
from review_ui.errors import PageRoute
from review_ui.presenters.views import PAGES
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
MOST_SAVED = 50
Text = Annotated[str, Form()]


@router.post("/views")
def save_view(
    request: Request, user: Clerk, page: Text = "queue", name: Text = "", query: Text = "",
    shared: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the filter in force under a name; the same name again replaces it."""
    word = " ".join(name.split())[:64]
    if not word or page not in PAGES:
        raise InputError("Give the view a name.", code="missing_name")
    with services_of(request).db.write() as db:
        mine = (SavedViewRow.user_id == user.user_id, SavedViewRow.page == page)
        db.execute(delete(SavedViewRow).where(*mine, SavedViewRow.name == word))
        if db.execute(select(func.count()).where(*mine)).scalar_one() >= MOST_SAVED:
            raise InputError(f"You keep {MOST_SAVED} views already. Remove one first.", code="too_many")
        db.add(SavedViewRow(user_id=user.user_id, page=page, name=word, query=query[:2_000], is_shared=shared))
    return Response(status_code=204, headers={"HX-Redirect": f"{PAGES[page]}?{query[:2_000]}"})


@router.post("/views/{view_id:int}/remove")
def remove_view(request: Request, user: Clerk, view_id: int) -> Response:
    """Forget a view of one's own."""
    own = (SavedViewRow.id == view_id, SavedViewRow.user_id == user.user_id)
    with services_of(request).db.write() as db:
        page = db.execute(select(SavedViewRow.page).where(*own)).scalar_one_or_none()
        db.execute(delete(SavedViewRow).where(*own))
    return Response(status_code=204, headers={"HX-Redirect": PAGES.get(page or "queue", "/")})

"""The first-run wizard: from an empty installation to the first order read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from models.errors import ServiceError
from review_ui.access import Admin, check_origin
from review_ui.errors import PageRoute, go_to, status_of
from review_ui.pages import render
from review_ui.presenters.setup import load_setup
from review_ui.routes.sign_in import TOO_OFTEN, address_of, let_in, replace_session
from review_ui.state import services_of, ui_of
from review_ui.typed_form import TypedForm
from runtime import first_run, house
from runtime.zone import zone_names

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form(max_length=255)]


@router.get("/setup/start")
def start(request: Request, code: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The form for the first administrator; where there is one, the sign-in."""
    with services_of(request).db.read() as db:
        if not first_run.is_new(db):
            return RedirectResponse("/sign-in", 303)
    return render(request, "setup/start.html", code=code, login="", name="", error=None)


@router.post("/setup/start")
def found(request: Request, code: Text, login: Text, password: Text, name: Text = "") -> Response:
    """Make the first administrator and sign them in."""
    check_origin(request)
    services, guesses = services_of(request), ui_of(request).guesses
    at = services.clock()
    form = {"code": code, "login": login, "name": name}
    if not guesses.is_open(address_of(request), at):
        return render(request, "setup/start.html", status=429, headers={"X-Code": TOO_OFTEN}, error=None, **form)
    try:
        with services.db.write() as db:
            user_id = first_run.found(db, services.settings.data, code=code, login=login, name=name, password=password)
            secret = replace_session(db, request, user_id)
    except ServiceError as error:
        if isinstance(error, first_run.WrongSetupCode):
            guesses.note_failure(address_of(request), at)
        return render(
            request, "setup/start.html", status=status_of(error), headers={"X-Code": error.code}, error=error.sentence, **form)
    return let_in(request, secret, "/setup")


def _show(request: Request, template: str) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        found = load_setup(db, services.settings)
    return render(request, template, setup=found, settings=services.settings, zones=sorted(zone_names()))


@router.get("/setup")
def show(request: Request, _user: Admin) -> Response:
    """The steps, the next one open."""
    return _show(request, "setup/page.html")


@router.get("/setup/steps")
def steps(request: Request, _user: Admin) -> Response:
    """The steps alone, for the page's own refresh."""
    return _show(request, "setup/_steps.html")


@router.post("/setup/company")
def save_company(request: Request, user: Admin, form: TypedForm) -> Response:
    """Keep what the house is called."""
    services = services_of(request)
    with services.db.write() as db:
        house.save_company(db, form, actor=user.name)
    with services.db.read() as db:
        house.adopt(db, services.settings)
    return go_to(request, "/setup")


@router.post("/setup/sample")
def load_sample(request: Request, user: Admin) -> Response:
    """Bring in the sample company's master data."""
    services_of(request).sample.load(user.name)
    return _show(request, "setup/_steps.html")


@router.post("/setup/order")
def sample_order(request: Request, user: Admin) -> Response:
    """Have the sample company's customer send an order."""
    services = services_of(request)
    services.sample.order(user.name)
    services.nudge()
    return _show(request, "setup/_steps.html")

"""Master data: customers with contacts and addresses, and what they call our items."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response

from matching.changes import parse_change
from matching.masterdata import edit
from matching.masterdata.customers import FIELDS
from matching.masterdata.lists import list_customers, list_part_numbers
from matching.masterdata.records import history, load_customer
from matching.promises import Promises
from matching.replay import Replayer
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute, go_to
from review_ui.pages import render
from review_ui.presenters import masterdata as forms
from review_ui.presenters.approval import most_telling, outcome
from review_ui.state import services_of, ui_of
from review_ui.typed_form import TypedForm, chosen, plain

router = APIRouter(route_class=PageRoute)
PAGE = 50
TRIED = 200
"""Orders of a customer that other rules are tried on, the newest."""
Text = Annotated[str, Query(max_length=200)]
Typed = Annotated[str, Form(max_length=320)]
_COLUMNS = tuple(f.column for f in FIELDS)


def _list(request: Request, template: str, text: str, after: str) -> Response:
    with services_of(request).db.read() as db:
        found = list_customers(db, text=text, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].customer_no if len(found) > PAGE else ""
    return render(request, template, customers=found[:PAGE], text=text.strip(), following=following)


@router.get("/masterdata/customers")
def show(request: Request, _user: Viewer, text: Text = "", after: Text = "") -> Response:
    """The page."""
    return _list(request, "masterdata/customers.html", text, after)


@router.get("/masterdata/customers/rows")
def rows(request: Request, _user: Viewer, text: Text = "") -> Response:
    """The list alone, for the search."""
    return _list(request, "masterdata/_customers.html", text, "")


@router.get("/masterdata/customer")
def one(request: Request, _user: Viewer, no: Text) -> Response:
    """One customer."""
    with services_of(request).db.read() as db:
        customer, edits = load_customer(db, no), history(db, f"customer:{no}")
    return render(
        request, "masterdata/customer.html", customer=customer, edits=edits, groups=forms.CUSTOMER, contact=forms.CONTACT,
        address=forms.ADDRESS, words=forms.words_of(forms.CUSTOMER, forms.CONTACT, forms.ADDRESS))


@router.get("/masterdata/customer/new")
def new(request: Request, _user: Admin) -> Response:
    """An empty form."""
    return render(request, "masterdata/new_customer.html", fields=forms.CUSTOMER[0].fields)


@router.post("/masterdata/customer")
def save(request: Request, user: Admin, form: TypedForm, no: Typed, seen: Typed = "") -> Response:
    """Save what the form says; without `seen` it is a new customer."""
    edit.edit_customer(
        services_of(request).db, no.strip(), plain(request, chosen(form, _COLUMNS), forms.NUMBERS), actor=user.name,
        seen=seen or None, is_new=not seen)
    return _back(request, no)


@router.post("/masterdata/customer/try")
def try_rules(request: Request, _user: Admin, form: TypedForm, no: Typed) -> Response:
    """Play this customer's newest orders under the rules of the form; nothing is saved."""
    ui = ui_of(request)
    with ui.services.db.read() as db:
        house = Promises(db).house(ui.matcher.policy).target
    rules = {
        **{name: form.get(name, "") for name in ("approval", "price_tolerance", "merge_repeated_lines", "pack_rule")},
        "target_error_rate": form.get("target_error_rate", "").strip() or str(house or "none")}
    given = plain(request, rules, forms.NUMBERS)
    change = parse_change(f"{name}={value.strip()}" for name, value in given.items() if value.strip())
    replayer = Replayer(ui.services.db, ui.matcher.index, ui.matcher.policy)
    told = replayer.replay(replayer.cases(TRIED, no), change)
    return render(
        request, "approval/_replay.html", told=told, rules=None, changes=most_telling(told.changes, PAGE), outcome=outcome)


@router.post("/masterdata/customer/contact")
def save_contact(request: Request, user: Admin, form: TypedForm, no: Typed) -> Response:
    """Add a contact, or change its name and telephone."""
    edit.edit_customer(services_of(request).db, no, chosen(form, edit.CONTACT_COLUMNS), actor=user.name)
    return _back(request, no)


@router.post("/masterdata/customer/contact/remove")
def remove_contact(request: Request, user: Admin, no: Typed, email: Typed) -> Response:
    """Forget a contact."""
    with services_of(request).db.write() as db:
        edit.remove_contact(db, no, email, actor=user.name)
    return _back(request, no)


@router.post("/masterdata/customer/address")
def save_address(request: Request, user: Admin, form: TypedForm, no: Typed) -> Response:
    """Add an address, or change the one of this kind and code."""
    given = plain(request, chosen(form, edit.ADDRESS_COLUMNS), forms.NUMBERS)
    edit.edit_customer(services_of(request).db, no, given, actor=user.name)
    return _back(request, no)


def _back(request: Request, customer_no: str) -> Response:
    return go_to(request, f"/masterdata/customer?no={quote(customer_no.strip(), safe='')}")


def _numbers(request: Request, template: str, customer_no: str, sku: str, text: str, after: tuple[str, str]) -> Response:
    with services_of(request).db.read() as db:
        found = list_part_numbers(db, customer_no=customer_no, sku=sku, text=text, after=after, limit=PAGE + 1)
    following = found[PAGE - 1] if len(found) > PAGE else None
    return render(
        request, template, numbers=found[:PAGE], customer_no=customer_no.strip(), sku=sku.strip(), text=text.strip(),
        following=following)


@router.get("/masterdata/part-numbers")
def part_numbers(
    request: Request, _user: Viewer, customer_no: Text = "", sku: Text = "", text: Text = "", after_customer: Text = "",
    after: Text = "",
) -> Response:
    """What customers call our items."""
    return _numbers(request, "masterdata/part_numbers.html", customer_no, sku, text, (after_customer, after))


@router.get("/masterdata/part-numbers/rows")
def part_number_rows(request: Request, _user: Viewer, customer_no: Text = "", sku: Text = "", text: Text = "") -> Response:
    """The list alone, for the search."""
    return _numbers(request, "masterdata/_part_numbers.html", customer_no, sku, text, ("", ""))


@router.post("/masterdata/part-number")
def save_part_number(request: Request, user: Admin, customer_no: Typed, part_number: Typed, sku: Typed) -> Response:
    """Say what a customer means by a part number."""
    edit.edit_part_number(services_of(request).db, customer_no, part_number, sku, actor=user.name)
    return _numbers(request, "masterdata/_part_numbers.html", customer_no, "", "", ("", ""))


@router.post("/masterdata/part-number/remove")
def remove_part_number(request: Request, user: Admin, customer_no: Typed, part_number: Typed) -> Response:
    """Forget a part number."""
    with services_of(request).db.write() as db:
        edit.remove_part_number(db, customer_no, part_number, actor=user.name)
    return _numbers(request, "masterdata/_part_numbers.html", customer_no, "", "", ("", ""))
